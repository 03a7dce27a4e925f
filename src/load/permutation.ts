/**
 * A pseudo-random permutation of the numbers below a size, one number at a time: an order of a billion rows without a
 * list of them. A Feistel network over the next power of four, walked until the number is below the size. Pure.
 *
 * Source: Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (CT-RSA 2002), cycle walking; the mixing is
 * MurmurHash3's finalizer.
 */

const ROUNDS = 6;

/**
 * Where `index` (0 … size - 1) goes. Equal keys give equal orders. `size`: at most 2^48, two halves of 24 bits; no file
 * has as many rows.
 */
export function permute(index: number, size: number, key: number): number {
  if (size <= 1) return 0;
  const halfBits = Math.max(1, Math.ceil(Math.log2(size) / 2));
  const half = 2 ** halfBits;
  let number = index;
  do number = encrypt(number, half, key); while (number >= size); // at most four times the size are looked at, so that this ends soon
  return number;
}

function encrypt(number: number, half: number, key: number): number {
  let left = Math.floor(number / half);
  let right = number % half;
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = mix(right ^ Math.imul(key + round * 0x9e3779b1 | 0, 0x85ebca6b)) & (half - 1);
    [left, right] = [right, left ^ mixed];
  }
  return left * half + right;
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
