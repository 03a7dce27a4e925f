/**
 * From a method, a URL and options to something that can be sent: a prepared request if it has no options, else the
 * start of a chain. Finds all mistakes of the caller before anything is sent.
 */
import { basicAuthorization } from "../request/basic_auth.ts";
import { DigestAuth } from "../request/digest_auth.ts";
import type { TraceContext } from "../../base/trace_share.ts";
import { UsageError } from "../../base/errors.ts";
import { describeKind, givenName } from "../../base/given_text.ts";
import { toByteString } from "../bytes/latin1.ts";
import { checkCookie } from "../cookies/cookie_jar.ts";
import { HeaderList } from "../bytes/header_list.ts";
import { encodeHead, HeadTemplate, isPlainPath } from "../request/request_head.ts";
import { encodeBody, NO_BODY } from "../request/request_body.ts";
import { UnusableLocustfile } from "./control_flow.ts";
import type { ChainStart } from "../request/request_chain.ts";
import { asksToClose, composeFields, type FieldSources } from "../request/request_fields.ts";
import { type Auth, checkRequestOptions, type Cookies, type RequestOptions } from "../request/request_options.ts";
import { PreparedRequest } from "./prepared_request.ts";
import {
  appendParams,
  encodePairs,
  isAbsoluteUrl,
  joinUrl,
  type Params,
  parseRequestUrl,
  withoutCredentials,
} from "../request/request_url.ts";
import { plainTarget, RequestTarget, targetOf } from "../request/request_target.ts";
import type { SentRequest } from "./res.ts";
import { DEFAULT_MAX_REDIRECTS, requestTimeouts } from "./session_options.ts";
import type { SessionView } from "./session_state.ts";

/** A request with options, checked and ready. */
export interface PreparedChain extends SentRequest {
  readonly start: ChainStart;
  /** That its header names; undefined for nearly all. */
  readonly trace: TraceContext | undefined;
}

/** In options of our own: the name that a URL has by itself, where it is another one than what is sent. */
export const URL_NAME: unique symbol = Symbol("URL name");

interface UrlNamed {
  readonly [URL_NAME]?: string;
}

/** Prepares a request without options, in a session whose `hasFastPath` holds. */
export function prepareRequest(state: SessionView, method: string, url: string): PreparedRequest {
  const plain = createPlainTarget(state, url);
  const target = plain ?? targetOf(parseUrl(state, joinUrl(state.baseUrl, url)));
  const { origin, path } = target;
  const head = plain === undefined
    ? encodeHead(origin, method, path, headFields(state, method, target))
    : templateFor(state, method, plain).encode(path);
  const closes = asksToClose(state.currentHeaders);
  const wire = { origin, method, head, responseBody: keptBody(state), timeouts: state.timeouts, closes };
  return new PreparedRequest(method, nameOf(state, url, path), target, wire, "url");
}

/** The target of a URL, if that or what it becomes behind the base URL needs no parsing. */
export function createPlainTarget(state: SessionView, url: string): RequestTarget | undefined {
  const { baseOrigin } = state;
  if (baseOrigin !== undefined && isPlainPath(url)) {
    return new RequestTarget(baseOrigin, url, state.pathBase + url);
  }
  const whole = joinUrl(state.baseUrl, url);
  return isAbsoluteUrl(whole) ? plainTarget(whole) : undefined;
}

function templateFor(state: SessionView, method: string, target: RequestTarget): HeadTemplate {
  const { origin } = target;
  const create = () => new HeadTemplate(origin, method, headFields(state, method, target));
  return state.preparedRequests.template(origin, method, create);
}

/** What a call adds to the fields that all calls of a session have. */
export type CallFields = Pick<FieldSources, "request" | "cookie" | "body" | "accept">;

const NO_CALL_FIELDS: CallFields = { request: undefined, cookie: undefined, body: NO_BODY, accept: undefined };

