/**
 * From a method, a URL and options to a call that takes one exchange, if nothing comes in between. Its first request is
 * ready; how it goes on is the start of a chain, which is made when a redirect asks for it. Most calls are *shaped*:
 * their head comes of a template that all calls of their shape share. What has more to it is composed by way of a
 * chain, and what needs a chain from the start (retries, a Digest dialogue, streams) is left to that.
 */
import { DigestAuth } from "../request/digest_auth.ts";
import type { TraceContext } from "../../base/trace_share.ts";
import type { Origin } from "../engine/origin.ts";
import type { WireRequest, WireTimeouts } from "../engine/wire.ts";
import { HeaderList } from "../bytes/header_list.ts";
import { HeadTemplate, isFieldName, isPlainPath, isPlainValue } from "../request/request_head.ts";
import { encodeBody, type EncodedBody, NO_BODY } from "../request/request_body.ts";
import type { ChainStart } from "../request/request_chain.ts";
import { asksToClose, isClose } from "../request/request_fields.ts";
import type { RequestOptions } from "../request/request_options.ts";
import { type RequestTarget, withPath } from "../request/request_target.ts";
import { appendParams } from "../request/request_url.ts";
import type { CallShape } from "./call_shapes.ts";
import { openChain } from "./perform_request.ts";
import {
  acceptOf,
  createPlainTarget,
  givenRow,
  headFields,
  isNotGiven,
  keptBody,
  maxRedirectsOf,
  type PreparedChain,
  redirectsOf,
  urlRow,
} from "./prepare_request.ts";
import type { SentRequest } from "./res.ts";
import { requestTimeouts } from "./session_options.ts";
import type { SessionView } from "./session_state.ts";

/** A call whose first request is ready. */
export interface PreparedCall extends SentRequest {
  readonly target: RequestTarget;
  readonly wire: WireRequest;
  readonly redirects: "follow" | "manual";
  readonly trace: TraceContext | undefined;
  /** The chain that takes its response and goes on. */
  start(): ChainStart;
}

/** The call of a chain that begins with one exchange and may end with it; undefined: it needs more than that. */
export function composeCall(state: SessionView, prepared: PreparedChain): PreparedCall | undefined {
  const { start, trace, method, name, nameOrigin, url } = prepared;
  if (start.maxRetries > 0 || start.auth instanceof DigestAuth) return undefined;
  if (start.responseBody === "stream" || start.body.kind === "stream") return undefined;
  const wire = openChain(state, start).firstRequest();
  if (wire === undefined) return undefined;
  const { target, redirects } = start;
  return { target, wire, redirects, trace, method, name, nameOrigin, url, start: () => start };
}

/** The call of checked options by the template of its shape; undefined: it has more to it than a template holds. */
export function shapeCall(
  state: SessionView,
  method: string,
  url: string,
  options: RequestOptions<never>,
): PreparedCall | undefined {
  if (!isShaped(state, options)) return undefined;
  const target = findPlainTarget(state, url, options);
  if (target === undefined) return undefined;
  const cookie = state.cookieFor(target);
  if (cookie !== undefined && !isPlainValue(cookie)) return undefined;
  const { headers } = options;
  const names = isNotGiven(headers) ? NO_NAMES : Symbol.iterator in headers ? undefined : Object.keys(headers);
  if (names === undefined) return undefined;
  const values: string[] = [];
  for (const name of names) {
    const text = plainText((headers as Readonly<Record<string, unknown>>)[name]);
    if (text === undefined || (isConnection(name) && isClose(text))) return undefined;
    values.push(text);
  }
  const body = encodeBody(options, noBoundary);
  if (body.kind === "stream") return undefined;
  if (cookie !== undefined) values.push(cookie);
  if (body.kind === "bytes") values.push(String(body.bytes.length));
  const { shapes } = state.preparedRequests;
  const contentType = body.kind === "none" ? undefined : body.contentType;
  const accept = acceptOf(state, options);
  const sent = cookie === undefined ? "none" : "sent";
  const { origin } = target;
  const known = shapes.find(origin, method, names, body.kind, contentType, accept, sent) ??
    shapes.keep(
      { origin, method, names, body: body.kind, contentType, accept, cookie: sent },
      createTemplate(state, target),
    );
  if (known.template === undefined) return undefined;
  const head = known.template.encode(target.path, values);
  return new ShapedCall(state, method, url, options, { target, names, values, accept, body, head });
}

/** Forms with a boundary are streams, which are left to a chain. */
const noBoundary = () => "";

interface Shaped {
  readonly target: RequestTarget;
  readonly names: readonly string[];
  /** Those of the fields, and more. */
  readonly values: readonly string[];
  readonly accept: string | undefined;
  readonly body: EncodedBody & { readonly kind: "none" | "bytes" };
  readonly head: Uint8Array;
}

/** Is its own request, and makes the start of its chain when there is one: one object for each call. */
class ShapedCall implements PreparedCall, WireRequest {
  readonly method: string;
  readonly name: string;
  readonly nameOrigin: "given" | "url";
  readonly target: RequestTarget;
  readonly origin: Origin;
  readonly head: Uint8Array;
  readonly body: Uint8Array | undefined;
  readonly responseBody: "buffer" | "discard";
  readonly timeouts: WireTimeouts;
  readonly signal: AbortSignal | undefined;
  readonly redirects: "follow" | "manual";
  readonly trace: undefined;
  readonly #state: SessionView;
  readonly #sessionHeaders: HeaderList;
  readonly #names: readonly string[];
  readonly #values: readonly string[];
  readonly #accept: string | undefined;
  readonly #encoded: EncodedBody;
  readonly #maxRedirects: number;

