/**
 * Undoes Content-Encoding for a whole body: gzip (several members, too), deflate with and without its zlib wrapper, br,
 * zstd, and lists of them. A stream that is broken or ends early is a `ProtocolError`: half a body must never count as
 * a success. Bytes behind its end are passed over, as browsers do. A coding that is not known leaves the bytes as they
 * came. Streams are `decode_stream.ts`.
 */
import { lateZlib } from "../../base/late_modules.ts";
import { concatBytes } from "./read_all.ts";
import { gunzipMembers } from "./gzip_members.ts";
import { ProtocolError } from "./wire_error.ts";
import { listZstdFrames } from "./zstd_frames.ts";

/** The Accept-Encoding of requests, unless the test sets its own. */
export const ACCEPT_ENCODING = "gzip, deflate, br, zstd";

/** A small response can unfold to gigabytes: beyond this it is a failure. */
const MAX_DECODED_BYTES = 1 << 30;

/** The most codings of one body, so that a header cannot keep a thread busy. */
const MAX_CODINGS = 5;

export type ContentCoding = "gzip" | "deflate" | "br" | "zstd";

/**
 * The codings to undo, last applied first; empty when there is nothing to do. One unknown name (or too many
 * of them) makes the list empty: the bytes are then returned as they are.
 */
export function parseContentCodings(header: string | null | undefined): readonly ContentCoding[] {
  if (header === null || header === undefined || header === "") return [];
  const codings: ContentCoding[] = [];
  for (const part of header.split(",")) {
    const name = part.trim().toLowerCase();
    if (name === "" || name === "identity") continue;
    const coding = name === "x-gzip" ? "gzip" : name;
    if (!isContentCoding(coding)) return [];
    codings.unshift(coding);
  }
  return codings.length > MAX_CODINGS ? [] : codings;
}

/** The body behind its codings. An empty body stays empty: HEAD, 204 and 304 have none to decode. */
export function decodeContent(body: Uint8Array, codings: readonly ContentCoding[]): Uint8Array {
  if (body.length === 0) return body;
  let bytes = body;
  for (const coding of codings) bytes = decodeOnce(bytes, coding);
  return bytes;
}

function isContentCoding(name: string): name is ContentCoding {
  return name === "gzip" || name === "deflate" || name === "br" || name === "zstd";
}

function decodeOnce(bytes: Uint8Array, coding: ContentCoding): Uint8Array {
  try {
    switch (coding) {
      case "gzip":
        return gunzip(bytes);
      case "deflate":
        return inflate(bytes);
      case "br":
        return unbrotli(bytes);
      case "zstd":
        return unzstd(bytes);
    }
  } catch (cause) {
    throw new ProtocolError(`${isTooLarge(cause) ? "oversized" : "broken"} ${coding} body`, cause);
  }
}

function gunzip(bytes: Uint8Array): Uint8Array {
  try {
    // zlib continues with further members and skips zeros that pad the end.
    return lateZlib().gunzipSync(bytes, { maxOutputLength: MAX_DECODED_BYTES });
  } catch (cause) {
    if (isTooLarge(cause)) throw cause;
    return gunzipMembers(bytes, MAX_DECODED_BYTES); // bytes of another kind behind it are no error
  }
}

/** "deflate" is zlib by the standard and raw deflate by the habit of some servers: the first bytes distinguish them. */
function inflate(bytes: Uint8Array): Uint8Array {
  const options = { maxOutputLength: MAX_DECODED_BYTES };
  return isZlibWrapped(bytes) ? lateZlib().inflateSync(bytes, options) : lateZlib().inflateRawSync(bytes, options);
}

/** RFC 1950: method 8 in the low bits, and the first two bytes are a multiple of 31. */
export function isZlibWrapped(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/**
 * The decoder of one runtime returns the decoded part when the input ends early. A byte that does not belong to the
 * stream shows it: a whole stream leaves it alone, a cut one reads it.
 */
function unbrotli(bytes: Uint8Array): Uint8Array {
  const guarded = new Uint8Array(bytes.length + 1);
  guarded.set(bytes);
  const { buffer, engine } = lateZlib().brotliDecompressSync(guarded, {
    maxOutputLength: MAX_DECODED_BYTES,
    info: true,
  }) as unknown as { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
  if (engine.bytesWritten > bytes.length) throw new RangeError("brotli stream is cut short");
  return buffer;
}

function unzstd(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const { start, end } of listZstdFrames(bytes)) {
    const part = lateZlib().zstdDecompressSync(bytes.subarray(start, end), {
      maxOutputLength: MAX_DECODED_BYTES - size,
    });
    size += part.length;
    parts.push(part);
  }
  return concatBytes(parts, size);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
