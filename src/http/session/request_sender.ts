/**
 * Sends the requests of one session. One without options is a plan, sent as it is; any other one is a chain. Then the sample is
 * counted, after the block of `catchResponse` if there is one.
 * Invariant: every request that was sent is counted once, or abandoned, or (a block threw something else than a verdict, as in
 * Locust) dropped; `requestEnded` is called once for each.
 */
import { CatchBlock } from "./catch_block.ts";
import { UserKilled } from "./control_flow.ts";
import { statusError } from "./failure_text.ts";
import { HttpRes } from "./http_res.ts";
import { abandon, type CreateRes, finishChain, openChain, type Performed, performRequest } from "./perform_request.ts";
import { PlainExchange, type PlainExchangeHost } from "./plain_exchange.ts";
import { createPlan, prepareRequest, startOfPlan } from "./prepare_request.ts";
import { isRedirectStatus } from "../request/redirect.ts";
import type { RequestOptions } from "../request/request_options.ts";
import type { RequestPlan } from "./request_plan.ts";
import type { BaseRes, RequestMeta } from "./res.ts";
import { ResponseError } from "./response_error.ts";
import { countSample, epochSeconds, fireSample, type Sample } from "./sample.ts";
import type { SessionState } from "./session_state.ts";
import type { ExchangeTimes, WireError } from "../engine/wire.ts";
import { AbortedError } from "../bytes/wire_error.ts";
import type { WireResponse } from "../engine/wire_response.ts";

type CatchFunction<R> = (res: R) => Promise<void> | void;

export class RequestSender<R extends BaseRes> implements PlainExchangeHost<R> {
  readonly state: SessionState;
  readonly #createRes: CreateRes<R>;
  #spare: PlainExchange<R> | undefined;

  constructor(state: SessionState, createRes: CreateRes<R>) {
    this.state = state;
    this.#createRes = createRes;
  }

  /** Sends and counts. Rejects for mistakes of the caller and for control flow, never for what the target does. */
  send(method: string, url: string, options: RequestOptions<R> | undefined): Promise<R> {
    const { state } = this;
    try {
      const parked = state.owner.beforeRequest();
      if (parked !== undefined) return parked;
      if ((options !== undefined && !isNameOnly(options)) || !state.isPlain) {
        return this.#sendChain(method, url, options ?? {}, this.#createRes);
      }
      const plan = this.#planFor(method, url);
      return this.#sendPlan(options?.name === undefined ? plan : plan.renamed(options.name));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The same for a call whose body is streamed. */
  async sendStreamed(method: string, url: string, options: RequestOptions<HttpRes>): Promise<HttpRes> {
    const parked = this.state.owner.beforeRequest();
    if (parked !== undefined) return await parked;
    return await this.#sendChain(method, url, options, createHttpRes);
  }

  /** Sends without counting: the caller counts by `count`, or drops. */
  async perform<S extends BaseRes>(
    method: string,
    url: string,
    options: RequestOptions<never>,
    createRes: CreateRes<S>,
  ): Promise<Performed<S>> {
    const parked = this.state.owner.beforeRequest();
    if (parked !== undefined) return await parked;
    return await this.#perform(method, url, options, createRes);
  }

  /** Like `perform`, with the response class of this client. */
  performOwn(method: string, url: string, options: RequestOptions<never>): Promise<Performed<R>> {
    return this.perform(method, url, options, this.#createRes);
  }

  /** Counts a sample; throws control flow. */
  count(sample: Sample): void {
    countSample(this.state.owner, sample);
  }

  plainCompleted(plan: RequestPlan, wire: WireResponse): R | Promise<R> {
    const { status } = wire;
    if (isRedirectStatus(status) || wire.has("set-cookie") || wire.has("content-encoding")) {
      return this.#continuePlan(plan, wire);
    }
    const { owner } = this.state;
    const failure = statusError(status);
    owner.recorder.record(
      plan.entryIn(owner.recorder),
      wire.endMs - wire.startMs,
      wire.bodyLength,
      failure?.message,
      owner.expectedIntervalMs,
      wire.endMs,
    );
    if (wire.retried) owner.recorder.countRetry();
    if (owner.recorder.keepsPhases) owner.recorder.recordPhases(plan.entryIn(owner.recorder), wire.phases());
    const res = this.#createRes(plan, wire);
    if (!owner.hasRequestListeners()) {
      owner.requestEnded();
      return res;
    }
    try {
      fireSample(owner, sampleOfPlan(plan, wire, failure, wire.bodyLength, res));
    } finally {
      owner.requestEnded();
    }
    return res;
  }

  plainFailed(plan: RequestPlan, error: WireError, times: ExchangeTimes): R {
    if (error instanceof AbortedError) abandon(this.state, error, undefined);
    const res = this.#createRes(plan, undefined, { failure: error, elapsed: times.endMs - times.startMs });
    this.count(sampleOfPlan(plan, times, error, 0, res));
    return res;
  }

  release(exchange: PlainExchange<R>): void {
    this.state.inFlight?.delete(exchange);
    this.#spare = exchange;
  }

  #planFor(method: string, url: string): RequestPlan {
    const { state } = this;
    const plans = state.plans;
    let plan = plans.get(method, url);
    if (plan === undefined) plans.set(method, url, plan = createPlan(state, method, url));
    const cookie = state.cookieFor(plan);
    return cookie === undefined ? plan : plan.withCookie(cookie);
  }

  #sendPlan(plan: RequestPlan): Promise<R> {
    const { state } = this;
    const exchange = this.#spare ?? new PlainExchange<R>(this);
    this.#spare = undefined;
    const promise = exchange.begin(plan);
    state.owner.requestStarted();
    const engine = state.engine();
    state.inFlight?.add(exchange);
    engine.send(plan.wire, exchange);
    return promise;
  }

  /** A plan whose response asks for more: a redirect to follow, a cookie to keep, a body to decode. */
  async #continuePlan(plan: RequestPlan, wire: WireResponse): Promise<R> {
    const result = await openChain(this.state, startOfPlan(this.state, plan)).run(wire);
    const { res, sample } = finishChain(this.state, plan, result, this.#createRes, undefined);
    this.count(sample);
    return res;
  }

  async #sendChain<S extends BaseRes>(
    method: string,
    url: string,
    options: RequestOptions<S>,
    createRes: CreateRes<S>,
  ): Promise<S> {
    const { res, sample } = await this.#perform(method, url, options, createRes);
    const { catchResponse } = options;
    if (catchResponse === undefined || catchResponse === false) {
      this.count(sample);
      return res;
    }
    const block = this.openBlock({ res, sample });
    if (typeof catchResponse === "function") await this.#runBlock(res, block, catchResponse);
    else this.state.owner.blockOpened?.(block);
    return res;
  }

