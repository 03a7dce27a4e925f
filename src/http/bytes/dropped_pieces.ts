/** Takes a body whose bytes nobody wants, and counts them. */
import type { BodyPieces } from "./chunked_decoder.ts";

export class DroppedPieces implements BodyPieces {
  length = 0;

  piece(_bytes: Uint8Array, from: number, to: number): void {
    this.length += to - from;
  }

  /** The next `length` bytes were dropped before anybody saw them. */
  filled(length: number): void {
    this.length += length;
  }
}
