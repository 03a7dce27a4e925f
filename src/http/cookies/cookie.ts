/**
 * One Set-Cookie field as RFC 6265 reads it (§5.2, §5.3 and the prefixes of RFC 6265bis). Pure: the clock and the URL
 * are arguments; the jar checks for public suffixes.
 */

/** A stored cookie. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Lower case, without a leading dot. */
  readonly domain: string;
  /** `host`: for exactly this host; `domain`: for its subdomains, too. */
  readonly scope: "host" | "domain";
  readonly path: string;
  /** Wall clock milliseconds; Infinity: as long as the user lives. */
  readonly expiresMs: number;
  readonly secure: boolean;
  readonly httpOnly: boolean;
}

/** RFC 6265bis §5.4: longer name and value together are ignored. */
const MAX_NAME_AND_VALUE = 4096;
/** RFC 6265bis §5.5: a longer attribute value is ignored. */
const MAX_ATTRIBUTE = 1024;
/** RFC 6265bis §5.5: no cookie is kept for more than 400 days. */
const MAX_AGE_MS = 400 * 24 * 3600 * 1000;

/** The cookie of a Set-Cookie value; undefined when it must be ignored. */
export function parseSetCookie(text: string, url: URL, nowMs: number): Cookie | undefined {
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return undefined;
  const [pair = "", ...rest] = text.split(";");
  const { name, value } = splitPair(pair);
  if ((name === "" && value === "") || name.length + value.length > MAX_NAME_AND_VALUE) return undefined;
  const attributes = readAttributes(rest);
  const host = hostOf(url);
  const given = attributes.domain?.replace(/^\./, "").toLowerCase() ?? "";
  if (given !== "" && !domainMatches(host, given)) return undefined;
  const cookie: Cookie = {
    name,
    value,
    domain: given === "" ? host : given,
    scope: given === "" || isAddress(host) ? "host" : "domain",
    path: attributes.path?.startsWith("/") === true ? attributes.path : defaultPath(url.pathname),
    expiresMs: expiryOf(attributes, nowMs),
    secure: attributes.secure !== undefined,
    httpOnly: attributes.httponly !== undefined,
  };
  return mayBeSet(cookie, url, given) ? cookie : undefined;
}

/** RFC 6265 §5.1.3. */
export function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !isAddress(host));
}

/** RFC 6265 §5.1.4. */
export function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (requestPath === cookiePath) return true;
  return requestPath.startsWith(cookiePath) && (cookiePath.endsWith("/") || requestPath[cookiePath.length] === "/");
}

/** Lower-case host without brackets or a trailing dot. */
export function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** Plain http never is, to this machine neither: Locust's jar has it so, and a test that leaves localhost changes nothing. */
export function isSecureUrl(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "https+unix:";
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^\d+(?:\.\d+){3}$/.test(host);
}

function splitPair(pair: string): { name: string; value: string } {
  const equals = pair.indexOf("=");
  if (equals === -1) return { name: "", value: trimBlanks(pair) };
  return { name: trimBlanks(pair.slice(0, equals)), value: trimBlanks(pair.slice(equals + 1)) };
}

/** Spaces and tabs only: the last byte of UTF-8 may be a space to `trim()`. */
function trimBlanks(text: string): string {
  return text.replace(/^[\t ]+|[\t ]+$/g, "");
}

const ATTRIBUTES = ["domain", "path", "expires", "max-age", "secure", "httponly"] as const;

type Attributes = { readonly [Name in (typeof ATTRIBUTES)[number]]?: string };

/** The last of several with one name counts; unknown ones are ignored, and so is an age that is no number. */
function readAttributes(parts: readonly string[]): Attributes {
  const attributes: { -readonly [Name in keyof Attributes]: Attributes[Name] } = {};
  for (const part of parts) {
    const equals = part.indexOf("=");
    const written = trimBlanks(equals === -1 ? part : part.slice(0, equals)).toLowerCase();
    const name = ATTRIBUTES.find((known) => known === written);
    const value = equals === -1 ? "" : trimBlanks(part.slice(equals + 1));
    if (name === undefined || value.length > MAX_ATTRIBUTE) continue;
    if (name !== "max-age" || /^-?\d+$/.test(value)) attributes[name] = value;
  }
  return attributes;
}

function expiryOf(attributes: Attributes, nowMs: number): number {
  const maxAge = attributes["max-age"];
  if (maxAge !== undefined) {
    const seconds = Number(maxAge);
    return seconds <= 0 ? -Infinity : nowMs + Math.min(seconds * 1000, MAX_AGE_MS);
  }
  const expires = attributes.expires === undefined ? undefined : parseCookieDate(attributes.expires);
  return expires === undefined ? Infinity : Math.min(expires, nowMs + MAX_AGE_MS);
}

/** RFC 6265 §5.1.4: the path up to, not including, its last slash. */
function defaultPath(pathname: string): string {
  const last = pathname.lastIndexOf("/");
  return last <= 0 ? "/" : pathname.slice(0, last);
}

/** What a name promises with them is held (RFC 6265bis §4.1.3). The longer ones first. */
const PREFIXES = ["__host-http-", "__http-", "__host-", "__secure-"];

function mayBeSet(cookie: Cookie, url: URL, givenDomain: string): boolean {
  if (cookie.secure && !isSecureUrl(url)) return false;
  // A cookie without a name is sent as its value alone, which must not look like one with a prefix.
  if (cookie.name === "") return !PREFIXES.some((prefix) => cookie.value.toLowerCase().startsWith(prefix));
  const prefix = PREFIXES.find((each) => cookie.name.toLowerCase().startsWith(each)) ?? "";
  if (prefix !== "" && !cookie.secure) return false;
  if (prefix.includes("http-") && !cookie.httpOnly) return false;
  return !prefix.startsWith("__host-") || (givenDomain === "" && cookie.path === "/");
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** RFC 6265 §5.1.1: any order, any delimiter. Wall clock milliseconds; undefined if it is no date. */
export function parseCookieDate(text: string): number | undefined {
  let time: readonly number[] | undefined;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock = time === undefined ? /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token) : null;
    if (clock !== null) time = clock.slice(1).map(Number);
    else if (day === undefined && /^\d{1,2}(?!\d)/.test(token)) day = parseInt(token, 10);
    else if (month === undefined && MONTHS.includes(token.slice(0, 3).toLowerCase())) {
      month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    } else if (year === undefined && /^\d{2,4}(?!\d)/.test(token)) year = fullYear(parseInt(token, 10));
  }
  if (time === undefined || day === undefined || month === undefined || year === undefined) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = time;
  if (day < 1 || year < 1601 || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const date = Date.UTC(year, month, day, hours, minutes, seconds);
  return new Date(date).getUTCDate() === day ? date : undefined; // there is no 31 November
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
