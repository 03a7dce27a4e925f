/**
 * From a method, a URL and options to a call that takes one exchange, if nothing comes in between. Its first request is ready; how it goes on is the
 * start of a chain, which is made when a redirect asks for it. Most calls are *shaped*: their head comes of a template that all calls of their shape
 * share. What has more to it is composed by way of a chain, and what needs a chain from the start (retries, a Digest dialogue, streams) is left to that.
 */
import { DigestAuth } from "../request/digest_auth.ts";
import type { TraceContext } from "../../base/trace_share.ts";
import type { WireRequest } from "../engine/wire.ts";
import { HeaderList } from "../bytes/header_list.ts";
import { HeadTemplate, isFieldName, isPlainPath, isPlainValue } from "../request/request_head.ts";
import { encodeBody, type EncodedBody, NO_BODY } from "../request/request_body.ts";
import type { ChainStart } from "../request/request_chain.ts";
import type { RequestOptions } from "../request/request_options.ts";
import { RequestTarget } from "../request/request_target.ts";
import { appendParams } from "../request/request_url.ts";
import type { CallShape } from "./call_shapes.ts";
import { openChain } from "./perform_request.ts";
import {
  acceptOf,
  headFields,
  isNotGiven,
  maxRedirectsOf,
  type PreparedChain,
  redirectsOf,
  rowName,
} from "./prepare_request.ts";
import type { SentRequest } from "./res.ts";
import { requestTimeouts } from "./session_options.ts";
import type { SessionState } from "./session_state.ts";

/** A call whose first request is ready. */
export interface PreparedCall extends SentRequest {
  readonly target: RequestTarget;
  readonly wire: WireRequest;
  readonly redirects: "follow" | "manual";
  readonly trace: TraceContext | undefined;
  /** The chain that takes its response and goes on. */
  readonly start: () => ChainStart;
}

/** The call of a chain that begins with one exchange and may end with it; undefined: it needs more than that. */
export function composeCall(state: SessionState, prepared: PreparedChain): PreparedCall | undefined {
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
  state: SessionState,
  method: string,
  url: string,
  options: RequestOptions<never>,
): PreparedCall | undefined {
  if (!isShaped(state, options)) return undefined;
  const target = findPlainTarget(state, url, options);
  if (target === undefined) return undefined;
  const cookie = state.cookieFor({ target });
  if (cookie !== undefined && !isPlainValue(cookie)) return undefined;
  const fields = listFields(options.headers);
  if (fields === undefined) return undefined;
  const body = encodeBody(options, () => "");
  if (body.kind === "stream") return undefined;
  const shape: CallShape = {
    method,
    names: fields.names,
    body: body.kind,
    contentType: body.kind === "none" ? undefined : body.contentType,
    accept: acceptOf(state, options),
    cookie: cookie === undefined ? "none" : "sent",
  };
  const template = state.preparedRequests.shapes.template(shape, (wanted) => createTemplate(state, wanted, target));
  if (template === undefined) return undefined;
  const { values } = fields;
  const gaps = cookie === undefined && body.kind === "none" ? values : [...values];
  if (cookie !== undefined) gaps.push(cookie);
  if (body.kind === "bytes") gaps.push(String(body.bytes.length));
  const { name, nameOrigin } = rowName(state, url, target.path, options);
  const timeouts = requestTimeouts(options.timeout ?? undefined, state.timeouts);
  const signal = options.signal ?? undefined;
  const redirects = redirectsOf(state, method, options);
  const maxRedirects = maxRedirectsOf(state, options);
  const sessionHeaders = state.currentHeaders;
  return {
    method,
    name,
    nameOrigin,
    url: target.url,
    target,
    wire: {
      origin: target.origin,
      method,
      head: template.encode(target.path, gaps),
      body: body.kind === "bytes" ? body.bytes : undefined,
      timeouts,
      signal,
    },
    redirects,
    trace: undefined,
    start: () => ({
      method,
      target,
      headers: listOf(fields),
      sessionHeaders,
      accept: shape.accept,
      body,
      auth: hasName(fields.names, "authorization") ? undefined : state.authFor(target),
      cookies: undefined,
      timeouts,
      responseBody: "buffer",
      signal,
      redirects,
      maxRedirects,
      maxRetries: 0,
    }),
  };
}

