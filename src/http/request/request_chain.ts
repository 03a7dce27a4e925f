/**
 * All exchanges of one call, which are one sample: the request itself, retries of connections that failed, the answer
 * to a Digest challenge, redirects. Keeps cookies on the way. Decides nothing about counting, naming or events.
 */
import type { Clock } from "../../base/clock.ts";
import { basicAuthorization } from "./basic_auth.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import { DigestAuth, type DigestState } from "./digest_auth.ts";
import { type ExchangeOutcome, WireFailure } from "../engine/exchange.ts";
import type { HeaderList } from "../bytes/header_list.ts";
import {
  BODY_HEADERS,
  describeEndlessChain,
  HOME_HEADERS,
  nextRedirect,
  type RedirectRule,
  type RedirectStep,
} from "./redirect.ts";
import { type EncodedBody, NO_BODY } from "./request_body.ts";
import { asksToClose, composeFields } from "./request_fields.ts";
import { encodeHead } from "./request_head.ts";
import type { Auth } from "./request_options.ts";
import { type RequestTarget, targetOf } from "./request_target.ts";
import { isSameOrigin, publicUrl } from "./request_url.ts";
import type { PhaseTimes } from "../../stats/delta/entry.ts";
import type { ResponseBody, WireRequest, WireTimeouts } from "../engine/wire.ts";
import { ConnectionError, DnsError, ProtocolError, TimeoutError, type WireError } from "../bytes/wire_error.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** The start of a chain. Its own `headers` are those of the request, without the session's. */
export interface ChainStart {
  readonly method: string;
  readonly target: RequestTarget;
  readonly headers: HeaderList | undefined;
  readonly sessionHeaders: HeaderList;
  readonly accept: string | undefined;
  readonly body: EncodedBody;
  readonly auth: Auth | undefined;
  /** `a=b; c=d`, beside the jar's. */
  readonly cookies: string | undefined;
  readonly timeouts: WireTimeouts;
  readonly responseBody: ResponseBody;
  readonly signal: AbortSignal | undefined;
  readonly redirects: "follow" | "manual";
  readonly maxRedirects: number;
  readonly maxRetries: number;
}

/** The session of a chain. */
export interface ChainContext {
  readonly clock: Clock;
  readonly rule: RedirectRule;
  readonly jar: CookieJar;
  send(request: WireRequest): Promise<ExchangeOutcome>;
  /** The Digest dialogue with an origin. */
  digestState(origin: string): DigestState;
}

/** One exchange that was not the last. */
export interface ChainLink {
  readonly method: string;
  readonly url: string;
  readonly wire: WireResponse;
}

export interface ChainResult {
  /** The last response; absent if the chain failed. */
  readonly wire: WireResponse | undefined;
  readonly failure: WireError | undefined;
  readonly url: string;
  readonly links: readonly ChainLink[];
  readonly startMs: number;
  readonly endMs: number;
  /** Number of repeated sends. */
  readonly retries: number;
  /** Of the last exchange. Builds an object. */
  readonly phases: () => PhaseTimes;
}

export class RequestChain {
  readonly #context: ChainContext;
  readonly #start: ChainStart;
  readonly #links: ChainLink[] = [];
  #method: string;
  #target: RequestTarget;
  #headers: HeaderList | undefined;
  #sessionHeaders: HeaderList;
  #body: EncodedBody;
  #auth: Auth | undefined;
  #cookies: string | undefined;
  #hasNewCookies = false;
  #redirects = 0;
  #retries = 0;
  #challengesAnswered = 0;

  constructor(context: ChainContext, start: ChainStart) {
    this.#context = context;
    this.#start = start;
    this.#method = start.method;
    this.#target = start.target;
    this.#headers = start.headers;
    this.#sessionHeaders = start.sessionHeaders;
    this.#body = start.body;
    this.#auth = start.auth;
    this.#cookies = start.cookies;
  }

