/**
 * From what a task passes to what is requested: joining with the base URL (plain concatenation, as Locust does), query
 * parameters, credentials. Pure. Credentials never stay in a URL: they would reach names, events and logs.
 */
import { UsageError } from "../../base/errors.ts";

/** Query parameters: arrays repeat the name, null and undefined leave it out. */
export type Params =
  | Readonly<Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>>
  | URLSearchParams;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const ABSOLUTE = /^(?:https?|http\+unix|https\+unix):\/\//i;

export function isAbsoluteUrl(url: string): boolean {
  return ABSOLUTE.test(url);
}

/** `baseUrl + url`, or `url` alone when it is absolute. No slash is added or taken away. */
export function joinUrl(baseUrl: string, url: string): string {
  return isAbsoluteUrl(url) ? url : baseUrl + url;
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
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
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

/** `a=1&b=2` for parameters or form fields, as HTML forms encode them (a space is `+`). */
export function encodePairs(params: Params): string {
  if (params instanceof URLSearchParams) return params.toString();
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined) continue;
    if (typeof value !== "object") pairs.append(name, String(value));
    else for (const item of value) pairs.append(name, String(item));
  }
  return pairs.toString();
}

/** The URL text with parameters behind its own query; a fragment stays last. */
export function appendParams(url: string, params: Params): string {
  const query = encodePairs(params);
  if (query === "") return url;
  const hash = url.indexOf("#");
  const head = hash === -1 ? url : url.slice(0, hash);
  const tail = hash === -1 ? "" : url.slice(hash);
  const glue = !head.includes("?") ? "?" : head.endsWith("?") || head.endsWith("&") ? "" : "&";
  return head + glue + query + tail;
}

/** What stands in the request line: path and query. */
export function pathOf(url: URL): string {
  return url.pathname + url.search;
}

/** True if both go to the same scheme, host and port: credentials may go along. */
export function isSameOrigin(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.host === b.host;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone "%" that encodes nothing is meant as it stands
  }
}
