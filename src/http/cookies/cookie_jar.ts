/**
 * The cookies of one user (RFC 6265 §5.3 and §5.4): a small list, because a user talks to few hosts. Costs nothing
 * while it is empty. The value of the Cookie field is cached per path until a cookie changes or expires. Invariant: no
 * two cookies share name, domain and path.
 */
import { UsageError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { toByteString } from "../bytes/latin1.ts";
import { type Cookie, domainMatches, hostOf, isSecureUrl, parseSetCookie, pathMatches } from "./cookie.ts";
import { loadPublicSuffixes } from "./public_suffix.ts";

/** As in browsers; the oldest goes first. A server that names each cookie anew must not fill the memory. */
const MAX_COOKIES_PER_DOMAIN = 180;
const MAX_COOKIES = 3000;
/** Cached Cookie values; all are dropped when there are more. */
const MAX_REMEMBERED = 64;

export interface CookieSettings {
  /** Host the cookie is for; default: the host of the session's base URL. */
  readonly domain?: string;
  readonly path?: string;
  /** Seconds from now. */
  readonly maxAge?: number;
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
}

/** The text of a cookie that a test writes. Throws a `UsageError` for a name or value that a Cookie field cannot carry. */
export function checkCookie(name: unknown, value: unknown): { readonly name: string; readonly text: string } {
  if (typeof name !== "string" || !["string", "number", "boolean", "bigint"].includes(typeof value)) {
    const what = typeof name === "string" ? `its value is ${describeKind(value)}` : "its name is not text";
    throw new UsageError(`Cannot set the cookie "${String(name)}": ${what}; give text or a number, or leave it out`);
  }
  const text = String(value);
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x20\x7f;=,]/.test(name) || /[\x00-\x1f\x7f;]/.test(text)) {
    throw new UsageError(
      `Cannot set the cookie "${name}": its name or value has a character that ends a cookie; encode it`,
    );
  }
  return { name, text };
}

/** Where a request goes. */
export interface CookieTarget {
  /** Absolute, without credentials and fragment. */
  readonly url: string;
  readonly parsed: URL;
}

/** A Set-Cookie value that was read before, and its cookie. */
interface KnownCookie {
  readonly value: string;
  readonly url: URL;
  readonly cookie: Cookie;
}

export class CookieJar implements Iterable<Cookie> {
  readonly #wallMs: () => number;
  readonly #defaultHost: () => string;
  #cookies: Cookie[] = [];
  #remembered = new Map<string, string>();
  #rememberedUntilMs = Infinity;
  /** The last one whose cookie does not depend on the time: most servers send the same with every response. */
  #known: KnownCookie | undefined;

  constructor(options: { readonly wallMs: () => number; readonly defaultHost: () => string }) {
    this.#wallMs = options.wallMs;
    this.#defaultHost = options.defaultHost;
  }

  get size(): number {
    this.#dropExpired();
    return this.#cookies.length;
  }

  /** True without a look at the clock: nothing was ever stored, or all of it is gone. */
  get isEmpty(): boolean {
    return this.#cookies.length === 0;
  }

  /** The value of the first cookie with that name, from any host; undefined if there is none. */
  get(name: string): string | undefined {
    this.#dropExpired();
    return this.#cookies.find((cookie) => cookie.name === name)?.value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Adds a cookie by hand. */
  set(name: string, value: string | number | boolean, settings: CookieSettings = {}): void {
    const { text } = checkCookie(name, value);
    const domain = (settings.domain ?? this.#defaultHost()).replace(/^\./, "").toLowerCase();
    if (domain === "") {
      throw new UsageError(`Cannot set the cookie "${name}": the session has no host; name a "domain"`);
    }
    this.#store({
      name,
      value: text,
      domain,
      scope: settings.domain === undefined ? "host" : "domain",
      path: settings.path ?? "/",
      expiresMs: settings.maxAge === undefined ? Infinity : this.#wallMs() + settings.maxAge * 1000,
      secure: settings.secure ?? false,
      httpOnly: settings.httpOnly ?? false,
    });
  }

