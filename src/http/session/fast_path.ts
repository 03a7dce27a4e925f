/**
 * The fast path through a session: the end of one exchange, and the promise of what its host makes of that. A session
 * is the sink of one request at a time itself; further ones, and calls with options, have sinks that are lent for the
 * time of a request. So a request allocates its promise and its response, and nothing else, and a user that waits holds
 * no sink.
 */
import type { ExchangeTimes } from "../engine/wire_times.ts";
import type { Line, ResponseSink } from "../engine/wire.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** What the session does when a request of the fast path ends. May throw control flow, which rejects the request. */
export interface FastPathHost<P, R> {
  /** `line`: the connection that the response came on. */
  fastPathCompleted(prepared: P, response: WireResponse, line: Line | undefined): R | Promise<R>;
  fastPathFailed(prepared: P, error: WireError, times: ExchangeTimes): R;
  /** The request of this sink is over. */
  release(sink: ResponseSink): void;
}

// The promise's two functions between the constructor and `begin`: saves a closure per request.
let resolveLatest: (value: never) => void;
let rejectLatest: (reason: unknown) => void;

function captureSettlers(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  resolveLatest = resolve;
  rejectLatest = reject;
}

export abstract class PromisedEnd<P, R> implements ResponseSink {
  #request: P | undefined;
  #resolve: ((value: R | Promise<R>) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  /** Whoever makes the result. The sink has no request any more. */
  protected abstract takeHost(): FastPathHost<P, R>;

  /** It has no request under way. */
  protected get isFree(): boolean {
    return this.#request === undefined;
  }

  /** The promise of a request that the caller sends with this sink. */
  begin(prepared: P): Promise<R> {
    const promise = new Promise<R>(captureSettlers);
    this.#request = prepared;
    this.#resolve = resolveLatest as (value: R | Promise<R>) => void;
    this.#reject = rejectLatest;
    return promise;
  }

  completed(response: WireResponse, line?: Line): void {
    const prepared = this.#request!;
    const resolve = this.#resolve!;
    const reject = this.#reject!;
    const host = this.#end();
    try {
      resolve(host.fastPathCompleted(prepared, response, line));
    } catch (error) {
      reject(error);
    }
  }

  failed(error: WireError, times: ExchangeTimes): void {
    const prepared = this.#request!;
    const resolve = this.#resolve!;
    const reject = this.#reject!;
    const host = this.#end();
    try {
      resolve(host.fastPathFailed(prepared, error, times));
    } catch (thrown) {
      reject(thrown);
    }
  }

  /**
   * Keeps nothing: the promise's functions hold the promise, and that the response, and an idle user must not keep its
   * last one.
   */
  #end(): FastPathHost<P, R> {
    this.#request = undefined;
    this.#resolve = undefined;
    this.#reject = undefined;
    const host = this.takeHost();
    host.release(this);
    return host;
  }
}

/** Sinks of this thread without a request. */
const spare: FastPath<unknown, unknown>[] = [];
/** A thread that has had more requests under way at a time lets the rest go. */
const MAX_SPARE = 1000;

/** A sink for one request of the host. */
export function lendFastPath<P, R>(host: FastPathHost<P, R>): PromisedEnd<P, R> {
  const fastPath = (spare.pop() ?? new FastPath()) as FastPath<P, R>;
  fastPath.host = host;
  return fastPath;
}

class FastPath<P, R> extends PromisedEnd<P, R> {
  host: FastPathHost<P, R> | undefined;

  protected takeHost(): FastPathHost<P, R> {
    const host = this.host!;
    this.host = undefined;
    if (spare.length < MAX_SPARE) spare.push(this as FastPath<unknown, unknown>);
    return host;
  }
}
