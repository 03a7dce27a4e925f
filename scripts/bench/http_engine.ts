/**
 * The engine alone under load, without sessions, users or statistics: what `scripts/bench/http.ts` measures as "engine".
 *
 *     bun scripts/bench/http_engine.ts URL SECONDS [users]
 */
import process from "node:process";
import { systemClock } from "../../src/base/clock.ts";
import { HttpEngine } from "../../src/http/engine/engine.ts";
import { encodeHead } from "../../src/http/request/request_head.ts";
import { createOrigin } from "../../src/http/engine/origin.ts";
import type { ResponseSink, WireRequest } from "../../src/http/engine/wire.ts";
import type { WireError } from "../../src/http/bytes/wire_error.ts";
import type { WireResponse } from "../../src/http/engine/wire_response.ts";
import { connectSocket } from "../../src/platform/sockets/connect_socket.ts";

const url = new URL(process.argv[2] ?? "http://127.0.0.1:8000/");
const untilMs = performance.now() + Number(process.argv[3] ?? 5) * 1000;
const users = Number(process.argv[4] ?? 50);

/** One of these is shared by all, as by the users of a class. */
const options = { connectSocket, clock: systemClock, tls: { verify: false } };
const timeouts = { connectMs: 60_000, responseMs: 60_000 };
let failed = 0;

class Caller implements ResponseSink {
  readonly #engine = new HttpEngine(options);
  readonly #request: WireRequest;
  #resolve!: (response: WireResponse | undefined) => void;
  readonly #executor = (resolve: (response: WireResponse | undefined) => void) => void (this.#resolve = resolve);

  constructor() {
    const origin = createOrigin(url)!;
    const head = encodeHead(origin, "GET", url.pathname, [["User-Agent", "locust-ts"], ["Accept", "*/*"]]);
    this.#request = { origin, method: "GET", head, timeouts };
  }

  completed(response: WireResponse): void {
    this.#resolve(response);
  }

  failed(error: WireError): void {
    failed++;
    console.error(error.label);
    this.#resolve(undefined);
  }

  async loop(): Promise<void> {
    while (performance.now() < untilMs && failed < users) {
      const answer = new Promise(this.#executor);
      this.#engine.send(this.#request, this);
      await answer;
    }
    this.#engine.close();
  }
}

await Promise.all(Array.from({ length: users }, () => new Caller().loop()));
process.exitCode = failed > 0 ? 1 : 0;
