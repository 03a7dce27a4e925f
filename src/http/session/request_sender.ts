/**
 * Sends the requests of one session. One without options takes the fast path, most others are an exchange that may go
 * on as a chain, and some are a chain from the start. Then the sample is counted, after the block of `catchResponse` if
 * there is one. Invariant: every request that was sent is counted once, or abandoned, or (a block threw an exception
 * that is no verdict, as in Locust) dropped; `requestEnded` is called once for each.
 */
import { type RequestMeta, ResponseValidation } from "./response_validation.ts";
import { UserStopped } from "./control_flow.ts";
import { givenName } from "../../base/given_text.ts";
import { HttpRes } from "./http_res.ts";
import {
  type CreateRes,
  failExchange,
  finishChain,
  finishExchange,
  openChain,
  type Performed,
  performRequest,
} from "./perform_request.ts";
import { type FastPathHost, lendFastPath } from "./fast_path.ts";
import { countPerformed, type EndCall, OptionCall, type OptionCalls } from "./option_call.ts";
import { composeCall, shapeCall } from "./prepare_call.ts";
import { chainStartOf, nextTraceOf, prepareChain, type PreparedChain, prepareRequest } from "./prepare_request.ts";
import { isRedirectStatus } from "../request/redirect.ts";
import { urlText } from "../request/request_url.ts";
import { checkRequestOptions, type RequestOptions } from "../request/request_options.ts";
import type { PreparedRequest } from "./prepared_request.ts";
import { followRequest } from "./request_scope.ts";
import type { BaseRes } from "./res.ts";
import { ResponseError } from "./response_error.ts";
import { countExchange, countSample, epochSeconds, type Sample, type SampleExtras } from "./sample.ts";
import { SessionState, type SessionView } from "./session_state.ts";
import type { ExchangeTimes } from "../engine/wire_times.ts";
import type { WireError } from "../bytes/wire_error.ts";
import type { Line, ResponseSink } from "../engine/wire.ts";
import type { WireResponse } from "../engine/wire_response.ts";

type CatchFunction<R> = (res: R) => Promise<void> | void;