  constructor(state: SessionView, method: string, url: string, options: RequestOptions<never>, shaped: Shaped) {
    const { target, body } = shaped;
    const given = givenRow(state, options);
    this.method = method;
    this.name = given ?? urlRow(state, url, target.path, options);
    this.nameOrigin = given === undefined ? "url" : "given";
    this.target = target;
    this.origin = target.origin;
    this.head = shaped.head;
    this.body = body.kind === "bytes" ? body.bytes : undefined;
    this.responseBody = keptBody(state, options);
    this.timeouts = requestTimeouts(options.timeout ?? undefined, state.timeouts);
    this.signal = options.signal ?? undefined;
    this.redirects = redirectsOf(state, method, options);
    this.trace = undefined;
    this.#state = state;
    this.#sessionHeaders = state.currentHeaders;
    this.#names = shaped.names;
    this.#values = shaped.values;
    this.#accept = shaped.accept;
    this.#encoded = body;
    this.#maxRedirects = maxRedirectsOf(state, options);
  }

  get wire(): WireRequest {
    return this;
  }

  get url(): string {
    return this.target.url;
  }

  start(): ChainStart {
    return {
      method: this.method,
      target: this.target,
      headers: listOf(this.#names, this.#values),
      sessionHeaders: this.#sessionHeaders,
      accept: this.#accept,
      body: this.#encoded,
      auth: hasName(this.#names, "authorization") ? undefined : this.#state.authFor(this.target),
      cookies: undefined,
      timeouts: this.timeouts,
      responseBody: this.responseBody,
      signal: this.signal,
      redirects: this.redirects,
      maxRedirects: this.#maxRedirects,
      maxRetries: 0,
    };
  }
}

/** Whether the options ask for nothing that only a chain can do, and the session adds nothing that differs from call to call. */
function isShaped(state: SessionView, options: RequestOptions<never>): boolean {
  const { auth, cookies, tls, stream, body } = options;
  if (!isNotGiven(auth) || !isNotGiven(cookies) || !isNotGiven(tls) || stream === true) return false;
  if (!isNotGiven(body) && typeof body !== "string" && !(body instanceof Uint8Array)) return false;
  if ((options.maxRetries ?? state.options.maxRetries ?? 0) > 0) return false;
  return state.hasTemplates && state.owner.nextTrace === undefined;
}

function findPlainTarget(
  state: SessionView,
  url: string,
  { params }: RequestOptions<never>,
): RequestTarget | undefined {
  const { preparedRequests } = state;
  let plain = preparedRequests.target(url);
  if (plain === undefined) {
    plain = createPlainTarget(state, url);
    if (plain === undefined) return undefined;
    preparedRequests.keepTarget(url, plain);
  }
  if (!plain.isPlain) return undefined; // perhaps its own credentials
  if (isNotGiven(params)) return plain;
  const path = appendParams(plain.path, params);
  // Behind a plain path what we have encoded is plain, but not text that the test has.
  if (typeof params === "string" && !isPlainPath(path)) return undefined;
  return withPath(plain, path);
}

const NO_NAMES: readonly string[] = [];

function isConnection(name: string): boolean {
  return name.length === 10 && name.toLowerCase() === "connection";
}

/** A value as it is sent; undefined: it must be encoded or refused, or leaves the choice to `json` (an Accept of anything). */
function plainText(value: unknown): string | undefined {
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof text === "string" && text !== "*/*" && isPlainValue(text) ? text : undefined;
}

function listOf(names: readonly string[], values: readonly string[]): HeaderList | undefined {
  if (names.length === 0) return undefined;
  return new HeaderList(names.map((name, at): [string, string] => [name, values[at] ?? ""]));
}

/** Fields that stand in another place than they are given, are left out, or change how a request is sent. */
const SPECIAL: ReadonlySet<string> = new Set(["host", "cookie", "content-length", "transfer-encoding", "expect"]);

const createTemplate = (state: SessionView, target: RequestTarget) => (shape: CallShape): HeadTemplate | undefined => {
  const gaps = shape.names.map((name) => name.toLowerCase());
  if (gaps.some((gap) => SPECIAL.has(gap)) || new Set(gaps).size < gaps.length) return undefined;
  if (!shape.names.every(isFieldName)) return undefined;
  const body: EncodedBody = shape.body === "none"
    ? NO_BODY
    : { kind: "bytes", bytes: new Uint8Array(0), contentType: shape.contentType };
  if (shape.cookie === "sent") gaps.push("cookie");
  if (shape.body === "bytes") gaps.push("content-length");
  const fields = headFields(state, shape.method, target, {
    request: listOf(shape.names, shape.names.map(() => "x")),
    cookie: shape.cookie === "sent" ? "x" : undefined,
    body,
    accept: shape.accept,
  });
  if (fields.has("expect") || asksToClose(fields)) return undefined;
  const keys = [...fields].map(([name]) => name.toLowerCase());
  if (!gaps.every((gap) => keys.filter((key) => key === gap).length === 1)) return undefined;
  return new HeadTemplate(target.origin, shape.method, fields, gaps);
};

function hasName(names: readonly string[], wanted: string): boolean {
  return names.some((name) => name.length === wanted.length && name.toLowerCase() === wanted);
}
