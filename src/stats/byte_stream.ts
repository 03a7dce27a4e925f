/** Numbers as bytes: little-endian groups of seven bits (unsigned LEB128), up to 2^53. Reading trusts nothing. */
import { LocustError } from "../base/errors.ts";

/** Appends numbers up to 2^53 as little-endian groups of seven bits. */
export class ByteWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** A copy of what was written; the writer starts anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** Reads what `ByteWriter` wrote. Throws a `LocustError` (`bad_stats`) at the first thing that cannot be. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    if (this.#position >= this.#bytes.length) throw malformedBytes("they end in the middle of a number");
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
    throw malformedBytes("a number is larger than 2^53");
  }
}

export function malformedBytes(what: string): LocustError {
  return new LocustError(`Cannot read the bytes of a histogram: ${what}; sender and receiver may differ in version`, {
    code: "bad_stats",
  });
}
