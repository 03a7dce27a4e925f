/** Keeps the bytes of a head that comes in more than one piece, and the position up to which its end has been searched. */
import { findHeadEnd } from "./head_parser.ts";
import { ProtocolError } from "./wire_error.ts";

/** `HTTP/1.1 200` and one more. */
const STATUS_BYTES = 13;

export class PartialHead {
  readonly #maxBytes: number;
  #memory: Uint8Array;
  #length = 0;
  #searched = 0;

  constructor(bytes: Uint8Array, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#memory = new Uint8Array(Math.max(512, bytes.length * 2));
    this.append(bytes);
  }

  /** The bytes received so far. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /**
   * Adds a piece; true if it is time to parse: the head is complete (bytes of the body may follow it), or its status
   * line was not all there before, so that something that is no HTTP is refused without waiting for an empty line.
   */
  append(bytes: Uint8Array): boolean {
    const length = this.#length + bytes.length;
    if (length > this.#memory.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(bytes, this.#length);
    const hadStatus = this.#length >= STATUS_BYTES;
    this.#length = length;
    // The end is at most three bytes long, so two of them may lie in the searched part.
    if (findHeadEnd(this.#memory, Math.max(0, this.#searched - 2), length) >= 0 || !hadStatus) return true;
    this.#searched = length;
    if (length > this.#maxBytes) throw new ProtocolError("head over the limit");
    return false;
  }
}
