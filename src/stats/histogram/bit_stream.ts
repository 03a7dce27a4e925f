/**
 * Numbers as bits, the highest bit of a byte first, in Golomb-Rice code: a code for numbers that are mostly small,
 * as the gaps and counts of a histogram are.
 *
 *   rice(v, k)  q = v >> k;  q < 16: q ones, a zero, the lowest k bits of v
 *                            else:   16 ones, 6 bits n, then v in n bits
 */
import { malformedBytes } from "./malformed_bytes.ts";

/** From here on a quotient is not counted out in ones: an outlier takes 75 bits at most. */
const ESCAPE = 16;
const LENGTH_BITS = 6;
/** The largest `k`: it is written in four bits. */
const MAX_RICE_PARAMETER = 15;

/** Takes numbers in Rice code. */
export interface RiceSink {
  rice(value: number, k: number): void;
}

export class BitWriter implements RiceSink {
  readonly #byte: (value: number) => void;
  /** The last `#held` bits, fewer than eight, are not written yet. */
  #bits = 0;
  #held = 0;

  /** `byte` takes each byte that is full. */
  constructor(byte: (value: number) => void) {
    this.#byte = byte;
  }

  rice(value: number, k: number): void {
    const quotient = Math.floor(value / 2 ** k);
    if (quotient < ESCAPE) {
      this.#append((1 << (quotient + 1)) - 2, quotient + 1);
      this.#append(value % 2 ** k, k);
      return;
    }
    const length = bitLength(value);
    this.#append((1 << ESCAPE) - 1, ESCAPE);
    this.#append(length, LENGTH_BITS);
    if (length > 48) this.#append(Math.floor(value / 2 ** 48), length - 48);
    if (length > 24) this.#append(Math.floor(value / 2 ** 24) % 2 ** 24, Math.min(length, 48) - 24);
    this.#append(value % 2 ** 24, Math.min(length, 24));
  }

  /** Fills the last byte up with zeros. */
  end(): void {
    if (this.#held > 0) this.#append(0, 8 - this.#held);
  }

  /** At most 24 bits. */
  #append(value: number, count: number): void {
    this.#bits = ((this.#bits << count) | value) & 0x7fffffff;
    this.#held += count;
    while (this.#held >= 8) {
      this.#held -= 8;
      this.#byte((this.#bits >>> this.#held) & 255);
    }
  }
}

/** How many bits a `BitWriter` would write. */
export class BitCounter implements RiceSink {
  bits = 0;

  rice(value: number, k: number): void {
    this.bits += riceBits(value, k);
  }
}

export class BitReader {
  readonly #bytes: Uint8Array;
  /** The next byte to take, and the bits that were taken and not used: the `#have` highest of `#window`. */
  #at: number;
  #window = 0;
  #have = 0;

  constructor(bytes: Uint8Array, fromByte: number) {
    this.#bytes = bytes;
    this.#at = fromByte;
  }

  /** Throws a `LocustError` (`bad_stats`) when the bytes end before the number does. */
  rice(k: number): number {
    if (this.#have < ESCAPE) this.#refill();
    const ones = Math.clz32(~this.#window);
    if (ones >= ESCAPE) return this.#outlier();
    this.#skip(ones + 1);
    return ones * 2 ** k + this.#number(k);
  }

  /** Bits that have not been read. */
  get bitsLeft(): number {
    return (this.#bytes.length - this.#at) * 8 + this.#have;
  }

  /** Whether the rest is less than a byte of zeros. */
  get isAtEnd(): boolean {
    return this.bitsLeft < 8 && this.#window === 0;
  }

  #outlier(): number {
    this.#skip(ESCAPE);
    const length = this.#number(LENGTH_BITS);
    let value = 0;
    for (let left = length; left > 0; left -= 16) {
      value = value * 2 ** Math.min(left, 16) + this.#number(Math.min(left, 16));
    }
    return value;
  }

  /** At most 24 bits. */
  #number(bits: number): number {
    if (bits === 0) return 0;
    if (this.#have < bits) this.#refill();
    const value = this.#window >>> (32 - bits);
    this.#skip(bits);
    return value;
  }

  #skip(bits: number): void {
    if (bits > this.#have) throw malformedBytes("they end in the middle of a number");
    this.#have -= bits;
    this.#window <<= bits;
  }

  /** At least 25 bits, if there are so many. */
  #refill(): void {
    while (this.#have <= 24 && this.#at < this.#bytes.length) {
      this.#window |= (this.#bytes[this.#at++] as number) << (24 - this.#have);
      this.#have += 8;
    }
  }
}

/** The parameter that makes the code of these numbers the shortest, up to `most`. */
export function chooseRiceParameter(values: Float64Array, length: number, most: number = MAX_RICE_PARAMETER): number {
  let best = 0;
  let bestBits = Infinity;
  let largest = 0;
  for (let i = 0; i < length; i++) if ((values[i] as number) > largest) largest = values[i] as number;
  for (let k = 0; k <= Math.min(most, bitLength(largest)); k++) {
    let bits = 0;
    for (let i = 0; i < length; i++) bits += riceBits(values[i] as number, k);
    if (bits >= bestBits) continue;
    best = k;
    bestBits = bits;
  }
  return best;
}

function riceBits(value: number, k: number): number {
  const quotient = Math.floor(value / 2 ** k);
  return quotient < ESCAPE ? quotient + 1 + k : ESCAPE + LENGTH_BITS + bitLength(value);
}

function bitLength(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));
}
