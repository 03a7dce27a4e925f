/**
 * Memory for bytes that are about to come. It is not set to zero before, which takes longer than receiving them does; so nobody may read what was not
 * received.
 */
import { Buffer } from "node:buffer";

export function allocateRaw(length: number): Uint8Array {
  return Buffer.allocUnsafeSlow(length);
}

/** A copy in memory of its own. `slice()` of a `Buffer`, which may be what `bytes` is, makes none. */
export function copyBytes(bytes: Uint8Array, from = 0, to = bytes.length): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, from, to);
}
