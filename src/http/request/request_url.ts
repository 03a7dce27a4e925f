/**
 * Turns the URL that a task passes into the URL that is requested: joins it with the base URL, adds query parameters,
 * takes credentials out. Pure. Credentials never stay in a URL: they would reach names, events and logs.
 */
import { UsageError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";

/** A value of a parameter or form field: arrays repeat the name, null and undefined leave it out. */
export type PairValue = string | number | boolean | bigint | readonly (string | number | boolean)[] | null | undefined;

/** Query parameters or form fields: an object, a `Map`, pairs, `URLSearchParams`, a `FormData` without files, or encoded text. */
export type Params =
  | Readonly<Record<string, PairValue>>
  | Iterable<readonly [name: string, value: PairValue]>
  | URLSearchParams
  | FormData
  | string;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const ABSOLUTE = /^(?:https?|http\+unix|https\+unix):\/\//i;

const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/** A path never begins so. */
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/** A base URL that ends with its host or port. */
const HOST_ONLY = /^[a-z+]+:\/\/[^/?#]+$/i;

export function isAbsoluteUrl(url: string): boolean {
  return ABSOLUTE.test(url);
}

/** The text of what was passed as a URL. Throws a `UsageError` for anything but text and `URL` objects. */
export function urlText(url: unknown, method: string): string {
  if (typeof url === "string") return url;
  if (url instanceof URL) return url.href;
  const advice = url instanceof Request
    ? "pass a Request to client.fetch(request), or its URL here"
    : "pass a path, a URL as text, or a URL object";
  throw new UsageError(`Cannot send the ${method} request: its URL is ${describeKind(url)}; ${advice}`);
}

/**
 * `baseUrl + url`, or `url` alone when it is absolute. Two slashes where they meet become one; behind a host without a
 * path a missing slash is added, because the URL would become part of the host. Nothing else changes, as in Locust.
 * Throws a `UsageError` for an absolute URL that is not one of HTTP.
 */
export function joinUrl(baseUrl: string, url: string): string {
  if (isAbsoluteUrl(url)) return url;
  const scheme = SCHEME.exec(url)?.[1];
  if (scheme !== undefined) throw otherScheme(url, scheme);
  if (/^[^/?#]/.test(url) && HOST_ONLY.test(baseUrl)) return `${baseUrl}/${url}`;
  return (url.startsWith("/") ? withoutLastSlash(baseUrl) : baseUrl) + url;
}

function otherScheme(url: string, scheme: string): UsageError {
  const advice = /^wss?$/i.test(scheme)
    ? "open it by new WebSocket(…) within events.request.measure(…)"
    : "measure another protocol by events.request.measure(…)";
  return new UsageError(`Cannot request "${withoutCredentials(url)}": "${scheme}" is not HTTP; ${advice}`);
}

/** The base URL that paths are put behind. */
export function withoutLastSlash(baseUrl: string): string {
  return baseUrl.endsWith("/") ? baseUrl.slice(0, -1) : baseUrl;
}

/** Parses a URL that a task passed. Throws a `UsageError` that names it, without its credentials. */
export function parseRequestUrl(text: string): URL {
  if (!isAbsoluteUrl(text)) {
    throw new UsageError(
      `Cannot request "${
        withoutCredentials(text)
      }": it has no host; set "host" on the class, pass -H, or give an absolute URL`,
    );
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new UsageError(`Cannot request "${withoutCredentials(text)}": it is not a valid URL`, { cause });
  }
  if (url.hostname === "") {
    throw new UsageError(`Cannot request "${withoutCredentials(text)}": the URL has no host`);
  }
  return url;
}

/** The credentials of a URL, percent-decoded; undefined if it has none. */
export function credentialsOf(url: URL): Credentials | undefined {
  if (url.username === "" && url.password === "") return undefined;
  return { user: decodePercent(url.username), password: decodePercent(url.password) };
}

/** The text of a URL without `user:password@`. Works on text that is no valid URL, too. */
export function withoutCredentials(text: string): string {
  return text.startsWith("/") ? text : text.replace(CREDENTIALS, "$1");
}

/** A URL as events, logs and `res.url` show it: without credentials and fragment. */
export function publicUrl(url: URL): string {
  const text = withoutCredentials(url.href);
  const hash = text.indexOf("#");
  return hash === -1 ? text : text.slice(0, hash);
}

/** Splits a base URL into its credentials and the rest, kept as it was written. */
export function splitBaseUrl(baseUrl: string): { readonly baseUrl: string; readonly credentials?: Credentials } {
  const stripped = withoutCredentials(baseUrl);
  if (stripped === baseUrl || !isAbsoluteUrl(baseUrl)) return { baseUrl };
  const credentials = URL.canParse(baseUrl) ? credentialsOf(new URL(baseUrl)) : undefined;
  return credentials === undefined ? { baseUrl: stripped } : { baseUrl: stripped, credentials };
}

/** `a=1&b=2` for parameters or form fields, as HTML forms encode them (a space is `+`). Text stays as it is. */
export function encodePairs(params: Params, option = "params"): string {
  if (typeof params === "string") return params;
  if (params instanceof URLSearchParams) return params.toString();
  const plain = encodePlain(params);
  if (plain !== undefined) return plain;
  const pairs = new URLSearchParams();
  for (const [name, value] of listPairs(params, option)) {
    for (const item of Array.isArray(value) ? value : [value]) appendPair(pairs, name, item, option);
  }
  return pairs.toString();
}

/** What forms leave as it is. */
const PLAIN_TEXT = /^[\w*\-.]*$/;

/** The pairs of an object that have nothing to encode; undefined: it is another kind, or has. */
function encodePlain(params: unknown): string | undefined {
  if (
    typeof params !== "object" || params === null || Symbol.iterator in params || params instanceof Date ||
    ArrayBuffer.isView(params)
  ) {
    return undefined;
  }
  let text = "";
  for (const name of Object.keys(params)) {
    const value = (params as Readonly<Record<string, unknown>>)[name];
    const item = typeof value === "number" ? String(value) : value;
    if (typeof item !== "string" || !PLAIN_TEXT.test(item) || !PLAIN_TEXT.test(name)) return undefined;
    text += text === "" ? `${name}=${item}` : `&${name}=${item}`;
  }
  return text;
}

/** The names and values of anything that holds pairs. */
function listPairs(params: unknown, option: string): readonly (readonly [string, unknown])[] {
  if (typeof params !== "object" || params === null || params instanceof Date || ArrayBuffer.isView(params)) {
    throw pairsError(option, describeKind(params));
  }
  if (!(Symbol.iterator in params)) return Object.entries(params);
  return [...params as Iterable<unknown>].map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw pairsError(option, `a list with ${describeKind(pair)} in it`);
    return [String(pair[0]), pair[1]];
  });
}

function appendPair(pairs: URLSearchParams, name: string, value: unknown, option: string): void {
  if (value === null || value === undefined) return;
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") {
    return pairs.append(name, String(value));
  }
  throw new UsageError(
    `Cannot send the request: "${name}" in "${option}" is ${describeKind(value)}; ` +
      "give text, a number, a boolean, or a list of them",
  );
}

function pairsError(option: string, found: string): UsageError {
  return new UsageError(
    `Cannot send the request: "${option}" is ${found}; give an object, pairs, a Map, URLSearchParams, FormData or text`,
  );
}

/** The URL text with parameters behind its own query; a fragment stays last. */
export function appendParams(url: string, params: Params): string {
  // Text may bring its own question mark; a "#" in it would end the query.
  const query = typeof params === "string" ? params.replace(/^\?/, "").replaceAll("#", "%23") : encodePairs(params);
  if (query === "") return url;
  const hash = url.indexOf("#");
  const head = hash === -1 ? url : url.slice(0, hash);
  const tail = hash === -1 ? "" : url.slice(hash);
  const glue = !head.includes("?") ? "?" : head.endsWith("?") || head.endsWith("&") ? "" : "&";
  return head + glue + query + tail;
}

/** The target of the request line: path and query. */
export function pathOf(url: URL): string {
  const { pathname, search } = url;
  return search === "" && hasEmptyQuery(url.href) ? `${pathname}?` : pathname + search;
}

/** `/items?`: the parts of a parsed URL do not tell it from `/items`. */
function hasEmptyQuery(href: string): boolean {
  const hash = href.indexOf("#");
  return href[(hash === -1 ? href.length : hash) - 1] === "?";
}

/** True if both go to the same scheme, host and port: credentials may go along. */
export function isSameOrigin(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.host === b.host;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a "%" that encodes nothing is a plain character
  }
}
