/**
 * The HTTP/1.1 engine: takes requests as bytes and hands responses to their sinks. One per user (like a browser), or one per
 * class when its users share their connections.
 */
import type { Clock } from "../base/clock.ts";
import type { ConnectSocket } from "../platform/socket.ts";
import type { ResponseSink, WireRequest, WireResponse } from "./wire.ts";

/** TLS of a session, a class, or one request. */
export interface EngineTls {
  readonly verify: boolean;
  /** PEM: trusted instead of the system's authorities. */
  readonly ca?: string | readonly string[];
  /** PEM: the client's certificate and key. */
  readonly cert?: string;
  readonly key?: string;
  /** Name for SNI and verification instead of the URL's host. */
  readonly serverName?: string;
}

/** An HTTP proxy: absolute-form for http, CONNECT for https. */
export interface EngineProxy {
  readonly host: string;
  readonly port: number;
  /** Value of Proxy-Authorization, e.g. `Basic dTpw`. */
  readonly authorization?: string;
}

/** Shared by all users of a class: nothing in it is copied. */
export interface EngineOptions {
  readonly connectSocket: ConnectSocket;
  readonly clock: Clock;
  /** Connections per origin; further requests wait in line. Default 10. */
  readonly concurrency?: number;
  /** A connection unused for longer is closed. Default 60 s. */
  readonly idleLimitMs?: number;
  /** How long an address is used without asking again. Default 60 s. */
  readonly dnsTtlMs?: number;
  readonly tls?: EngineTls;
  readonly proxy?: EngineProxy;
  /** IP address to connect from. */
  readonly localAddress?: string;
  /** Defaults 64 KB and 256 fields. */
  readonly maxHeadBytes?: number;
  readonly maxHeadFields?: number;
  /** Largest buffered body. Default 1 GiB. */
  readonly maxBodyBytes?: number;
}

export class HttpEngine {
  readonly #options: EngineOptions;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Sends, or waits in line for a connection. Never calls the sink before it returns, never throws. */
  send(_request: WireRequest, _sink: ResponseSink): void {
    throw new Error(`not yet: ${this.#options.concurrency}`);
  }

  /** `send` for who wants a promise; rejects with a `WireError`. */
  exchange(request: WireRequest): Promise<WireResponse> {
    return new Promise((resolve, reject) => this.send(request, { completed: resolve, failed: reject }));
  }

  /** Fails the request of this sink with `AbortedError`, if it is still under way. */
  cancel(_sink: ResponseSink): void {}

  /** Fails everything that is under way or in line with `AbortedError`; the engine stays usable. */
  abortAll(): void {}

  /** Requests sent or in line. */
  get pending(): number {
    return 0;
  }

  /** Closes idle connections now, and the busy ones after their response. The next request opens new ones. */
  close(): void {}
}
