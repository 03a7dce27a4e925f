/**
 * Bytes of heads as text and back. A received byte is one character (`TextDecoder("latin1")` would be windows-1252),
 * and goes out as the same byte: a *byte string* is a text whose characters are bytes, U+0000 to U+00FF. Pure.
 */
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

// deno-lint-ignore no-control-regex
const BEYOND_LATIN1 = /[^\x00-\xff]/;
// deno-lint-ignore no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/;
const encoder = new TextEncoder();

/** The byte string of a field value: as it is where each character is a byte, as with `fetch`, else UTF-8. */
export function toByteString(value: string): string {
  return BEYOND_LATIN1.test(value) ? toUtf8ByteString(value) : value;
}

/** The UTF-8 bytes of a text as a byte string. */
export function toUtf8ByteString(text: string): string {
  return BEYOND_ASCII.test(text) ? decodeLatin1(encoder.encode(text)) : text;
}

export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

/** The bytes of a byte string. */
export function encodeByteString(text: string): Uint8Array {
  return BEYOND_ASCII.test(text) ? encodeLatin1(text) : encoder.encode(text);
}

/** The text as bytes; characters beyond U+00FF keep their low byte only, so callers check before. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