export abstract class RequestSender<R extends BaseRes> extends SessionState<R>
  implements FastPathHost<PreparedRequest, R> {
  /** The connection of the last request. */
  #line: Line | undefined;

  abstract readonly createRes: CreateRes<R>;

  /** What others see of it. */
  get state(): SessionView {
    return this;
  }

  /** Sends and counts. Rejects for mistakes of the caller and for control flow, never for a failure of the target. */
  send(method: string, givenUrl: string | URL, options: RequestOptions<R> | undefined): Promise<R> {
    const { state } = this;
    try {
      const url = urlText(givenUrl, method);
      const refusal = state.owner.beforeRequest();
      if (refusal !== undefined) return refusal;
      if ((isGiven(options) && !isNameOnly(options)) || !state.hasFastPath) {
        return this.#sendCall(method, url, options ?? {});
      }
      const prepared = this.#requestFor(method, url);
      const name = givenName(options?.name, 'the option "name"');
      const named = name === undefined ? prepared : prepared.renamed(name);
      const trace = nextTraceOf(state);
      const { scope } = state.owner;
      const request = this.#sendFastPath(trace === undefined ? named : named.withTrace(trace));
      return scope === undefined ? request : followRequest(request, scope);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The same for a call whose body is streamed. */
  async sendStreamed(method: string, givenUrl: string | URL, options: RequestOptions<HttpRes>): Promise<HttpRes> {
    const url = urlText(givenUrl, method);
    const refusal = this.state.owner.beforeRequest();
    if (refusal !== undefined) return await refusal;
    const prepared = prepareChain(this.state, method, url, options);
    const performed = await this.#perform(prepared, options, createHttpRes);
    const { catchResponse } = options;
    if (typeof catchResponse !== "function") return (catchResponse ? openVerdict : countPerformed)(performed, this);
    await this.#runBlock(performed.res, this.openValidation(performed), catchResponse);
    return performed.res;
  }

  /** Sends without counting: the caller counts by `count`, or drops. */
  async perform<S extends BaseRes>(
    method: string,
    url: string,
    options: RequestOptions<never>,
    createRes: CreateRes<S>,
  ): Promise<Performed<S>> {
    const refusal = this.state.owner.beforeRequest();
    if (refusal !== undefined) return await refusal;
    return await this.#perform(prepareChain(this.state, method, url, options), options, createRes);
  }

  /** Like `perform`, with the response class of this client. */
  performOwn(method: string, givenUrl: string | URL, options: RequestOptions<never>): Promise<Performed<R>> {
    try {
      const url = urlText(givenUrl, method);
      return this.state.owner.beforeRequest() ?? this.#begin(method, url, options, handOver);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Counts a sample; throws control flow. */
  count(sample: Sample): void {
    countSample(this.state.owner, sample);
  }

  protected takeHost(): this {
    return this;
  }

  fastPathCompleted(prepared: PreparedRequest, wire: WireResponse, line: Line | undefined): R | Promise<R> {
    if (line !== this.#line) this.#line = line;
    const { status } = wire;
    if (isRedirectStatus(status)) return this.#continueAsChain(prepared, wire);
    if (wire.has("set-cookie")) {
      const storing = this.state.jar.receive(wire.getAll("set-cookie"), prepared.target.parsed);
      if (storing !== undefined) return this.#finishAfter(storing, prepared, wire);
    }
    if (wire.has("content-encoding")) return this.#finish(prepared, wire);
    const { owner } = this.state;
    const res = this.createRes(prepared, wire);
    countExchange(owner, prepared.entryIn(owner.recorder), prepared, wire, res, NO_EXTRAS);
    return res;
  }

  fastPathFailed(prepared: PreparedRequest, error: WireError, times: ExchangeTimes): R {
    const { res, sample } = failExchange(this.state, prepared, error, times, this.createRes, NO_EXTRAS);
    this.count(sample);
    return res;
  }

  release(sink: ResponseSink): void {
    this.state.inFlight?.delete(sink);
  }

  #requestFor(method: string, url: string): PreparedRequest {
    const { state } = this;
    const requests = state.preparedRequests;
    let prepared = requests.get(method, url);
    if (prepared === undefined) requests.set(method, url, prepared = prepareRequest(state, method, url));
    const cookie = state.cookieFor(prepared.target);
    return cookie === undefined ? prepared : prepared.withCookie(cookie);
  }

  #sendFastPath(prepared: PreparedRequest): Promise<R> {
    const { state } = this;
    const engine = state.engine(); // throws for settings that no connection can be opened with
    const exchange = this.isFree ? this : lendFastPath(this);
    const promise = exchange.begin(prepared);
    state.owner.requestStarted();
    state.inFlight?.add(exchange);
    if (!this.#line?.trySend(prepared.wire, exchange)) engine.send(prepared.wire, exchange);
    return promise;
  }

  async #finishAfter(storing: Promise<void>, prepared: PreparedRequest, wire: WireResponse): Promise<R> {
    await storing;
    return this.#finish(prepared, wire);
  }

  /** The body must be decoded, or there was a wait for what decides about a cookie. */
  #finish(prepared: PreparedRequest, wire: WireResponse): R {
    const { res, sample } = finishExchange(this.state, prepared, wire, this.createRes, NO_EXTRAS);
    this.count(sample);
    return res;
  }

  /** A response of the fast path is a redirect. */
  async #continueAsChain(prepared: PreparedRequest, wire: WireResponse): Promise<R> {
    const result = await openChain(this.state, chainStartOf(this.state, prepared)).run(wire);
    const { res, sample } = finishChain(this.state, prepared, result, this.createRes, NO_EXTRAS);
    this.count(sample);
    return res;
  }

  /** Throws or rejects for mistakes of the caller. */
  #sendCall(method: string, url: string, options: RequestOptions<R>): Promise<R> {
    const { catchResponse } = options;
    if (typeof catchResponse === "function") return this.#sendCaught(method, url, options, catchResponse);
    return this.#begin(method, url, options, catchResponse ? openVerdict : countPerformed);
  }

  async #sendCaught(
    method: string,
    url: string,
    options: RequestOptions<never>,
    run: CatchFunction<R>,
  ): Promise<R> {
    const performed = await this.#begin(method, url, options, handOver);
    await this.#runBlock(performed.res, this.openValidation(performed), run);
    return performed.res;
  }

  /** Sends, as one exchange if that may do. `end` makes the result of the call. */
  #begin<T>(
    method: string,
    url: string,
    options: RequestOptions<never>,
    end: EndCall<R, T>,
  ): Promise<T> {
    const { state } = this;
    checkRequestOptions(options, method);
    let call = shapeCall(state, method, url, options);
    if (call === undefined) {
      const prepared = prepareChain(state, method, url, options);
      call = isGiven(options.tls) ? undefined : composeCall(state, prepared);
      if (call === undefined) return this.#beginChain(prepared, options, end);
    }
    const engine = state.engine(); // throws for settings that no connection can be opened with
    const host = new OptionCall(this, options, end);
    const exchange = lendFastPath(host);
    const promise = exchange.begin(call);
    host.started();
    state.inFlight?.add(exchange);
    engine.send(call.wire, exchange);
    return promise;
  }

  async #beginChain<T>(prepared: PreparedChain, options: RequestOptions<never>, end: EndCall<R, T>): Promise<T> {
    return end(await this.#perform(prepared, options, this.createRes), this);
  }

  async #perform<S extends BaseRes>(
    prepared: PreparedChain,
    options: RequestOptions<never>,
    createRes: CreateRes<S>,
  ): Promise<Performed<S>> {
    const { owner } = this.state;
    const { scope } = owner;
    owner.requestStarted();
    if (scope === undefined) return await performRequest(this.state, prepared, createRes, options);
    scope.requestStarted();
    try {
      const { res, sample } = await performRequest(this.state, prepared, createRes, options);
      return { res, sample: { ...sample, scope } };
    } finally {
      scope.requestEnded();
    }
  }

  /** Lets the test decide about a response; the end of the block counts the sample. */
  openValidation({ res, sample }: Performed<BaseRes>): ResponseValidation {
    const { owner } = this.state;
    const context = owner.hasRequestListeners() ? owner.context() : undefined; // as it is when the response comes
    const createMeta = (): RequestMeta => ({
      method: sample.method,
      name: sample.name,
      url: sample.url,
      responseTime: sample.responseTimeMs,
      responseLength: sample.responseLength,
      context: { ...context ?? owner.context(), ...sample.context },
      startTime: epochSeconds(owner, sample.startMs),
    });
    const block = new ResponseValidation(sample.exception, createMeta, (error, meta) => {
      owner.validationEnded(block);
      if (meta !== undefined) this.count(editSample(sample, meta, error));
      else this.count({ ...sample, exception: error, context: context && { ...context, ...sample.context } });
    });
    res.openValidation(block);
    return block;
  }

  /** Locust's rules for exceptions of the block: see `docs/writing-a-locustfile.md`. */
  async #runBlock<S extends BaseRes>(res: S, block: ResponseValidation, run: CatchFunction<S>): Promise<void> {
    try {
      const running = run(res);
      if (running !== undefined) await running;
    } catch (thrown) {
      if (block.verdict !== undefined || thrown instanceof UserStopped) {
        // A user that is stopped inside its block has still made the request: it is counted.
        block.end();
        throw thrown;
      }
      if (!(thrown instanceof ResponseError)) {
        block.drop();
        this.state.owner.requestEnded();
        throw thrown;
      }
      block.fail(thrown);
    }
    if (block.isOpen) block.end();
    if (res.isStreamed) await res[Symbol.asyncDispose]();
  }
}

const NO_EXTRAS: SampleExtras = {};

/** The ends of a call: the caller goes on with the response that is not counted … */
function handOver<P>(performed: P): P {
  return performed;
}

type VerdictCalls = Omit<OptionCalls, "createRes">;

/** … or waits for nothing but its verdict. */
function openVerdict<R extends BaseRes>(performed: Performed<R>, calls: VerdictCalls): R {
  calls.state.owner.validationOpened(calls.openValidation(performed));
  return performed.res;
}

function isGiven<T>(options: T | null | undefined): options is T {
  return options !== undefined && options !== null;
}

/** A name is the one option that leaves the request itself as it is; most requests have it or none. */
function isNameOnly(options: RequestOptions<never>): boolean {
  if (typeof options !== "object") return false; // a mistake that the check of options names
  for (const key in options) if (key !== "name") return false;
  return true;
}

/** Responses whose body is a stream are the same in both clients. */
export const createHttpRes: CreateRes<HttpRes> = (sent, wire, parts) => new HttpRes(sent, wire, parts);

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
    nameOrigin: name === sample.name ? sample.nameOrigin : "given",
    url,
    responseTimeMs: meta.responseTime,
    responseLength: meta.responseLength,
    exception,
    context,
  };
}
