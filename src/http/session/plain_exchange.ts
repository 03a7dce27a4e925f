/**
 * The shortest way through a session: a request that is all plan, sent as it is. Its sink is used again and again, so that a
 * request allocates its promise and its response, and nothing else.
 */
import type { RequestPlan } from "./request_plan.ts";
import type { ExchangeTimes, ResponseSink, WireError } from "../engine/wire.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** What the session does with the end of a plain exchange. May throw control flow, which rejects the request. */
export interface PlainExchangeHost<R> {
  plainCompleted(plan: RequestPlan, response: WireResponse): R | Promise<R>;
  plainFailed(plan: RequestPlan, error: WireError, times: ExchangeTimes): R;
  /** Takes the sink back. */
  release(exchange: PlainExchange<R>): void;
}

// Where the promise's two functions are put down between the constructor and `begin`: without a closure per request.
let resolveLatest: (value: never) => void;
let rejectLatest: (reason: unknown) => void;

function captureSettlers(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  resolveLatest = resolve;
  rejectLatest = reject;
}

export class PlainExchange<R> implements ResponseSink {
  readonly #host: PlainExchangeHost<R>;
  #plan: RequestPlan | undefined;
  #resolve: ((value: R | Promise<R>) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(host: PlainExchangeHost<R>) {
    this.#host = host;
  }

  /** The promise of a request that the caller sends with this sink. */
  begin(plan: RequestPlan): Promise<R> {
    const promise = new Promise<R>(captureSettlers);
    this.#plan = plan;
    this.#resolve = resolveLatest as (value: R | Promise<R>) => void;
    this.#reject = rejectLatest;
    return promise;
  }

  completed(response: WireResponse): void {
    const plan = this.#plan!;
    const resolve = this.#resolve!;
    const reject = this.#reject!;
    this.#host.release(this);
    try {
      resolve(this.#host.plainCompleted(plan, response));
    } catch (error) {
      reject(error);
    }
  }

  failed(error: WireError, times: ExchangeTimes): void {
    const plan = this.#plan!;
    const resolve = this.#resolve!;
    const reject = this.#reject!;
    this.#host.release(this);
    try {
      resolve(this.#host.plainFailed(plan, error, times));
    } catch (thrown) {
      reject(thrown);
    }
  }
}
