/**
 * Writes the head of a request. Most requests of a session differ in the path only: `HeadTemplate` keeps a head with a gap for
 * it, and a plain path (one that a URL parser would leave as it is) goes into the gap without a URL being parsed. Pure.
 */
import { encodeByteString, toByteString, toUtf8ByteString } from "../bytes/latin1.ts";
import type { Origin } from "../engine/origin.ts";

const encoder = new TextEncoder();
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Characters that would end the line or the head, or that no field may hold: one of them lets a value forge a request. */
// deno-lint-ignore no-control-regex
const FORBIDDEN_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;
/** Anything but a tab and printable ASCII. */
const UNUSUAL_IN_VALUE = /[^\t\x20-\x7e]/;
// deno-lint-ignore no-control-regex
const FORBIDDEN_IN_TARGET = /[\x00-\x20\x7f]/;

/**
 * Request line, Host, the given fields in their order, and the empty line. A Host among `fields` takes the place of the
 * origin's. Received bytes go out as the same bytes: see `toByteString`.
 * Throws a TypeError for a method, target, name or value that HTTP cannot carry.
 */
export function encodeHead(
  origin: Origin,
  method: string,
  /** Path and query, percent-encoded: `/items?page=1`. */
  target: string,
  fields: Iterable<readonly [name: string, value: string]>,
): Uint8Array {
  if (!TOKEN.test(method)) throw new TypeError(`Cannot send the method "${method}": it is not an HTTP token`);
  if (target === "" || FORBIDDEN_IN_TARGET.test(target)) {
    throw new TypeError(
      `Cannot send the target "${target}": it is empty or holds spaces or control characters; encode it`,
    );
  }
  let host = origin.authority;
  let rest = "";
  for (const [name, value] of fields) {
    if (!TOKEN.test(name)) throw new TypeError(`Cannot send the header "${name}": its name is not an HTTP token`);
    const bytes = UNUSUAL_IN_VALUE.test(value) ? checkUnusual(name, value) : value;
    if (name.length === 4 && name.toLowerCase() === "host") host = bytes;
    else rest += `${name}: ${bytes}\r\n`;
  }
  return encodeByteString(`${method} ${toUtf8ByteString(target)} HTTP/1.1\r\nHost: ${host}\r\n${rest}\r\n`);
}

function checkUnusual(name: string, value: string): string {
  if (!FORBIDDEN_IN_VALUE.test(value)) return toByteString(value);
  throw new TypeError(`Cannot send the header "${name}": its value holds a line break or control character`);
}

/** A path that no URL parser changes: no dot segments (as such or percent-encoded), no fragment, nothing to encode. */
const PLAIN_PATH = /^(?!\/\/)(?!.*\/(?:\.|%2e))\/[\w\-.~!$&()*+,;=:@%/]*(?:\?[\w\-.~!$&()*+,;=:@%/?]+)?$/i;

/** A base URL that is nothing but scheme, host and port. */
const PLAIN_BASE = /^https?:\/\/[a-z0-9.:-]+$/;

/** True if a URL parser would leave `baseUrl + path` unchanged. */
export function isPlainPath(path: string): boolean {
  return PLAIN_PATH.test(path);
}

/** True if paths can be put behind it unparsed: the parser has nothing to change in it. */
export function isPlainBase(baseUrl: string): boolean {
  return PLAIN_BASE.test(baseUrl) && URL.canParse(baseUrl) && new URL(baseUrl).origin === baseUrl;
}

export class HeadTemplate {
  readonly origin: Origin;
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;

  constructor(origin: Origin, method: string, fields: Iterable<readonly [name: string, value: string]>) {
    const head = encodeHead(origin, method, "/", fields);
    this.origin = origin;
    this.#before = head.subarray(0, method.length + 1);
    this.#after = head.subarray(method.length + 2);
  }

  /** The head for a plain path, which is ASCII. */
  encode(path: string): Uint8Array {
    const after = this.#before.length + path.length;
    const head = new Uint8Array(after + this.#after.length);
    head.set(this.#before);
    encoder.encodeInto(path, head.subarray(this.#before.length, after));
    head.set(this.#after, after);
    return head;
  }
}