  /** Removes the cookies of that name, from every host. */
  delete(name: string): void {
    this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name);
    this.#forget();
  }

  clear(): void {
    this.#cookies = [];
    this.#forget();
  }

  [Symbol.iterator](): Iterator<Cookie> {
    this.#dropExpired();
    return [...this.#cookies][Symbol.iterator]();
  }

  /**
   * Takes the Set-Cookie values of a response. Returns a promise only when the list of public suffixes must be asked,
   * which is when one of them names a wider domain than its host.
   */
  receive(values: readonly string[], url: URL): Promise<void> | undefined {
    const known = this.#known;
    if (known !== undefined && values.length === 1 && values[0] === known.value && url === known.url) {
      this.#store(known.cookie);
      return;
    }
    const nowMs = this.#wallMs();
    const host = hostOf(url);
    const cookies = values.map((value) => parseSetCookie(value, url, nowMs)).filter((cookie) => cookie !== undefined);
    if (cookies.some((cookie) => isWider(cookie, host))) return this.#acceptChecked(cookies, url);
    const accepted = cookies.filter((cookie) => this.#accept(cookie, url));
    const [value = "", ...others] = values;
    const [cookie] = accepted;
    if (others.length === 0 && cookie?.expiresMs === Infinity) this.#known = { value, url, cookie };
  }

  /** The value of the Cookie field for a request, as a byte string; undefined if no cookie goes there. */
  headerFor(target: CookieTarget): string | undefined {
    if (this.#cookies.length === 0) return undefined;
    if (this.#rememberedUntilMs !== Infinity) this.#dropExpired();
    const key = withoutQuery(target.url);
    let header = this.#remembered.get(key);
    if (header === undefined) {
      header = this.#buildHeader(target.parsed);
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, header);
    }
    return header === "" ? undefined : header;
  }

  #buildHeader(url: URL): string {
    const host = hostOf(url);
    const isSecure = isSecureUrl(url);
    return this.#cookies
      .filter((cookie) => cookie.scope === "host" ? cookie.domain === host : domainMatches(host, cookie.domain))
      .filter((cookie) => pathMatches(url.pathname, cookie.path) && (isSecure || !cookie.secure))
      // Longer paths first; equal ones stay in the order they were made, as the sort is stable.
      .sort((a, b) => b.path.length - a.path.length)
      .map((cookie) => toByteString(cookie.name === "" ? cookie.value : `${cookie.name}=${cookie.value}`))
      .join("; ");
  }

  async #acceptChecked(cookies: readonly Cookie[], url: URL): Promise<void> {
    const host = hostOf(url);
    const isPublicSuffix = await loadPublicSuffixes();
    for (const cookie of cookies) {
      if (!isWider(cookie, host) || !isPublicSuffix(cookie.domain)) this.#accept(cookie, url);
      // RFC 6265 §5.3 step 5: a host that is a public suffix itself may set a cookie for itself alone.
      else if (cookie.domain === host) this.#accept({ ...cookie, scope: "host" }, url);
    }
  }

  /**
   * Stores what a server sent. False: it was http and would take the place of a cookie that is for https only (RFC
   * 6265bis §5.7, step 11).
   */
  #accept(cookie: Cookie, url: URL): boolean {
    const isRefused = !isSecureUrl(url) &&
      this.#cookies.some((other) =>
        other.secure && other.name === cookie.name && pathMatches(cookie.path, other.path) &&
        (domainMatches(other.domain, cookie.domain) || domainMatches(cookie.domain, other.domain))
      );
    if (isRefused) return false;
    if (cookie.secure) this.#known = undefined; // what was accepted before may now be refused
    this.#store(cookie);
    return true;
  }

  /** Replaces a cookie in its place (it keeps its age in the order), or adds it; an expired one removes. */
  #store(cookie: Cookie): void {
    const at = this.#cookies.findIndex((other) =>
      other.name === cookie.name && other.domain === cookie.domain && other.path === cookie.path
    );
    const isExpired = cookie.expiresMs <= this.#wallMs();
    const before = this.#cookies[at];
    if (before === undefined) {
      if (isExpired) return;
      this.#add(cookie);
    } else if (isExpired) this.#cookies.splice(at, 1);
    else this.#cookies[at] = cookie;
    // Most servers send the same cookie with every response: the cached values stay right.
    if (before !== undefined && !isExpired && isSentAlike(before, cookie)) this.#watchExpiry();
    else this.#forget();
  }

  #add(cookie: Cookie): void {
    const ofDomain = this.#cookies.filter((other) => other.domain === cookie.domain);
    if (ofDomain.length >= MAX_COOKIES_PER_DOMAIN) this.#cookies.splice(this.#cookies.indexOf(ofDomain[0]!), 1);
    else if (this.#cookies.length >= MAX_COOKIES) this.#cookies.shift();
    this.#cookies.push(cookie);
  }

  #dropExpired(): void {
    const nowMs = this.#wallMs();
    if (nowMs < this.#rememberedUntilMs) return;
    this.#cookies = this.#cookies.filter((cookie) => cookie.expiresMs > nowMs);
    this.#forget();
  }

  #forget(): void {
    if (this.#remembered.size > 0) this.#remembered.clear();
    this.#watchExpiry();
  }

  #watchExpiry(): void {
    this.#rememberedUntilMs = Infinity;
    for (const { expiresMs } of this.#cookies) {
      if (expiresMs < this.#rememberedUntilMs) this.#rememberedUntilMs = expiresMs;
    }
  }
}

function withoutQuery(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** It names more than its host, or a host of one label, which may be a public suffix. */
function isWider(cookie: Cookie, host: string): boolean {
  return cookie.scope === "domain" && (cookie.domain !== host || !host.includes("."));
}

function isSentAlike(a: Cookie, b: Cookie): boolean {
  return a.value === b.value && a.secure === b.secure && a.scope === b.scope;
}
