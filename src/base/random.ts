/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey's small fast counter generator, PractRand), seeded through
 * splitmix32 so that neighbouring seeds and streams have nothing in common.
 * One stream per user: the same `--seed` gives user 17 the same choices whatever thread or worker it runs on.
 */

/** What a user's `this.random` offers. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** One of the items, each as likely. Throws a RangeError on an empty list. */
  choice<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** `length` characters out of a–z and 0–9. */
  string(length: number): string;
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

class Sfc32 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream: number) {
    const next = splitmix32((seed ^ Math.imul(stream + 1, 0x9e3779b1)) >>> 0, Math.floor(seed / 2 ** 32) >>> 0);
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let i = 0; i < 12; i++) this.#next();
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }

  float(): number {
    // 53 bits, as a double holds: 27 high and 26 low ones.
    return ((this.#next() >>> 5) * 67108864 + (this.#next() >>> 6)) / 9007199254740992;
  }

  integer(min: number, max: number): number {
    const low = Math.ceil(min);
    const high = Math.floor(max);
    if (!(low <= high)) throw new RangeError(`Cannot draw a whole number from ${min} to ${max}: the range is empty`);
    return low + Math.floor(this.float() * (high - low + 1));
  }

  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("Cannot choose from an empty list");
    return items[Math.floor(this.float() * items.length)] as T;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = Math.floor(this.float() * (i + 1));
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  }

  string(length: number): string {
    let text = "";
    for (let i = 0; i < length; i++) text += ALPHABET[Math.floor(this.float() * ALPHABET.length)];
    return text;
  }
}

function splitmix32(low: number, high: number): () => number {
  let state = (low ^ Math.imul(high, 0x85ebca6b)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
}

/** The `stream`-th independent generator of a seed. Equal arguments give equal numbers, on every runtime. */
export function createRandom(seed: number, stream = 0): Random {
  return new Sfc32(seed, stream);
}

/** A seed out of random hexadecimal digits, as `createId` of the composition root gives them. */
export function seedFromId(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16);
}
