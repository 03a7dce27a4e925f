/**
 * Decodes gzip that has other bytes behind its last member. zlib refuses it; browsers and the clients of other load
 * generators pass over them, because all that was announced is there. Whatever begins as a further member must be a
 * whole one: a cut body stays an error. Throws for anything that is broken; reports sizes over the limit as zlib does.
 */
import { lateZlib } from "../../base/late_modules.ts";
import { concatBytes } from "./read_all.ts";

const MAGIC = [0x1f, 0x8b] as const;
const METHOD = 8;
/** Magic bytes, method, flags, time, and two bytes more (RFC 1952, 2.3). */
const FIXED_HEADER_BYTES = 10;
/** Checksum and size. */
export const TRAILER_BYTES = 8;

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
    const from = headerEnd(view, at) ?? bytes.length;
    const { buffer, engine } = lateZlib().inflateRawSync(bytes.subarray(from), {
      maxOutputLength: maxOutputLength - size,
      info: true,
    }) as unknown as { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
    const end = from + engine.bytesWritten;
    checkTrailer(view, end, lateZlib().crc32(buffer), buffer.length);
    parts.push(buffer);
    size += buffer.length;
    at = end + TRAILER_BYTES;
  } while (mayBeginMember(bytes, at));
  return concatBytes(parts, size);
}

/** Throws if the end of a member, at `at`, is cut, or says another checksum or size than its content has. */
export function checkTrailer(view: DataView, at: number, checksum: number, size: number): void {
  // Reading past the end throws.
  if (view.getUint32(at, true) === checksum && view.getUint32(at + 4, true) === size % 2 ** 32) return;
  throw new RangeError("gzip member has another checksum or size than its end says");
}

/** Whether the bytes at `at` are the magic ones of a member, as far as they are there. At least one must be. */
export function mayBeginMember(bytes: Uint8Array, at: number): boolean {
  return at < bytes.length && MAGIC.every((byte, place) => at + place >= bytes.length || bytes[at + place] === byte);
}

/**
 * Offset of the compressed data of the member that begins at `start`; undefined if not all of its header is there.
 * Throws if none begins.
 */
export function headerEnd(view: DataView, start: number): number | undefined {
  const isMember = [...MAGIC, METHOD].every((byte, place) =>
    start + place >= view.byteLength || view.getUint8(start + place) === byte
  );
  if (!isMember) throw new RangeError("no gzip member");
  let at = start + FIXED_HEADER_BYTES;
  if (at > view.byteLength) return undefined;
  const flags = view.getUint8(start + 3);
  if ((flags & HAS_EXTRA) !== 0) {
    if (at + 2 > view.byteLength) return undefined;
    at += 2 + view.getUint16(at, true);
  }
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & text) === 0) continue;
    while (at < view.byteLength && view.getUint8(at) !== 0) at++;
    at++;
  }
  if ((flags & HAS_HEADER_CHECKSUM) !== 0) at += 2;
  return at > view.byteLength ? undefined : at;
}
