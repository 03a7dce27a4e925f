/**
 * Finds the frames of a zstd stream (RFC 8878 §3.1) without decoding them. Needed because the decoders of the runtimes
 * return a part when a stream is cut short, and one of them stops after the first frame.
 *
 *   frame:  magic 28 B5 2F FD │ descriptor │ [window] [dictionary] [content size] │ blocks … │ [checksum 4]
 *   block:  3 bytes little-endian: last (1 bit) │ type (2 bits) │ size (21 bits), then the block's bytes (RLE: one byte)
 *   skippable frame: magic 50–5F 2A 4D 18 │ size (4) │ bytes
 */
const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

const DICTIONARY_SIZES = [0, 1, 2, 4] as const;
const CONTENT_SIZES = [0, 2, 4, 8] as const;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** One frame's place. Skippable frames are stepped over and not listed. */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
}

/**
 * Every frame of a whole stream, and not what is behind the last one, if that begins no frame. Throws when it is cut
 * short or is none.
 */
export function listZstdFrames(bytes: Uint8Array): readonly ZstdFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: ZstdFrame[] = [];
  let at = 0;
  do {
    if (at > 0 && !mayBeginFrame(bytes, at)) break;
    const magic = view.getUint32(need(bytes, at, 4), true);
    if (magic === MAGIC) {
      const end = endOfFrame(view, bytes, at + 4);
      frames.push({ start: at, end });
      at = end;
    } else if ((magic & 0xfffffff0) === SKIPPABLE_MAGIC) {
      const size = view.getUint32(need(bytes, at + 4, 4), true);
      at = need(bytes, at + 8, size) + size;
    } else {
      throw new RangeError("not a zstd frame");
    }
  } while (at < bytes.length);
  return frames;
}

/** A cut frame must stay an error, so that the beginning of a magic number is one, too. */
function mayBeginFrame(bytes: Uint8Array, at: number): boolean {
  const present = bytes.subarray(at, at + 4);
  return [MAGIC, SKIPPABLE_MAGIC].some((magic) =>
    present.every((byte, place) => {
      const isFirstOfSkippable = magic === SKIPPABLE_MAGIC && place === 0;
      return (isFirstOfSkippable ? byte & 0xf0 : byte) === ((magic >>> (8 * place)) & 0xff);
    })
  );
}

function endOfFrame(view: DataView, bytes: Uint8Array, start: number): number {
  const descriptor = view.getUint8(need(bytes, start, 1));
  const singleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const contentSize = CONTENT_SIZES[descriptor >> 6]!;
  let at = start + 1;
  if (!singleSegment) at += 1; // window descriptor
  at += DICTIONARY_SIZES[descriptor & 3]!;
  at += contentSize === 0 && singleSegment ? 1 : contentSize;
  for (let last = false; !last;) {
    need(bytes, at, 3);
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const type = (header >> 1) & 3;
    if (type === RESERVED_BLOCK) throw new RangeError("reserved zstd block type");
    const size = type === RLE_BLOCK ? 1 : header >>> 3;
    at = need(bytes, at + 3, size) + size;
    last = (header & 1) === 1;
  }
  return hasChecksum ? need(bytes, at, 4) + 4 : at;
}

function need(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length) throw new RangeError("zstd stream is cut short");
  return at;
}
