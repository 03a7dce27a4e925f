/**
 * Undoes Content-Encoding while a body streams, in constant memory. Same rules as `content_coding.ts`: a broken or cut
 * stream fails the reader with a `ProtocolError`, and bytes behind its end are passed over. zstd has no decoder that
 * notices a cut, so its body is collected first.
 */
import { lateZlib } from "../../base/late_modules.ts";
import { type ContentCoding, decodeContent, isZlibWrapped } from "./content_coding.ts";
import { gunzipStream } from "./gzip_stream.ts";
import { PieceQueue } from "./piece_queue.ts";
import { ProtocolError, WireError } from "./wire_error.ts";
import { decodeBy, type ZlibTransform } from "./zlib_stream.ts";

type ByteStream = ReadableStream<Uint8Array>;

/** The stream behind its codings, last applied first. Cancelling it cancels the source. */
export function decodeStream(source: ByteStream, codings: readonly ContentCoding[]): ByteStream {
  return codings.reduce((stream, coding) => ReadableStream.from(decodePieces(stream, coding)), source);
}

async function* decodePieces(source: ByteStream, coding: ContentCoding): AsyncGenerator<Uint8Array> {
  const pieces = new PieceQueue(source);
  try {
    const first = await pieces.next();
    if (first === undefined) return; // no body at all: nothing to decode, as after HEAD
    pieces.putBack(first);
    yield* DECODERS[coding](pieces);
    await pieces.passOver();
  } catch (error) {
    throw error instanceof WireError ? error : new ProtocolError(`broken ${coding} body`, error);
  } finally {
    await pieces.cancel();
  }
}

const DECODERS: Readonly<Record<ContentCoding, (pieces: PieceQueue) => AsyncGenerator<Uint8Array>>> = {
  gzip: gunzipStream,
  deflate: inflateStream,
  br: (pieces) => decodeBy(lateZlib().createBrotliDecompress() as ZlibTransform, pieces, "guarded"),
  zstd: decodeWhole,
};

async function* inflateStream(pieces: PieceQueue): AsyncGenerator<Uint8Array> {
  const beginning = await pieces.take(2);
  pieces.putBack(beginning);
  const { createInflate, createInflateRaw } = lateZlib();
  const transform = isZlibWrapped(beginning) ? createInflate() : createInflateRaw();
  yield* decodeBy(transform as ZlibTransform, pieces, "unguarded");
}

async function* decodeWhole(pieces: PieceQueue): AsyncGenerator<Uint8Array> {
  yield decodeContent(await pieces.take(Infinity), ["zstd"]);
}
