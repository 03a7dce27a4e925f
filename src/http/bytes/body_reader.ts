/**
 * Reads one body by its framing and passes its pieces on. Knows when the body is complete, and whether the end of the
 * bytes completes it.
 */
import type { BodyBuffer } from "./body_buffer.ts";
import type { DroppedPieces } from "./dropped_pieces.ts";
import { type BodyPieces, ChunkedDecoder } from "./chunked_decoder.ts";
import { BY_LENGTH, CHUNKED, type Framing, UNTIL_CLOSE } from "./head_parser.ts";

export class BodyReader {
  readonly pieces: BodyPieces;
  readonly #framing: Framing;
  readonly #chunks: ChunkedDecoder | undefined;
  #remaining: number;

  /** `length`: the content-length with that framing. `maxTrailerBytes`: of a chunked body. */
  constructor(framing: Framing, length: number, maxTrailerBytes: number, pieces: BodyPieces) {
    this.pieces = pieces;
    this.#framing = framing;
    this.#remaining = length;
    this.#chunks = framing === CHUNKED ? new ChunkedDecoder(maxTrailerBytes) : undefined;
  }

  /** True once the framing says that the body is complete; never for one that ends with the connection. */
  get done(): boolean {
    return this.#framing === BY_LENGTH ? this.#remaining === 0 : this.#chunks?.done ?? false;
  }

  /** True if an orderly end of the connection completes this body. */
  get endsWithConnection(): boolean {
    return this.#framing === UNTIL_CLOSE || this.#chunks?.hasAllData === true;
  }

  /** Reads `bytes[from, to)`; returns the offset after the last byte of this body. */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (this.#chunks !== undefined) return this.#chunks.read(bytes, from, to, this.pieces);
    const end = this.#framing === BY_LENGTH ? Math.min(to, from + this.#remaining) : to;
    if (end > from) this.pieces.piece(bytes, from, end);
    this.#remaining -= end - from;
    return end;
  }

  /** How many bytes are missing of a body whose length is known; else 0. */
  get remaining(): number {
    return this.#framing === BY_LENGTH ? this.#remaining : 0;
  }

  /** The next `count` bytes are where its buffer has them, or were dropped. */
  filled(pieces: BodyBuffer | DroppedPieces, count: number): void {
    pieces.filled(count);
    this.#remaining -= count;
  }
}
