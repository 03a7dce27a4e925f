/** Writes the head of a request. Pure; what the fields mean is the session's affair. */
import type { Origin } from "../engine/origin.ts";

const encoder = new TextEncoder();
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Characters that would end the line or the head, or that no field may hold: one of them lets a value forge a request. */
// deno-lint-ignore no-control-regex
const FORBIDDEN_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;
// deno-lint-ignore no-control-regex
const FORBIDDEN_IN_TARGET = /[\x00-\x20\x7f]/;

/**
 * Request line, Host, the given fields in their order, and the empty line. A Host among `fields` takes the place of the
 * origin's. Characters beyond ASCII go out as UTF-8, as browsers send them.
 * Throws a TypeError for a method, target, name or value that HTTP cannot carry.
 */
export function encodeHead(
  origin: Origin,
  method: string,
  /** Path and query, percent-encoded: `/items?page=1`. */
  target: string,
  fields: Iterable<readonly [name: string, value: string]>,
): Uint8Array {
  if (!TOKEN.test(method)) throw new TypeError(`Cannot send the method "${method}": it is no HTTP token`);
  if (target === "" || FORBIDDEN_IN_TARGET.test(target)) {
    throw new TypeError(
      `Cannot send the target "${target}": it is empty or holds spaces or control characters; encode it`,
    );
  }
  let host = origin.authority;
  let rest = "";
  for (const [name, value] of fields) {
    if (!TOKEN.test(name)) throw new TypeError(`Cannot send the header "${name}": its name is no HTTP token`);
    if (FORBIDDEN_IN_VALUE.test(value)) {
      throw new TypeError(`Cannot send the header "${name}": its value holds a line break or control character`);
    }
    if (name.length === 4 && name.toLowerCase() === "host") host = value;
    else rest += `${name}: ${value}\r\n`;
  }
  return encoder.encode(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${rest}\r\n`);
}
