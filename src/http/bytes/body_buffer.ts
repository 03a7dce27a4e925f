/**
 * Collects a body that comes in more than one piece. Trusts an announced length only as far as bytes have come: a
 * server that promises a gigabyte and sends ten bytes costs a few kilobytes.
 */
import type { BodyPieces } from "./chunked_decoder.ts";
import { allocateRaw } from "./raw_memory.ts";
import { ProtocolError } from "./wire_error.ts";

const FIRST_BYTES = 4 * 1024;
/** An announced length up to this is allocated at once, instead of growing in steps. */
const TRUSTED_BYTES = 4 * 1024 * 1024;

export class BodyBuffer implements BodyPieces {
  readonly #maxBytes: number;
  readonly #announced: number;
  #memory: Uint8Array;
  #to: number;
  /** The collected bytes are `memory[from, to)`. */
  readonly from: number;

  /**
   * `announced`: the content-length, -1 if there is none. `memory`: where the body is to be, from `from` on; its first
   * bytes may be there. It has room for all that is announced.
   */
  constructor(announced: number, maxBytes: number, memory?: Uint8Array, from = 0) {
    this.#maxBytes = maxBytes;
    this.#announced = announced;
    this.#memory = memory ?? allocateRaw(announced >= 0 ? Math.min(announced, TRUSTED_BYTES) : FIRST_BYTES);
    this.#to = this.from = from;
  }

  get to(): number {
    return this.#to;
  }

  get memory(): Uint8Array {
    return this.#memory;
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    this.#count(length);
    if (this.#to > this.#memory.length) this.#grow(this.#to, length);
    const piece = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
    this.#memory.set(piece, this.#to - length);
  }

  /** The next `length` bytes are in `memory`. */
  filled(length: number): void {
    this.#count(length);
  }

  #count(length: number): void {
    this.#to += length;
    if (this.#to - this.from > this.#maxBytes) throw new ProtocolError("body over the limit");
  }

  /** Only memory of its own grows: it begins with the body. */
  #grow(needed: number, missing: number): void {
    let capacity = Math.max(needed, this.#memory.length * 2);
    if (this.#announced >= needed) capacity = Math.min(capacity, this.#announced);
    const larger = allocateRaw(capacity);
    larger.set(this.#memory.subarray(0, needed - missing));
    this.#memory = larger;
  }
}