/** All fields of a head, in a session without a Digest dialogue. */
export function headFields(
  state: SessionView,
  method: string,
  target: RequestTarget,
  call: CallFields = NO_CALL_FIELDS,
): HeaderList {
  const auth = call.request?.has("authorization") === true ? undefined : state.authFor(target);
  return composeFields({
    session: state.currentHeaders,
    authorization: auth === undefined || auth instanceof DigestAuth ? undefined : authorizationOf(auth),
    method,
    ...call,
  });
}

/** A request with options. */
export function prepareChain(
  state: SessionView,
  method: string,
  url: string,
  options: RequestOptions<never>,
): PreparedChain {
  checkRequestOptions(options, method);
  const target = findTarget(state, url, options.params ?? undefined);
  const given = isNotGiven(options.headers) ? undefined : new HeaderList(options.headers);
  const trace = given?.has(TRACE_FIELD) === true ? undefined : nextTraceOf(state);
  const headers = trace === undefined ? given : withTraceField(given, trace);
  const start: ChainStart = {
    method,
    target,
    headers,
    sessionHeaders: state.currentHeaders,
    accept: acceptOf(state, options),
    body: encodeBody(options, () => `locust-ts-${crypto.randomUUID()}`),
    auth: checkAuth(options.auth) ?? (headers?.has("authorization") ? undefined : state.authFor(target)),
    cookies: isNotGiven(options.cookies) ? undefined : encodeCookies(options.cookies),
    timeouts: requestTimeouts(options.timeout ?? undefined, state.timeouts),
    responseBody: options.stream === true ? "stream" : keptBody(state, options),
    signal: options.signal ?? undefined,
    redirects: redirectsOf(state, method, options),
    maxRedirects: maxRedirectsOf(state, options),
    maxRetries: options.maxRetries ?? state.options.maxRetries ?? 0,
  };
  const row = givenRow(state, options);
  return {
    start,
    trace,
    method,
    name: row ?? urlRow(state, url, target.path, options),
    nameOrigin: row === undefined ? "url" : "given",
    url: target.url,
  };
}

/** The row that a call is given by its name, or by that of the session. */
export function givenRow(state: SessionView, options: RequestOptions<never>): string | undefined {
  const name = givenName(options.name, 'the option "name"');
  if (name !== undefined || (options as UrlNamed)[URL_NAME] !== undefined) return name;
  return state.requestName;
}

/** The row of a call that is given none. */
export function urlRow(state: SessionView, url: string, path: string, options: RequestOptions<never>): string {
  return (options as UrlNamed)[URL_NAME] ?? nameOf(state, url, path);
}

/** The Accept of a call with `json`. */
export function acceptOf(state: SessionView, options: RequestOptions<never>): string | undefined {
  return options.json !== undefined && state.traits.jsonAccept === "ask" ? "application/json" : undefined;
}

export function redirectsOf(
  state: SessionView,
  method: string,
  { redirect, allowRedirects }: RequestOptions<never>,
): "follow" | "manual" {
  const wanted = redirect ?? (isNotGiven(allowRedirects) ? undefined : followOrNot(allowRedirects));
  return wanted ?? (method === "HEAD" ? state.traits.headRedirects : "follow");
}

/** What becomes of a body that is not streamed. */
export function keptBody(state: SessionView, options?: RequestOptions<never>): "buffer" | "discard" {
  return options?.discardBody ?? state.options.discardBody ?? false ? "discard" : "buffer";
}

export function maxRedirectsOf(state: SessionView, options: RequestOptions<never>): number {
  return options.maxRedirects ?? state.options.maxRedirects ?? DEFAULT_MAX_REDIRECTS;
}

/** Parses the URL only if it is more than a plain path behind a plain base. */
function findTarget(state: SessionView, url: string, params: Params | undefined): RequestTarget {
  const { baseOrigin, pathBase } = state;
  const whole = withParams(joinUrl(state.baseUrl, url), state.params, params);
  const path = whole.slice(pathBase.length);
  if (baseOrigin !== undefined && isPlainPath(path) && whole.startsWith(pathBase)) {
    return new RequestTarget(baseOrigin, path, whole);
  }
  const { preparedRequests } = state;
  let target = preparedRequests.target(whole);
  if (target === undefined) preparedRequests.keepTarget(whole, target = targetOf(parseUrl(state, whole)));
  return target;
}

