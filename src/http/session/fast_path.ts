/**
 * The fast path through a session: sends a prepared request as it is. The session reuses the sink for its next request, so
 * that a request allocates its promise and its response, and nothing else.
 */
import type { PreparedRequest } from "./prepared_request.ts";
import type { ExchangeTimes } from "../engine/wire_times.ts";
import type { ResponseSink } from "../engine/wire.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** What the session does when a request of the fast path ends. May throw control flow, which rejects the request. */
export interface FastPathHost<R> {
  fastPathCompleted(prepared: PreparedRequest, response: WireResponse): R | Promise<R>;
  fastPathFailed(prepared: PreparedRequest, error: WireError, times: ExchangeTimes): R;
  /** Takes the sink back. */
  release(fastPath: FastPath<R>): void;
}

// The promise's two functions between the constructor and `begin`: saves a closure per request.
let resolveLatest: (value: never) => void;
let rejectLatest: (reason: unknown) => void;

function captureSettlers(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  resolveLatest = resolve;
  rejectLatest = reject;
}

export class FastPath<R> implements ResponseSink {
  readonly #host: FastPathHost<R>;
  #request: PreparedRequest | undefined;
  #resolve: ((value: R | Promise<R>) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(host: FastPathHost<R>) {
    this.#host = host;
  }

  /** The promise of a request that the caller sends with this sink. */
  begin(prepared: PreparedRequest): Promise<R> {
    const promise = new Promise<R>(captureSettlers);
    this.#request = prepared;
    this.#resolve = resolveLatest as (value: R | Promise<R>) => void;
    this.#reject = rejectLatest;
    return promise;
  }

  completed(response: WireResponse): void {
    const prepared = this.#request!;
    const resolve = this.#resolve!;
    const reject = this.#reject!;
    this.#forget();
    this.#host.release(this);
    try {
      resolve(this.#host.fastPathCompleted(prepared, response));
    } catch (error) {
      reject(error);
    }
  }

  failed(error: WireError, times: ExchangeTimes): void {
    const prepared = this.#request!;
    const resolve = this.#resolve!;
    const reject = this.#reject!;
    this.#forget();
    this.#host.release(this);
    try {
      resolve(this.#host.fastPathFailed(prepared, error, times));
    } catch (thrown) {
      reject(thrown);
    }
  }
  /** The promise's functions hold the promise, and that the response: an idle user must not keep its last one. */
  #forget(): void {
    this.#request = undefined;
    this.#resolve = undefined;
    this.#reject = undefined;
  }
}
