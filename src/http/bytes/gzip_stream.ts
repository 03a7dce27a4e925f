/**
 * Decodes gzip while it streams, by the same rules as `gzip_members.ts`: several members, and other bytes behind the
 * last one, which zlib's own transform refuses.
 */
import { lateZlib } from "../../base/late_modules.ts";
import { checkTrailer, headerEnd, mayBeginMember, TRAILER_BYTES } from "./gzip_members.ts";
import type { PieceQueue } from "./piece_queue.ts";
import { concatBytes } from "./read_all.ts";
import { decodeBy, type ZlibTransform } from "./zlib_stream.ts";

const MAGIC_BYTES = 2;

export async function* gunzipStream(pieces: PieceQueue): AsyncGenerator<Uint8Array> {
  for (let ahead = await pieces.take(MAGIC_BYTES), first = true; first || mayBeginMember(ahead, 0); first = false) {
    pieces.putBack(ahead);
    await passHeader(pieces);
    yield* decodeMember(pieces);
    ahead = await pieces.take(MAGIC_BYTES);
  }
}

async function passHeader(pieces: PieceQueue): Promise<void> {
  for (let held: Uint8Array = new Uint8Array(0);;) {
    const piece = await pieces.next();
    if (piece === undefined) throw new RangeError("gzip header is cut short");
    held = concatBytes([held, piece], held.length + piece.length);
    const end = headerEnd(viewOf(held), 0);
    if (end === undefined) continue;
    return pieces.putBack(held.subarray(end));
  }
}

async function* decodeMember(pieces: PieceQueue): AsyncGenerator<Uint8Array> {
  const { crc32, createInflateRaw } = lateZlib();
  let checksum = 0;
  let size = 0;
  for await (const chunk of decodeBy(createInflateRaw() as ZlibTransform, pieces, "unguarded")) {
    checksum = crc32(chunk, checksum);
    size += chunk.length;
    yield chunk;
  }
  const end = await pieces.take(TRAILER_BYTES);
  checkTrailer(viewOf(end), 0, checksum, size);
  pieces.putBack(end.subarray(TRAILER_BYTES));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
