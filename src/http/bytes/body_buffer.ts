/**
 * Collects a body that comes in more than one piece. Trusts an announced length only as far as bytes have come: a server that
 * promises a gigabyte and sends ten bytes costs a few kilobytes.
 */
import type { BodyPieces } from "./chunked_decoder.ts";
import { ProtocolError } from "./wire_error.ts";

const FIRST_BYTES = 4 * 1024;
/** An announced length up to this is allocated at once, instead of growing in steps. */
const TRUSTED_BYTES = 4 * 1024 * 1024;

export class BodyBuffer implements BodyPieces {
  readonly #maxBytes: number;
  readonly #announced: number;
  #memory: Uint8Array;
  #length = 0;

  /** `announced`: the content-length, -1 if there is none. */
  constructor(announced: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#announced = announced;
    this.#memory = new Uint8Array(announced >= 0 ? Math.min(announced, TRUSTED_BYTES) : FIRST_BYTES);
  }

  get length(): number {
    return this.#length;
  }

  /** The collected bytes are `memory[0, length)`. */
  get memory(): Uint8Array {
    return this.#memory;
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#maxBytes) throw new ProtocolError("body over the limit");
    if (length > this.#memory.length) this.#grow(length);
    this.#memory.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.#length);
    this.#length = length;
  }

  #grow(needed: number): void {
    let capacity = Math.max(needed, this.#memory.length * 2);
    if (this.#announced >= needed) capacity = Math.min(capacity, this.#announced);
    const larger = new Uint8Array(capacity);
    larger.set(this.#memory.subarray(0, this.#length));
    this.#memory = larger;
  }
}
