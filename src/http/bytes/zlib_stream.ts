/**
 * Runs a zlib transform over the pieces of a body, in constant memory: the source waits while the output is not read.
 * What the transform did not need is put back.
 */
import type { Transform } from "node:stream";
import { lateEvents } from "../../base/late_modules.ts";
import type { PieceQueue } from "./piece_queue.ts";

/** `bytesWritten`: bytes of its input that the decoder has used. */
export type ZlibTransform = Transform & { readonly bytesWritten: number };

/**
 * The decoder of one runtime takes a cut brotli body for a whole one: a byte that belongs to no stream shows it, as
 * only a cut one reads it.
 */
export type EndGuard = "guarded" | "unguarded";

const GUARD = Uint8Array.of(0);

/** The output of `transform` for the pieces, up to the end of its data. */
export async function* decodeBy(
  transform: ZlibTransform,
  pieces: PieceQueue,
  guard: EndGuard,
): AsyncGenerator<Uint8Array> {
  const feeder = new Feeder(transform, pieces);
  const feeding = feeder.run(guard);
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
    feeder.stop();
    await feeding;
    feeder.putBackUnused();
  } finally {
    feeder.stop();
    transform.destroy();
  }
}

class Feeder {
  readonly #transform: ZlibTransform;
  readonly #pieces: PieceQueue;
  readonly #stopped = new AbortController();
  /** Pieces that the transform has, but may not have read to their end. */
  #given: Uint8Array[] = [];
  #givenBytes = 0;
  #wholeBytes = Infinity;

  constructor(transform: ZlibTransform, pieces: PieceQueue) {
    this.#transform = transform;
    this.#pieces = pieces;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Never rejects: an error destroys the transform, and its reader gets the error. */
  async run(guard: EndGuard): Promise<void> {
    const { signal } = this.#stopped;
    try {
      for (let piece = await this.#pieces.next(); piece !== undefined; piece = await this.#pieces.next()) {
        if (signal.aborted) return this.#pieces.putBack(piece);
        this.#given.push(piece);
        this.#givenBytes += piece.length;
        this.#forgetUsed();
        if (!this.#transform.write(piece)) await lateEvents().once(this.#transform, "drain", { signal });
        if (signal.aborted) return;
      }
      this.#wholeBytes = this.#givenBytes;
      if (guard === "guarded") this.#transform.write(GUARD);
      this.#transform.end();
    } catch (error) {
      if (!signal.aborted) this.#transform.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #forgetUsed(): void {
    let unusedBytes = this.#givenBytes - this.#transform.bytesWritten;
    const unused: Uint8Array[] = [];
    for (const piece of this.#given.toReversed()) {
      if (unusedBytes <= 0) break;
      unused.unshift(piece.subarray(Math.max(0, piece.length - unusedBytes)));
      unusedBytes -= piece.length;
    }
    this.#given = unused;
  }

  /** Throws if the guard was read. */
  putBackUnused(): void {
    if (this.#transform.bytesWritten > this.#wholeBytes) throw new RangeError("stream is cut short");
    this.#forgetUsed();
    for (const piece of this.#given.toReversed()) this.#pieces.putBack(piece);
    this.#given = [];
  }
}
