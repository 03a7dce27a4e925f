/** Bytes of heads as text and back. HTTP fields are Latin-1: `TextDecoder("latin1")` would be windows-1252. Pure. */
import { Buffer } from "node:buffer";

/** Below this a loop is faster than the call into native code. */
const SHORT = 24;

/** The bytes from `from` (included) to `to` (excluded) as text, one character each. */
export function decodeLatin1(bytes: Uint8Array, from = 0, to: number = bytes.length): string {
  if (to - from <= SHORT) {
    let text = "";
    for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] as number);
    return text;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
}

/** The text as bytes; characters beyond U+00FF keep their low byte only, so callers check before. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
