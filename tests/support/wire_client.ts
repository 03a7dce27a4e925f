/** The shortest way to an engine in a test: one origin, requests from a method and a path, outcomes as one line of text. */
import { systemClock } from "../../src/base/clock.ts";
import { HttpEngine } from "../../src/http/engine/engine.ts";
import type { EngineOptions } from "../../src/http/engine/engine_options.ts";
import { encodeHead } from "../../src/http/request/request_head.ts";
import { createOrigin, type Origin } from "../../src/http/engine/origin.ts";
import { WireError } from "../../src/http/bytes/wire_error.ts";
import type { WireRequest } from "../../src/http/engine/wire.ts";
import type { WireResponse } from "../../src/http/engine/wire_response.ts";
import { connectSocket } from "../../src/platform/sockets/connect_socket.ts";

export interface RequestParts extends Partial<Omit<WireRequest, "head" | "method" | "origin">> {
  readonly fields?: readonly (readonly [string, string])[];
}

export class WireClient {
  readonly engine: HttpEngine;
  readonly origin: Origin;

  constructor(url: string, options: Partial<EngineOptions> = {}) {
    this.engine = new HttpEngine({ connectSocket, clock: systemClock, ...options });
    const origin = createOrigin(new URL(url));
    if (origin === undefined) throw new Error(`no origin in ${url}`);
    this.origin = origin;
  }

  request(method: string, target: string, parts: RequestParts = {}): WireRequest {
    const { fields = [], ...rest } = parts;
    const length: [string, string][] = rest.body instanceof Uint8Array
      ? [["Content-Length", String(rest.body.length)]]
      : rest.body === undefined
      ? []
      : rest.streamLength === undefined
      ? [["Transfer-Encoding", "chunked"]]
      : [["Content-Length", String(rest.streamLength)]];
    return {
      origin: this.origin,
      method,
      head: encodeHead(this.origin, method, target, [...fields, ...length]),
      ...rest,
    };
  }

  send(method: string, target: string, parts: RequestParts = {}): Promise<WireResponse> {
    return this.engine.exchange(this.request(method, target, parts));
  }

  /** `200 body`, or the label of the error. */
  async outcome(method: string, target: string, parts: RequestParts = {}): Promise<string> {
    return await describeOutcome(this.send(method, target, parts));
  }
}

export async function describeOutcome(exchange: Promise<WireResponse>): Promise<string> {
  try {
    const response = await exchange;
    return `${response.status} ${await bodyText(response)}`;
  } catch (problem) {
    if (problem instanceof WireError) return problem.label;
    throw problem;
  }
}

export async function bodyText(response: WireResponse): Promise<string> {
  if (response.stream === undefined) return new TextDecoder("latin1").decode(response.body);
  return await new Response(response.stream).text();
}
