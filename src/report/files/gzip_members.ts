/**
 * Packs the pieces of a gzip file that grows. Each piece is a member of its own that says in its header how long it is
 * (RFC 1952 §2.3.1.1), so that the end of the last whole one is found in a file that was cut. Any gunzip reads all of
 * them as one text.
 */
import type { FileHandle } from "node:fs/promises";
import { lateUtil, lateZlib } from "../../base/late_modules.ts";

/** Magic number, method, flags, date, extra flags and system: what a member without fields begins with. */
const PLAIN_HEADER = 10;
const FLAGS = 3;
const HAS_EXTRA = 4;
/** Length of the extra fields, then ours: its two letters, the length of its value, and the length of the whole member. */
const EXTRA = 10;
const HEADER = PLAIN_HEADER + EXTRA;
const OWN_FIELD = 0x544c; // "LT"
/**
 * Lines repeat much: the fastest level makes a fifth of them, and a second of 100,000 requests takes it some 50 ms
 * beside the main thread.
 */
const LEVEL = 1;

/** The piece as a member. */
export async function packMember(piece: Uint8Array): Promise<Uint8Array> {
  const gzip = lateUtil().promisify(lateZlib().gzip) as (
    bytes: Uint8Array,
    options: { readonly level: number },
  ) => Promise<Uint8Array>;
  const packed = await gzip(piece, { level: LEVEL });
  const member = new Uint8Array(packed.length + EXTRA);
  member.set(packed.subarray(0, PLAIN_HEADER));
  member.set(packed.subarray(PLAIN_HEADER), HEADER);
  const view = new DataView(member.buffer);
  view.setUint8(FLAGS, HAS_EXTRA);
  view.setUint16(PLAIN_HEADER, EXTRA - 2, true);
  view.setUint16(PLAIN_HEADER + 2, OWN_FIELD, true);
  view.setUint16(PLAIN_HEADER + 4, 4, true);
  view.setUint32(PLAIN_HEADER + 6, member.length, true);
  return member;
}

/** Where the last whole member ends; what follows it is the beginning of one, or was not written by `packMember`. */
export async function endOfLastMember(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const view = new DataView(new ArrayBuffer(HEADER));
  for (let at = 0;;) {
    const { bytesRead } = await file.read(new Uint8Array(view.buffer), 0, HEADER, at);
    if (bytesRead < HEADER || view.getUint16(0) !== 0x1f8b || view.getUint16(PLAIN_HEADER + 2, true) !== OWN_FIELD) {
      return at;
    }
    const end = at + view.getUint32(PLAIN_HEADER + 6, true);
    if (end > size || end <= at) return at;
    at = end;
  }
}