  async #perform<S extends BaseRes>(
    method: string,
    url: string,
    options: RequestOptions<never>,
    createRes: CreateRes<S>,
  ): Promise<Performed<S>> {
    const prepared = prepareRequest(this.state, method, url, options);
    this.state.owner.requestStarted();
    return await performRequest(this.state, prepared, createRes, options);
  }

  /** Puts the verdict on a response into the hands of the test; the block's end counts. */
  openBlock({ res, sample }: Performed<BaseRes>): CatchBlock {
    const { owner } = this.state;
    const meta: RequestMeta = {
      method: sample.method,
      name: sample.name,
      url: sample.url,
      responseTime: sample.responseTimeMs,
      responseLength: sample.responseLength,
      context: { ...owner.context(), ...sample.context },
      startTime: epochSeconds(owner, sample.startMs),
    };
    const block = new CatchBlock(meta, sample.exception, (error) => {
      owner.blockEnded?.(block);
      this.count(editSample(sample, meta, error));
    });
    res.openBlock(block);
    return block;
  }

  /** Locust's rules for what leaves the block: see `catch_block.ts` and docs of `catchResponse`. */
  async #runBlock<S extends BaseRes>(res: S, block: CatchBlock, run: CatchFunction<S>): Promise<void> {
    try {
      await run(res);
    } catch (thrown) {
      if (block.verdict !== undefined || thrown instanceof UserKilled) {
        // A user that is stopped inside its block has still made the request: it is counted.
        block.end();
        throw thrown;
      }
      if (!(thrown instanceof ResponseError)) {
        block.drop();
        this.state.owner.requestEnded();
        throw thrown;
      }
      block.decide(thrown);
    }
    if (block.isOpen) block.end();
    await res[Symbol.asyncDispose]();
  }
}

/** A name is the one option that leaves the request itself as it is; most requests have it or none. */
function isNameOnly(options: RequestOptions<never>): boolean {
  for (const key in options) if (key !== "name") return false;
  return true;
}

/** Responses whose body is a stream are the same in both clients. */
export const createHttpRes: CreateRes<HttpRes> = (sent, wire, parts) => new HttpRes(sent, wire, parts);

function sampleOfPlan(
  plan: RequestPlan,
  times: ExchangeTimes,
  exception: Error | undefined,
  responseLength: number,
  response: unknown,
): Sample {
  return {
    method: plan.method,
    name: plan.name,
    url: plan.url,
    responseTimeMs: times.endMs - times.startMs,
    responseLength,
    exception,
    startMs: times.startMs,
    response,
    context: undefined,
    retries: times.retried ? 1 : 0,
    phases: () => times.phases(),
  };
}

/** The sample as the block left it. */
function editSample(
  sample: Sample,
  meta: RequestMeta,
  exception: Error | undefined,
): Sample {
  const { method, name, url, context } = meta;
  return {
    ...sample,
    method,
    name,
    url,
    responseTimeMs: meta.responseTime,
    responseLength: meta.responseLength,
    exception,
    context,
  };
}