  /**
   * Runs to the end. `first`: the response to the first request, if it has been sent already.
   * Throws for the caller's mistakes only, and then before anything was sent.
   */
  async run(first?: WireResponse): Promise<ChainResult> {
    const startMs = first?.startMs ?? this.#context.clock.nowMs();
    for (let received = first;; received = undefined) {
      const outcome = received ?? await this.#sendWithRetries(startMs);
      if (outcome instanceof WireFailure) return this.#fail(outcome.error, startMs, outcome.times);
      if (outcome.retried) this.#retries++;
      if (outcome.has("set-cookie")) {
        await this.#context.jar.receive(outcome.getAll("set-cookie"), this.#target.parsed);
        this.#hasNewCookies = true;
      }
      if (this.#answersChallenge(outcome)) {
        await this.#leave(outcome);
        continue;
      }
      const step = this.#nextStep(outcome);
      if (step === undefined) return this.#complete(outcome, startMs);
      if (step instanceof ProtocolError) {
        await outcome.stream?.cancel();
        return this.#fail(step, startMs, outcome);
      }
      await this.#leave(outcome);
      this.#take(step);
    }
  }

  async #sendWithRetries(startMs: number): Promise<ExchangeOutcome> {
    for (let attempt = 0;; attempt++) {
      const request = this.#createRequest(startMs);
      if (request === undefined) return this.#unsendable(startMs);
      const outcome = await this.#context.send(request);
      const isLast = attempt >= this.#start.maxRetries || this.#start.signal?.aborted === true;
      if (!(outcome instanceof WireFailure) || isLast || !isWorthRetrying(outcome.error)) return outcome;
      this.#retries++;
    }
  }

  /** The request that the chain begins with, for a caller that sends it and then gives `run` its response. */
  firstRequest(): WireRequest | undefined {
    return this.#createRequest(this.#context.clock.nowMs());
  }

  /** Undefined when the time for the whole chain is over, or when its body cannot be sent a second time. */
  #createRequest(startMs: number): WireRequest | undefined {
    const { timeouts } = this.#start;
    const leftMs = timeouts.totalMs === undefined
      ? Infinity
      : timeouts.totalMs - (this.#context.clock.nowMs() - startMs);
    const body = this.#body.kind === "stream"
      ? this.#body.open()
      : this.#body.kind === "bytes"
      ? this.#body.bytes
      : undefined;
    if (leftMs <= 0 || (this.#body.kind === "stream" && body === undefined)) return undefined;
    const { origin, path } = this.#target;
    const { jar } = this.#context;
    const fields = composeFields({
      session: this.#sessionHeaders,
      request: this.#headers,
      authorization: this.#authorization(path),
      cookie: joinCookies(jar.isEmpty ? undefined : jar.headerFor(this.#target), this.#cookies),
      method: this.#method,
      body: this.#body,
      accept: this.#start.accept,
    });
    return {
      origin,
      method: this.#method,
      head: encodeHead(origin, this.#method, path, fields),
      body,
      streamLength: this.#body.kind === "stream" ? this.#body.length : undefined,
      responseBody: this.#start.responseBody,
      expect: fields.get("expect")?.toLowerCase() === "100-continue" ? "continue" : undefined,
      closes: asksToClose(fields),
      timeouts: leftMs === Infinity ? timeouts : { ...timeouts, totalMs: leftMs },
      signal: this.#start.signal,
    };
  }

  #authorization(path: string): string | undefined {
    const auth = this.#auth;
    if (auth === undefined) return undefined;
    if (!(auth instanceof DigestAuth)) return basicAuthorization({ user: auth[0], password: auth[1] });
    return this.#context.digestState(this.#target.parsed.origin).authorize(auth.credentials, this.#method, path);
  }

  #answersChallenge(wire: WireResponse): boolean {
    if (wire.status !== 401 || !(this.#auth instanceof DigestAuth)) return false;
    const state = this.#context.digestState(this.#target.parsed.origin);
    return state.accept(wire.get("www-authenticate"), this.#challengesAnswered++);
  }

  #nextStep(wire: WireResponse): RedirectStep | ProtocolError | undefined {
    if (this.#start.redirects === "manual" || wire.status < 300 || wire.status > 399) return undefined;
    const step = nextRedirect({
      status: wire.status,
      location: wire.getAll("location")[0] ?? null, // said twice it must not become one text
      url: this.#target.parsed,
      method: this.#method,
      rule: this.#context.rule,
    });
    if (step?.kind === "problem") return new ProtocolError(step.what);
    if (step === undefined || this.#redirects < this.#start.maxRedirects) return step;
    return new ProtocolError(describeEndlessChain(this.#visited(), publicUrl(step.url)));
  }

  #visited(): string[] {
    return [...this.#links.map((link) => link.url), this.#target.url];
  }

  /** Adds a response to the history. Its body is cancelled: unread it would hold the connection. */
  async #leave(wire: WireResponse): Promise<void> {
    await wire.stream?.cancel();
    this.#links.push({ method: this.#method, url: this.#target.url, wire });
  }

  #take(step: RedirectStep): void {
    this.#redirects++;
    this.#challengesAnswered = 0;
    if (!isSameOrigin(this.#target.parsed, step.url)) this.#cookies = undefined;
    if (step.credentials === "drop") {
      this.#auth = undefined;
      this.#headers = without(this.#headers, HOME_HEADERS);
      this.#sessionHeaders = without(this.#sessionHeaders, HOME_HEADERS);
    }
    if (this.#hasNewCookies) this.#addOwnCookies();
    if (step.body === "drop") {
      this.#body = NO_BODY;
      this.#headers = without(this.#headers, BODY_HEADERS);
    }
    this.#target = targetOf(step.url);
    this.#method = step.method;
  }

  /**
   * A Cookie field of the test is sent in place of the jar's, until the chain has got cookies of its own: a login must
   * not lose them.
   */
  #addOwnCookies(): void {
    const own = this.#headers?.get("cookie") ?? this.#sessionHeaders.get("cookie");
    if (own === null) return;
    this.#headers = without(this.#headers, ["cookie"]);
    this.#sessionHeaders = without(this.#sessionHeaders, ["cookie"]);
    this.#cookies = joinCookies(own, this.#cookies);
  }

  #unsendable(startMs: number): WireFailure {
    const nowMs = this.#context.clock.nowMs();
    const isLate = this.#start.timeouts.totalMs !== undefined && nowMs - startMs >= this.#start.timeouts.totalMs;
    const error = isLate
      ? new TimeoutError("total")
      : new ProtocolError("redirect of a body that can be sent only once");
    return new WireFailure(error, { startMs, endMs: nowMs, retried: false, phases: () => ({}) });
  }

  #complete(wire: WireResponse, startMs: number): ChainResult {
    return this.#result(
      wire,
      undefined,
      this.#links.length === 0 && this.#retries === 0 ? wire.startMs : startMs,
      wire,
    );
  }

  #fail(error: WireError, startMs: number, times: Pick<WireResponse, "endMs" | "phases">): ChainResult {
    return this.#result(undefined, error, startMs, times);
  }

  #result(
    wire: WireResponse | undefined,
    failure: WireError | undefined,
    startMs: number,
    times: Pick<WireResponse, "endMs" | "phases">,
  ): ChainResult {
    return {
      wire,
      failure,
      url: this.#target.url,
      links: this.#links,
      startMs,
      endMs: times.endMs,
      retries: this.#retries,
      phases: () => times.phases(),
    };
  }
}

/** A refused, cut or silent connection may be better next time; a response that makes no sense will not. */
function isWorthRetrying(error: WireError): boolean {
  if (error instanceof TimeoutError) return error.kind !== "total";
  return error instanceof ConnectionError || error instanceof DnsError;
}

function without(headers: HeaderList, names: readonly string[]): HeaderList;
function without(headers: HeaderList | undefined, names: readonly string[]): HeaderList | undefined;
function without(headers: HeaderList | undefined, names: readonly string[]): HeaderList | undefined {
  if (headers === undefined || !names.some((name) => headers.has(name))) return headers;
  const rest = headers.copy();
  for (const name of names) rest.delete(name);
  return rest;
}

function joinCookies(jar: string | undefined, own: string | undefined): string | undefined {
  return jar === undefined ? own : own === undefined ? jar : `${jar}; ${own}`;
}
