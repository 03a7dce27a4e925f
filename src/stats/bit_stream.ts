/**
 * Numbers as bits, the highest bit of a byte first, in Golomb-Rice code: the code for "mostly small, sometimes not", which is what
 * gaps and counts of a histogram are.
 *
 *   rice(v, k)  q = v >> k;  q < 16: q ones, a zero, the lowest k bits of v
 *                            else:   16 ones, 6 bits n, then v in n bits
 */
import { LocustError } from "../base/errors.ts";

/** From here on a quotient is not counted out in ones: an outlier takes 75 bits at most. */
const ESCAPE = 16;
const LENGTH_BITS = 6;
/** The largest `k` that anybody may choose: it is written in four bits. */
export const MAX_RICE_PARAMETER = 15;

export class BitWriter {
  readonly #byte: (value: number) => void;
  #bits = 0;
  #free = 8;

  /** `byte` takes each byte that is full. */
  constructor(byte: (value: number) => void) {
    this.#byte = byte;
  }

  rice(value: number, k: number): void {
    const quotient = Math.floor(value / 2 ** k);
    if (quotient < ESCAPE) {
      this.#bitsOf(2 ** (quotient + 1) - 2, quotient + 1);
      this.#bitsOf(value % 2 ** k, k);
      return;
    }
    const length = bitLength(value);
    this.#bitsOf(2 ** ESCAPE - 1, ESCAPE);
    this.#bitsOf(length, LENGTH_BITS);
    if (length > 24) this.#bitsOf(Math.floor(value / 2 ** 24), length - 24);
    this.#bitsOf(value % 2 ** 24, Math.min(length, 24));
  }

  /** Fills the last byte up with zeros. */
  end(): void {
    if (this.#free < 8) this.#bitsOf(0, this.#free);
  }

  #bitsOf(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const taken = Math.min(left, this.#free);
      const part = Math.floor(value / 2 ** (left - taken)) % 2 ** taken;
      this.#bits = (this.#bits << taken) | part;
      this.#free -= taken;
      left -= taken;
      if (this.#free > 0) continue;
      this.#byte(this.#bits);
      this.#bits = 0;
      this.#free = 8;
    }
  }
}

export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number; // in bits

  constructor(bytes: Uint8Array, fromByte: number) {
    this.#bytes = bytes;
    this.#at = fromByte * 8;
  }

  /** Throws a `LocustError` (`bad_stats`) when the bytes end before the number does. */
  rice(k: number): number {
    let quotient = 0;
    while (quotient < ESCAPE && this.#bit() === 1) quotient++;
    if (quotient < ESCAPE) return quotient * 2 ** k + this.#number(k);
    return this.#number(this.#number(LENGTH_BITS));
  }

  /** Whether the rest is less than a byte of zeros. */
  get isAtEnd(): boolean {
    const end = this.#bytes.length * 8;
    if (end - this.#at >= 8) return false;
    while (this.#at < end) if (this.#bit() === 1) return false;
    return true;
  }

  #number(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) value = value * 2 + this.#bit();
    return value;
  }

  #bit(): number {
    const byte = this.#bytes[this.#at >>> 3];
    if (byte === undefined) {
      throw new LocustError("Cannot read the bytes of a histogram: they end in the middle of a number", {
        code: "bad_stats",
      });
    }
    return (byte >>> (7 - (this.#at++ & 7))) & 1;
  }
}

/** The parameter that makes the code of these numbers the shortest. */
export function chooseRiceParameter(values: Float64Array, length: number): number {
  let best = 0;
  let bestBits = Infinity;
  for (let k = 0; k <= MAX_RICE_PARAMETER; k++) {
    let bits = length * (k + 1);
    for (let i = 0; i < length; i++) {
      const quotient = Math.floor(values[i] as number / 2 ** k);
      bits += quotient < ESCAPE ? quotient : ESCAPE + LENGTH_BITS + bitLength(values[i] as number) - k - 1;
    }
    if (bits >= bestBits) continue;
    best = k;
    bestBits = bits;
  }
  return best;
}

function bitLength(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));
}
