/**
 * Decodes gzip that has other bytes behind its last member. zlib refuses it; browsers and the clients of other load generators pass
 * over them, because all that was announced is there. Whatever begins as a further member must be a whole one: a cut body stays an error.
 * Throws for anything that is broken; reports sizes over the limit as zlib does.
 */
import { lateZlib } from "../../base/late_modules.ts";
import { concatBytes } from "./read_all.ts";

const FIRST_BYTE = 0x1f;
const HEADER = [FIRST_BYTE, 0x8b, 8] as const;
/** Magic bytes, method, flags, time, and two bytes more (RFC 1952, 2.3). */
const FIXED_HEADER_BYTES = 10;
/** Checksum and size. */
const TRAILER_BYTES = 8;

const HAS_HEADER_CHECKSUM = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

export function gunzipMembers(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let size = 0;
  let at = 0;
  do {
    const from = headerEnd(view, at);
    const { buffer, engine } = lateZlib().inflateRawSync(bytes.subarray(from), {
      maxOutputLength: maxOutputLength - size,
      info: true,
    }) as unknown as { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
    const end = from + engine.bytesWritten;
    // Reading past the end throws: the trailer is cut.
    const isIntact = view.getUint32(end, true) === lateZlib().crc32(buffer) &&
      view.getUint32(end + 4, true) === buffer.length % 2 ** 32;
    if (!isIntact) throw new RangeError("gzip member has another checksum or size than its end says");
    parts.push(buffer);
    size += buffer.length;
    at = end + TRAILER_BYTES;
  } while (bytes[at] === FIRST_BYTE);
  return concatBytes(parts, size);
}

/** Offset of the compressed data of the member that begins at `start`. */
function headerEnd(view: DataView, start: number): number {
  if (!HEADER.every((byte, place) => view.getUint8(start + place) === byte)) throw new RangeError("no gzip member");
  const flags = view.getUint8(start + 3);
  let at = start + FIXED_HEADER_BYTES;
  if ((flags & HAS_EXTRA) !== 0) at += 2 + view.getUint16(at, true);
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & text) !== 0) { while (view.getUint8(at++) !== 0); }
  }
  return (flags & HAS_HEADER_CHECKSUM) !== 0 ? at + 2 : at;
}