/** Whether the options ask for nothing that only a chain can do, and the session adds nothing that differs from call to call. */
function isShaped(state: SessionState, options: RequestOptions<never>): boolean {
  const { auth, cookies, tls, stream, body } = options;
  if (!isNotGiven(auth) || !isNotGiven(cookies) || !isNotGiven(tls) || stream === true) return false;
  if (!isNotGiven(body) && typeof body !== "string" && !(body instanceof Uint8Array)) return false;
  if ((options.maxRetries ?? state.options.maxRetries ?? 0) > 0) return false;
  return state.hasTemplates && state.owner.nextTrace === undefined;
}

function findPlainTarget(
  state: SessionState,
  url: string,
  { params }: RequestOptions<never>,
): RequestTarget | undefined {
  const { baseOrigin } = state;
  if (baseOrigin === undefined) return undefined;
  const create = (path: string) =>
    isPlainPath(path) ? new RequestTarget(baseOrigin, path, state.pathBase + path) : undefined;
  return isNotGiven(params) ? state.preparedRequests.target(url, create) : create(appendParams(url, params));
}

interface CallFields {
  readonly names: readonly string[];
  readonly values: string[];
}

/** The fields of a plain object, as they are sent; undefined: it is another kind, or a value must be encoded or refused. */
function listFields(headers: RequestOptions<never>["headers"]): CallFields | undefined {
  if (isNotGiven(headers)) return { names: [], values: [] };
  if (Symbol.iterator in headers) return undefined;
  const names = Object.keys(headers);
  const values: string[] = [];
  for (const name of names) {
    const value: unknown = headers[name];
    const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    // An Accept of anything leaves the choice to `json`.
    if (typeof text !== "string" || text === "*/*" || !isPlainValue(text)) return undefined;
    values.push(text);
  }
  return { names, values };
}

function listOf({ names, values }: CallFields): HeaderList | undefined {
  if (names.length === 0) return undefined;
  return new HeaderList(names.map((name, at): [string, string] => [name, values[at] ?? ""]));
}

/** Fields that stand in another place than they are given, are left out, or change how a request is sent. */
const SPECIAL: ReadonlySet<string> = new Set(["host", "cookie", "content-length", "transfer-encoding", "expect"]);

function createTemplate(state: SessionState, shape: CallShape, target: RequestTarget): HeadTemplate | undefined {
  const gaps = shape.names.map((name) => name.toLowerCase());
  if (gaps.some((gap) => SPECIAL.has(gap)) || new Set(gaps).size < gaps.length) return undefined;
  if (!shape.names.every(isFieldName)) return undefined;
  const body: EncodedBody = shape.body === "none"
    ? NO_BODY
    : { kind: "bytes", bytes: new Uint8Array(0), contentType: shape.contentType };
  if (shape.cookie === "sent") gaps.push("cookie");
  if (shape.body === "bytes") gaps.push("content-length");
  const fields = headFields(state, shape.method, target, {
    request: listOf({ names: shape.names, values: shape.names.map(() => "x") }),
    cookie: shape.cookie === "sent" ? "x" : undefined,
    body,
    accept: shape.accept,
  });
  if (fields.has("expect")) return undefined;
  const keys = [...fields].map(([name]) => name.toLowerCase());
  if (!gaps.every((gap) => keys.filter((key) => key === gap).length === 1)) return undefined;
  return new HeadTemplate(target.origin, shape.method, fields, gaps);
}

function hasName(names: readonly string[], wanted: string): boolean {
  return names.some((name) => name.length === wanted.length && name.toLowerCase() === wanted);
}
