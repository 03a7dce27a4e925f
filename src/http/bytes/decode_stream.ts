/**
 * Undoes Content-Encoding while a body streams, in constant memory. Same rules as `content_coding.ts`: a broken or cut stream
 * fails the reader with a `ProtocolError`. Each coding goes through the decoder of the runtime that notices a cut: zlib's for
 * gzip and deflate, `DecompressionStream` for br; zstd has none that does, so its body is collected first.
 */
import type { Transform } from "node:stream";
import { lateEvents, lateZlib } from "../../base/late_modules.ts";
import { type ContentCoding, decodeContent, isZlibWrapped } from "./content_coding.ts";
import { readAll } from "./read_all.ts";
import { ProtocolError, WireError } from "./wire_error.ts";

type ByteStream = ReadableStream<Uint8Array>;

/** The stream behind its codings, last applied first. Cancelling it cancels the source. */
export function decodeStream(source: ByteStream, codings: readonly ContentCoding[]): ByteStream {
  return codings.reduce((stream, coding) => ReadableStream.from(decodeChunks(stream, coding)), source);
}

async function* decodeChunks(source: ByteStream, coding: ContentCoding): AsyncGenerator<Uint8Array> {
  const reader = source.getReader();
  try {
    const first = await reader.read();
    if (first.done) return; // no body at all: nothing to decode, as after HEAD
    yield* decoderOf(coding)(first.value, reader, coding);
  } catch (error) {
    throw error instanceof WireError ? error : new ProtocolError(`broken ${coding} body`, error);
  } finally {
    await reader.cancel();
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;
type Decoder = (first: Uint8Array, reader: Reader, coding: ContentCoding) => AsyncGenerator<Uint8Array>;

function decoderOf(coding: ContentCoding): Decoder {
  if (coding === "br") return decodeBrotli;
  return coding === "zstd" ? decodeWhole : decodeZlib;
}

/** Feeds a zlib transform and yields its output; pauses the source while the output is not read. */
async function* decodeZlib(first: Uint8Array, reader: Reader, coding: ContentCoding): AsyncGenerator<Uint8Array> {
  const transform = createTransform(first, coding);
  const stopped = new AbortController();
  const feeding = feed(transform, restOf(first, reader), stopped.signal);
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
    await feeding;
  } finally {
    stopped.abort();
    transform.destroy();
  }
}

/** Never rejects: an error destroys the transform, and its reader gets the error. */
async function feed(transform: Transform, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (signal.aborted) return;
      if (!transform.write(chunk)) await lateEvents().once(transform, "drain", { signal });
    }
    transform.end();
  } catch (error) {
    transform.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function createTransform(first: Uint8Array, coding: ContentCoding): Transform {
  if (coding === "gzip") return lateZlib().createGunzip();
  // One byte is not enough to distinguish the two kinds of deflate; nearly all are wrapped.
  const isWrapped = first.length < 2 ? (first[0]! & 0x0f) === 8 : isZlibWrapped(first);
  return isWrapped ? lateZlib().createInflate() : lateZlib().createInflateRaw();
}

async function* decodeBrotli(first: Uint8Array, reader: Reader): AsyncGenerator<Uint8Array> {
  // The type of `DecompressionStream` does not know "brotli" yet; both runtimes do.
  const decompression = new DecompressionStream("brotli" as CompressionFormat);
  const source = ReadableStream.from(restOf(first, reader)) as ReadableStream<Uint8Array<ArrayBuffer>>;
  yield* source.pipeThrough(decompression);
}

async function* decodeWhole(first: Uint8Array, reader: Reader, coding: ContentCoding): AsyncGenerator<Uint8Array> {
  yield decodeContent(await readAll(ReadableStream.from(restOf(first, reader))), [coding]);
}

async function* restOf(first: Uint8Array, reader: Reader): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
