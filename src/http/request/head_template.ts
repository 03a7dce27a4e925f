/**
 * The head of a request with a gap for the path: most requests of a session differ in nothing else. A plain path (one that a URL
 * parser would leave as it is) goes into the gap without a URL being parsed or a field being written.
 */
import type { Origin } from "../engine/origin.ts";
import { encodeHead } from "./request_head.ts";

const encoder = new TextEncoder();

/** What no parser changes: no dot segments (as such or percent-encoded), no fragment, nothing to encode. */
const PLAIN_PATH = /^(?!\/\/)(?!.*\/(?:\.|%2e))\/[\w\-.~!$&()*+,;=:@%/]*(?:\?[\w\-.~!$&()*+,;=:@%/?]+)?$/i;

/** A base URL that is nothing but scheme, host and port. */
const PLAIN_BASE = /^https?:\/\/[a-z0-9.:-]+$/;

/** True if `baseUrl + path` is what a URL parser would make of it. */
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
