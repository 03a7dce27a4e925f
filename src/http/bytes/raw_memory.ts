/**
 * Memory for bytes that are about to come. It is not set to zero before, which takes longer than receiving them does;
 * so nobody may read what was not received.
 */
import { Buffer } from "node:buffer";

/** Up to here a loop is faster than a call of the runtime. */
const FEW_BYTES = 32;

export function allocateRaw(length: number): Uint8Array {
  return Buffer.allocUnsafeSlow(length);
}

/** A copy in memory of its own. `slice()` of a `Buffer`, which may be what `bytes` is, makes none. */
export function copyBytes(bytes: Uint8Array, from = 0, to = bytes.length): Uint8Array {
  if (to - from <= FEW_BYTES) return copyFew(bytes, from, to - from);
  return Uint8Array.prototype.slice.call(bytes, from, to);
}

function copyFew(bytes: Uint8Array, from: number, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  for (let index = 0; index < length; index++) copy[index] = bytes[from + index] as number;
  return copy;
}
