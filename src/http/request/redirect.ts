/**
 * Decides where a redirect leads and what is sent there. Pure: one response in, the next step out. The session sends.
 *
 * | status        | FastHttpUser               | HttpUser (as python-requests)        |
 * | ------------- | -------------------------- | ------------------------------------ |
 * | 301           | method and body stay       | POST becomes GET without body        |
 * | 302           | GET without body           | GET without body                     |
 * | 303           | GET without body           | GET without body                     |
 * | 307, 308      | method and body stay       | method and body stay                 |
 *
 * HEAD stays HEAD everywhere. Credentials, cookies and a Host of the caller are not sent when scheme, host or port
 * change, but from http to https of one host at their own ports, as in python-requests.
 */
import { isSameOrigin, withoutCredentials } from "./request_url.ts";

export type RedirectRule = "fast" | "http";

/** The next request of a chain. */
export interface RedirectStep {
  readonly kind: "follow";
  readonly url: URL;
  readonly method: string;
  readonly body: "keep" | "drop";
  /** `drop`: another scheme, host or port; Authorization and a hand-written Cookie header must not go there. */
  readonly credentials: "keep" | "drop";
}

/** A redirect that cannot be followed; `what` is the failure's text. */
export interface RedirectProblem {
  readonly kind: "problem";
  readonly what: string;
}

/** Names of header fields that describe a body, and go when the body goes. */
export const BODY_HEADERS = [
  "content-type",
  "content-length",
  "content-encoding",
  "content-language",
  "transfer-encoding",
];

/** Names of header fields that go to the first origin only. A Host names a site of it, which its redirects stay on. */
export const HOME_HEADERS = ["authorization", "proxy-authorization", "cookie", "host"];

/** The step that a response asks for; undefined if it is no redirect (another status, no Location or an empty one). */
export function nextRedirect(options: {
  readonly status: number;
  readonly location: string | null;
  readonly url: URL;
  readonly method: string;
  readonly rule: RedirectRule;
}): RedirectStep | RedirectProblem | undefined {
  const { status, location, url, method } = options;
  if (!isRedirectStatus(status) || location === null || location.trim() === "") return undefined;
  const target = parseLocation(location, url);
  if (target === undefined) return { kind: "problem", what: "redirect to an invalid URL" };
  if (target.protocol !== "http:" && target.protocol !== "https:" && target.protocol !== url.protocol) {
    return { kind: "problem", what: "redirect to another scheme than http and https" };
  }
  const turnsIntoGet = becomesGet(status, method, options.rule);
  return {
    kind: "follow",
    url: target,
    method: turnsIntoGet ? "GET" : method,
    body: turnsIntoGet ? "drop" : "keep",
    credentials: isSameOrigin(url, target) || isUpgrade(url, target) ? "keep" : "drop",
  };
}

export function isRedirectStatus(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** The failure of a chain that is longer than allowed. `visited` holds the URLs so far, `next` the one after them. */
export function describeEndlessChain(visited: readonly string[], next: string): string {
  return visited.includes(next) ? "redirect loop" : "too many redirects";
}

/** The same site, which only turns from http to https. */
function isUpgrade(from: URL, to: URL): boolean {
  return from.protocol === "http:" && to.protocol === "https:" && from.hostname === to.hostname && from.port === "" &&
    to.port === "";
}

function becomesGet(status: number, method: string, rule: RedirectRule): boolean {
  if (method === "HEAD" || method === "GET") return false;
  if (status === 302 || status === 303) return true;
  return status === 301 && method === "POST" && rule === "http";
}

function parseLocation(location: string, base: URL): URL | undefined {
  const text = encodeRawBytes(location);
  if (!URL.canParse(text, base)) return undefined;
  // Credentials that a server writes into a Location are not ours to send.
  const target = new URL(text, base);
  if (target.hash === "" && base.hash !== "") target.hash = base.hash;
  return target.username === "" && target.password === "" ? target : new URL(withoutCredentials(target.href));
}

/** Bytes beyond ASCII are percent-encoded as they are: UTF-8 as browsers take it, and any other encoding unchanged. */
function encodeRawBytes(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}
