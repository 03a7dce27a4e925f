/**
 * The fast path through a session: the end of one exchange, and the promise of what its host makes of that. Sinks are lent to sessions for the time of a request, so
 * that a request allocates its promise and its response, and nothing else, and a user that waits holds none.
 */
import type { ExchangeTimes } from "../engine/wire_times.ts";
import type { ResponseSink } from "../engine/wire.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** What the session does when a request of the fast path ends. May throw control flow, which rejects the request. */
export interface FastPathHost<P, R> {
  fastPathCompleted(prepared: P, response: WireResponse): R | Promise<R>;
  fastPathFailed(prepared: P, error: WireError, times: ExchangeTimes): R;
  /** The request of this sink is over. */
  release(fastPath: FastPath<P, R>): void;
}

// The promise's two functions between the constructor and `begin`: saves a closure per request.
let resolveLatest: (value: never) => void;
let rejectLatest: (reason: unknown) => void;

function captureSettlers(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  resolveLatest = resolve;
  rejectLatest = reject;
}

/** Sinks of this thread without a request. */
const spare: FastPath<unknown, unknown>[] = [];
/** A thread that has had more requests under way at a time lets the rest go. */
const MAX_SPARE = 1000;

/** A sink for one request of the host. */
export function lendFastPath<P, R>(host: FastPathHost<P, R>): FastPath<P, R> {
  const fastPath = (spare.pop() ?? new FastPath()) as FastPath<P, R>;
  fastPath.host = host;
  return fastPath;
}

export class FastPath<P, R> implements ResponseSink {
  host: FastPathHost<P, R> | undefined;
  #request: P | undefined;
  #resolve: ((value: R | Promise<R>) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  /** The promise of a request that the caller sends with this sink. */
  begin(prepared: P): Promise<R> {
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
    const host = this.#giveBack();
    try {
      resolve(host.fastPathCompleted(prepared, response));
    } catch (error) {
      reject(error);
    }
  }

  failed(error: WireError, times: ExchangeTimes): void {
    const prepared = this.#request!;
    const resolve = this.#resolve!;
    const reject = this.#reject!;
    const host = this.#giveBack();
    try {
      resolve(host.fastPathFailed(prepared, error, times));
    } catch (thrown) {
      reject(thrown);
    }
  }

  /** Keeps nothing: the promise's functions hold the promise, and that the response, and an idle user must not keep its last one. */
  #giveBack(): FastPathHost<P, R> {
    const host = this.host!;
    host.release(this);
    this.host = undefined;
    this.#request = undefined;
    this.#resolve = undefined;
    this.#reject = undefined;
    if (spare.length < MAX_SPARE) spare.push(this as FastPath<unknown, unknown>);
    return host;
  }
}
