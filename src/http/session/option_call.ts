/**
 * One call with options that is under way as a single exchange, on a sink as requests without options have it. Its
 * response becomes the result of the call in the sink, with no promise in between; only a redirect goes on as a chain,
 * and only a cookie that must be looked up in the list of public suffixes waits.
 */
import type { FastPathHost } from "./fast_path.ts";
import {
  type CreateRes,
  failExchange,
  finishChain,
  finishExchange,
  openChain,
  type Performed,
} from "./perform_request.ts";
import type { PreparedCall } from "./prepare_call.ts";
import type { RequestScope } from "./request_scope.ts";
import type { BaseRes } from "./res.ts";
import type { ResponseValidation } from "./response_validation.ts";
import { countExchange, rowOf, type Sample, type SampleExtras } from "./sample.ts";
import { isRedirectStatus } from "../request/redirect.ts";
import type { SessionView } from "./session_state.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { ResponseSink } from "../engine/wire.ts";
import type { ExchangeTimes } from "../engine/wire_times.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** What calls ask of their session. */
export interface OptionCalls<R extends BaseRes = never> {
  readonly state: SessionView;
  readonly createRes: CreateRes<R>;
  count(sample: Sample): void;
  openValidation(performed: Performed<BaseRes>): ResponseValidation;
}

/** Makes the result of a call of its response, which is not counted yet. May throw control flow. */
export type EndCall<R, T> = (performed: Performed<R>, calls: Omit<OptionCalls, "createRes">) => T;

/** The end of most calls: the response is counted as it is. */
export function countPerformed<R>(performed: Performed<R>, calls: Pick<OptionCalls, "count">): R {
  calls.count(performed.sample);
  return performed.res;
}

export class OptionCall<R extends BaseRes, T> implements FastPathHost<PreparedCall, T> {
  readonly #calls: OptionCalls<R>;
  readonly #extras: SampleExtras;
  readonly #end: EndCall<R, T>;
  readonly #scope: RequestScope | undefined;

  constructor(calls: OptionCalls<R>, extras: SampleExtras, end: EndCall<R, T>) {
    this.#calls = calls;
    this.#extras = extras;
    this.#end = end;
    this.#scope = calls.state.owner.scope;
  }

  get #state(): SessionView {
    return this.#calls.state;
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
    return storing === undefined ? this.#finish(call, wire) : this.#finishAfter(storing, call, wire);
  }

  fastPathFailed(call: PreparedCall, error: WireError, times: ExchangeTimes): T {
    let performed: Performed<R>;
    try {
      performed = failExchange(this.#state, call, error, times, this.#calls.createRes, this.#extras);
    } finally {
      this.#scope?.requestEnded();
    }
    return this.#end(this.#inScope(performed), this.#calls);
  }

  release(sink: ResponseSink): void {
    this.#state.inFlight?.delete(sink);
  }

  #finish(call: PreparedCall, wire: WireResponse): T {
    // No sample where nobody looks at it.
    if (this.#end === countPerformed && this.#scope === undefined && !wire.has("content-encoding")) {
      const { owner } = this.#state;
      const res = this.#calls.createRes(call, wire);
      countExchange(owner, rowOf(owner.recorder, call), call, wire, res, this.#extras);
      return res as T & R;
    }
    const performed = finishExchange(this.#state, call, wire, this.#calls.createRes, this.#extras);
    this.#scope?.requestEnded();
    return this.#end(this.#inScope(performed), this.#calls);
  }

  async #finishAfter(storing: Promise<void>, call: PreparedCall, wire: WireResponse): Promise<T> {
    await storing;
    return this.#finish(call, wire);
  }

  async #goOn(call: PreparedCall, wire: WireResponse): Promise<T> {
    let performed: Performed<R>;
    try {
      const start = call.start();
      const result = await openChain(this.#state, start).run(wire);
      performed = finishChain(this.#state, call, result, this.#calls.createRes, this.#extras, start.signal);
    } finally {
      this.#scope?.requestEnded();
    }
    return this.#end(this.#inScope(performed), this.#calls);
  }

  /** The sample says what it was a part of, which learns of its failure. */
  #inScope(performed: Performed<R>): Performed<R> {
    const scope = this.#scope;
    return scope === undefined ? performed : { res: performed.res, sample: { ...performed.sample, scope } };
  }
}