/** The start of a chain whose first exchange took the fast path. */
export function chainStartOf(state: SessionView, prepared: PreparedRequest): ChainStart {
  return {
    method: prepared.method,
    target: prepared.target,
    headers: prepared.trace === undefined ? undefined : withTraceField(undefined, prepared.trace),
    sessionHeaders: state.currentHeaders,
    accept: undefined,
    body: NO_BODY,
    auth: state.authFor(prepared.target),
    cookies: undefined,
    timeouts: state.timeouts,
    responseBody: keptBody(state),
    signal: undefined,
    redirects: prepared.method === "HEAD" ? state.traits.headRedirects : "follow",
    maxRedirects: state.options.maxRedirects ?? DEFAULT_MAX_REDIRECTS,
    maxRetries: 0,
  };
}

const TRACE_FIELD = "traceparent";

/** The trace of the next request; none where the locustfile sets the header itself. */
export function nextTraceOf(state: SessionView): TraceContext | undefined {
  const trace = state.owner.nextTrace?.();
  return trace === undefined || state.currentHeaders.has(TRACE_FIELD) ? undefined : trace;
}

function withTraceField(headers: HeaderList | undefined, { traceparent }: TraceContext): HeaderList {
  const traced = headers ?? new HeaderList();
  traced.set(TRACE_FIELD, traceparent);
  return traced;
}

/** A fragment is never sent: it makes no row of its own. */
function nameOf(state: SessionView, url: string, path: string): string {
  if (state.traits.naming === "path") return path;
  const name = withoutCredentials(url);
  const fragment = name.indexOf("#");
  return fragment < 0 ? name : name.slice(0, fragment);
}

/** The request's parameters replace those of the session that have the same name. */
function withParams(url: string, session: Params | undefined, request: Params | undefined): string {
  if (session === undefined) return request === undefined ? url : appendParams(url, request);
  const merged = new URLSearchParams(encodePairs(session));
  const own = new URLSearchParams(request === undefined ? "" : encodePairs(request));
  for (const name of new Set(own.keys())) merged.delete(name);
  for (const [name, value] of own) merged.append(name, value);
  return appendParams(url, merged);
}

/** Data from a file has null where nothing is given. */
export function isNotGiven(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function followOrNot(allowRedirects: boolean): "follow" | "manual" {
  return allowRedirects ? "follow" : "manual";
}

function checkAuth(auth: Auth | undefined): Auth | undefined {
  if (auth === undefined || auth === null) return undefined;
  if (auth instanceof DigestAuth) return auth;
  if (Array.isArray(auth) && auth.length === 2 && auth.every((part) => typeof part === "string")) {
    authorizationOf(auth); // throws for a name that Basic cannot carry
    return auth;
  }
  throw new UsageError('Cannot send the request: "auth" is not [user, password], nor made by digestAuth()');
}

function authorizationOf(auth: readonly [string, string]): string {
  return basicAuthorization({ user: auth[0], password: auth[1] });
}

function encodeCookies(cookies: Cookies): string {
  const pairs: Iterable<unknown> = Symbol.iterator in cookies ? cookies : Object.entries(cookies);
  return [...pairs].map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new UsageError(
        `Cannot send "cookies": ${describeKind(pair)} is not a pair; give an object, a Map or pairs`,
      );
    }
    const { name, text } = checkCookie(pair[0], pair[1]);
    return toByteString(`${name}=${text}`);
  }).join("; ");
}

/** A relative URL where there is no base URL fails in every task: it ends the test, though a task may catch the error. */
function parseUrl(state: SessionView, whole: string): URL {
  if (state.baseUrl !== "" || isAbsoluteUrl(whole)) return parseRequestUrl(whole);
  try {
    return parseRequestUrl(whole);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.problems, { cause: new UnusableLocustfile(error.message) });
  }
}
