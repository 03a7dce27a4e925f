/**
 * Numbers, text and bytes as bytes: numbers are little-endian groups of seven bits (unsigned LEB128), up to 2^53; what
 * is of any length is preceded by its length. Reading trusts nothing, and leaves it to its owner what an error is.
 */

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class ByteWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    if (!(value <= Number.MAX_SAFE_INTEGER)) throw new RangeError(`${value} is not a number that can be written`);
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** Bytes with their length before them. */
  block(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Bytes without their length. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** UTF-8 with its length before it. */
  text(text: string): void {
    this.block(textEncoder.encode(text));
  }

  /** What was written by another one, with its length before it; that one starts anew. */
  blockOf(other: ByteWriter): void {
    this.block(other.#bytes.subarray(0, other.#length));
    other.#length = 0;
  }

  /** A copy of what was written; the writer starts anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads what a `ByteWriter` wrote. Throws what `malformed` makes of the first thing that cannot be. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #malformed: (what: string) => Error;
  #position = 0;

  constructor(bytes: Uint8Array, malformed: (what: string) => Error) {
    this.#bytes = bytes;
    this.#malformed = malformed;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    if (this.#position >= this.#bytes.length) throw this.#malformed("they end in the middle of a number");
    return this.#bytes[this.#position++] as number;
  }

  varint(): number {
    let value = this.byte();
    if (value < 128) return value;
    value -= 128;
    let scale = 128;
    for (let i = 1; i < 8; i++) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw this.#malformed("a number is larger than 2^53");
  }

  /** Where the block that begins here ends; reading is behind its length. */
  blockEnd(): number {
    const length = this.varint();
    if (length > this.#bytes.length - this.#position) throw this.#malformed("they end in the middle of a block");
    return this.#position + length;
  }

  /** A copy. */
  block(): Uint8Array {
    const end = this.blockEnd();
    const from = this.#position;
    this.#position = end;
    return this.#bytes.slice(from, end);
  }

  /** So many bytes, which the reader does not copy. */
  raw(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#position) throw this.#malformed("they end in the middle of a block");
    this.#position += length;
    return this.#bytes.subarray(this.#position - length, this.#position);
  }

  text(): string {
    const end = this.blockEnd();
    const from = this.#position;
    this.#position = end;
    return textDecoder.decode(this.#bytes.subarray(from, end));
  }

  /** Goes to a position that `blockEnd` gave. */
  skipTo(position: number): void {
    if (position < this.#position) throw this.#malformed("a block is shorter than what it holds");
    this.#position = position;
  }
}
