/**
 * One call with options that is under way as a single exchange, on a sink as requests without options have it. Its response becomes the
 * result of the call in the sink, with no promise in between; only a redirect goes on as a chain, and only a cookie that must be looked
 * up in the list of public suffixes waits.
 */
import type { FastPath, FastPathHost } from "./fast_path.ts";
import {
  type CreateRes,
  failExchange,
  finishChain,
  finishExchange,
  openChain,
  type Performed,
  type SampleExtras,
} from "./perform_request.ts";
import type { PreparedCall } from "./prepare_call.ts";
import type { RequestScope } from "./request_scope.ts";
import type { BaseRes } from "./res.ts";
import { isRedirectStatus } from "../request/redirect.ts";
import type { SessionState } from "./session_state.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { ExchangeTimes } from "../engine/wire_times.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** Makes the result of a call of its response, which is not counted yet. May throw control flow. */
export type EndCall<R, T> = (performed: Performed<R>) => T;

export class OptionCall<R extends BaseRes, T> implements FastPathHost<PreparedCall, T> {
  readonly #state: SessionState;
  readonly #createRes: CreateRes<R>;
  readonly #extras: SampleExtras;
  readonly #end: EndCall<R, T>;
  readonly #scope: RequestScope | undefined;

  constructor(state: SessionState, createRes: CreateRes<R>, extras: SampleExtras, end: EndCall<R, T>) {
    this.#state = state;
    this.#createRes = createRes;
    this.#extras = extras;
    this.#end = end;
    this.#scope = state.owner.scope;
  }

  started(): void {
    this.#state.owner.requestStarted();
    this.#scope?.requestStarted();
  }

  fastPathCompleted(call: PreparedCall, wire: WireResponse): T | Promise<T> {
    if (call.redirects === "follow" && isRedirectStatus(wire.status)) return this.#goOn(call, wire);
    const storing = wire.has("set-cookie")
      ? this.#state.jar.receive(wire.getAll("set-cookie"), call.target.parsed)
      : undefined;
    return storing === undefined ? this.#finish(call, wire) : storing.then(() => this.#finish(call, wire));
  }

  fastPathFailed(call: PreparedCall, error: WireError, times: ExchangeTimes): T {
    let performed: Performed<R>;
    try {
      performed = failExchange(this.#state, call, error, times, this.#createRes, this.#extras);
    } finally {
      this.#scope?.requestEnded();
    }
    return this.#end(this.#inScope(performed));
  }

  release(sink: FastPath<PreparedCall, T>): void {
    this.#state.inFlight?.delete(sink);
  }

  #finish(call: PreparedCall, wire: WireResponse): T {
    const performed = finishExchange(this.#state, call, wire, this.#createRes, this.#extras);
    this.#scope?.requestEnded();
    return this.#end(this.#inScope(performed));
  }

  async #goOn(call: PreparedCall, wire: WireResponse): Promise<T> {
    let performed: Performed<R>;
    try {
      const start = call.start();
      const result = await openChain(this.#state, start).run(wire);
      performed = finishChain(this.#state, call, result, this.#createRes, this.#extras, start.signal);
    } finally {
      this.#scope?.requestEnded();
    }
    return this.#end(this.#inScope(performed));
  }

  /** The sample says what it was a part of, which learns of its failure. */
  #inScope(performed: Performed<R>): Performed<R> {
    const scope = this.#scope;
    return scope === undefined ? performed : { res: performed.res, sample: { ...performed.sample, scope } };
  }
}
