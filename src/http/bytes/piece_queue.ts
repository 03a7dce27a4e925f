/**
 * The pieces of a body in order, some of which may be put back: a decoder takes more than it needs, and what is behind
 * the end of its data belongs to the next one. Owns the reader of the body.
 */
import { concatBytes } from "./read_all.ts";

export class PieceQueue {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #returned: Uint8Array[] = [];

  constructor(source: ReadableStream<Uint8Array>) {
    this.#reader = source.getReader();
  }

  /** The next piece, never an empty one; undefined at the end. Rejects if the body is cut short. */
  async next(): Promise<Uint8Array | undefined> {
    const returned = this.#returned.shift();
    if (returned !== undefined) return returned;
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      if (value.length > 0) return value;
    }
  }

  /** `piece` comes next once more. */
  putBack(piece: Uint8Array): void {
    if (piece.length > 0) this.#returned.unshift(piece);
  }

  /** The next `count` bytes and whatever else is in their last piece; fewer only at the end. */
  async take(count: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    while (size < count) {
      const piece = await this.next();
      if (piece === undefined) break;
      pieces.push(piece);
      size += piece.length;
    }
    return concatBytes(pieces, size);
  }

  /** Passes over all that is left. Rejects if the body is cut short. */
  async passOver(): Promise<void> {
    while (await this.next() !== undefined);
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}
