/**
 * Writes the head of a request. Most requests of a session differ in the path and a few values only: `HeadTemplate`
 * keeps a head with gaps for them, and a plain path (one that a URL parser would leave as it is) goes into its gap
 * without a URL being parsed. Pure.
 */
import { encodeByteString, encodeLatin1, isAscii, toByteString, toUtf8ByteString } from "../bytes/latin1.ts";
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
    if (isHost(name)) host = checkValue(name, value);
    else rest += fieldLine(name, value);
  }
  return encodeByteString(`${method} ${toUtf8ByteString(target)} HTTP/1.1\r\nHost: ${host}\r\n${rest}\r\n`);
}

function fieldLine(name: string, value: string): string {
  if (!TOKEN.test(name)) throw new TypeError(`Cannot send the header "${name}": its name is not an HTTP token`);
  return `${name}: ${checkValue(name, value)}\r\n`;
}

function isHost(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === "host";
}

/** The value as a byte string. */
function checkValue(name: string, value: string): string {
  return UNUSUAL_IN_VALUE.test(value) ? checkUnusual(name, value) : value;
}

function checkUnusual(name: string, value: string): string {
  if (!FORBIDDEN_IN_VALUE.test(value)) return toByteString(value);
  throw new TypeError(`Cannot send the header "${name}": its value holds a line break or control character`);
}

/** A path that no URL parser changes: no dot segments (as such or percent-encoded), no fragment, nothing to encode. */
const PLAIN_PATH = /^(?!\/\/)(?!.*\/(?:\.|%2e))\/[\w\-.~!$&()*+,;=:@%/]*(?:\?[\w\-.~!$&()*+,;=:@%/?]+)?$/i;

/** A base URL that is nothing but scheme, host and port. */
const PLAIN_BASE = /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?$/;

/** True if a URL parser would leave `baseUrl + path` unchanged. */
export function isPlainPath(path: string): boolean {
  return PLAIN_PATH.test(path);
}

/** True if paths can be put behind it unparsed: the parser has nothing to change in it. */
export function isPlainBase(baseUrl: string): boolean {
  return PLAIN_BASE.test(baseUrl) && URL.canParse(baseUrl) && new URL(baseUrl).origin === baseUrl;
}

/** Values that are sent as they are: printable ASCII that does not begin or end with a space. */
const PLAIN_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;

/** True if a field may have this name. */
export function isFieldName(name: string): boolean {
  return TOKEN.test(name);
}

/** True if the value may go into a gap of a template. */
export function isPlainValue(value: string): boolean {
  return PLAIN_VALUE.test(value);
}

/** A head with gaps for the path and for the values of some fields. */
export class HeadTemplate {
  readonly origin: Origin;
  /** What stands between the gaps, the first of which is the path's. */
  readonly #pieces: readonly string[];
  /** The order of the gaps in the head, as places in the list of values. */
  readonly #order: readonly number[];
  readonly #isAscii: boolean;

  /** `gaps`: names of fields in lower case, whose values `encode` is given. Each must be among `fields` once. */
  constructor(
    origin: Origin,
    method: string,
    fields: Iterable<readonly [name: string, value: string]>,
    gaps: readonly string[] = [],
  ) {
    if (!TOKEN.test(method)) throw new TypeError(`Cannot send the method "${method}": it is not an HTTP token`);
    let host = origin.authority;
    const lines = [""];
    const order: number[] = [];
    for (const [name, value] of fields) {
      const gap = gaps.indexOf(name.toLowerCase());
      if (isHost(name)) host = checkValue(name, value);
      else if (gap === -1) lines[order.length] += fieldLine(name, value);
      else {
        lines[order.length] += fieldLine(name, "").slice(0, -2);
        lines[order.length + 1] = "\r\n";
        order.push(gap);
      }
    }
    lines[0] = ` HTTP/1.1\r\nHost: ${host}\r\n${lines[0]}`;
    lines[order.length] += "\r\n";
    this.origin = origin;
    this.#pieces = [`${method} `, ...lines];
    this.#order = order;
    this.#isAscii = this.#pieces.every(isAscii);
  }

  /** The head for a plain path and plain values. */
  encode(path: string, values: readonly string[] = []): Uint8Array {
    const pieces = this.#pieces;
    const order = this.#order;
    let text = pieces[0]! + path + pieces[1]!;
    for (let i = 0; i < order.length; i++) text += values[order[i]!]! + pieces[i + 2]!;
    return this.#isAscii ? encoder.encode(text) : encodeLatin1(text);
  }
}
