/**
 * The filled buckets of a histogram as bits: in one of two codes; the writer takes the shorter one. The first bucket
 * and the last are known from minimum and maximum. `c` is a count, `gap` the number of empty buckets before a filled
 * one.
 *
 *   pairs      rice(c - 1, KC) of the first; of each further one rice(gap, KG), rice(c - 1, KC). Right for few values.
 *   densities  rice(c - 1, 0) of the first; then, up to the last bucket, as the density S (256 times the count that is expected in
 *              the next bucket) says. All divisions are whole, `len` is the number of binary digits, cap(c) = min(c, 2^20):
 *
 *     first              S = cap(c) * 256 >> 1
 *     S < 128            rice(gap, max(0, len(320 / max(S, 1)) - 1)), rice(c - 1, 0);  S += (cap(c) * 256 / (gap + 1) - S) >> 1
 *     128 <= S < 768     rice(c, S < 384 ? 0 : 1), also of an empty bucket;            S += (cap(c) * 256 - S) >> 3
 *     S >= 768           p = (S + 51) >> 8, d = c - p; rice(z, (len(S / 224) + 1) >> 1), also of an empty bucket;  S as above
 *                        z = d > 0 ? 2d - 1 : -2d where |d| <= p, else c
 *
 *   Neighbours have similar counts: a Rice parameter that follows them is within a tenth of what any code could do where a
 *   bucket holds a few values.
 */
import { BitCounter, type BitReader, chooseRiceParameter, type RiceSink } from "./bit_stream.ts";
import { BUCKET_COUNT } from "./bucket.ts";
import { malformedBytes } from "./malformed_bytes.ts";

/** Filled buckets in ascending order. The arrays are `length` long, or longer. */
export interface FilledBuckets {
  readonly length: number;
  readonly buckets: Uint16Array;
  readonly counts: Float64Array;
}

/** The parameter byte: `KG KC` for pairs; KG = 15, which no gap on the scale needs, for densities. */
export const DENSITIES = 0xf0;
const MAX_GAP_PARAMETER = 14;

const FIXED_POINT = 256;
const COUNT_CAP = 2 ** 20;
const SPARSE_BELOW = 128;
const PREDICTED_FROM = 768;

const gaps = new Float64Array(BUCKET_COUNT);
const surplus = new Float64Array(BUCKET_COUNT); // count - 1

/** The parameter byte of the shorter code. */
export function chooseBucketCode(filled: FilledBuckets): number {
  const { length, buckets, counts } = filled;
  for (let i = 0; i < length; i++) {
    surplus[i] = (counts[i] as number) - 1;
    if (i > 0) gaps[i - 1] = (buckets[i] as number) - (buckets[i - 1] as number) - 1;
  }
  const pairs = (chooseRiceParameter(gaps, length - 1, MAX_GAP_PARAMETER) << 4) | chooseRiceParameter(surplus, length);
  return countBits(filled, DENSITIES) < countBits(filled, pairs) ? DENSITIES : pairs;
}

export function writeBuckets(filled: FilledBuckets, parameters: number, sink: RiceSink): void {
  if (parameters >= DENSITIES) writeDensities(filled, sink);
  else writePairs(filled, parameters, sink);
}

/** Reads exactly `length` filled buckets from `first` to `last` into the arrays, from `at` on. Returns the sum of the counts. */
export function readBuckets(
  bits: BitReader,
  parameters: number,
  range: { readonly first: number; readonly last: number; readonly length: number },
  target: { readonly buckets: Uint16Array; readonly counts: Float64Array; readonly at: number },
): number {
  return parameters >= DENSITIES ? readDensities(bits, range, target) : readPairs(bits, parameters, range, target);
}

function countBits(filled: FilledBuckets, parameters: number): number {
  const counter = new BitCounter();
  writeBuckets(filled, parameters, counter);
  return counter.bits;
}

function writePairs({ length, buckets, counts }: FilledBuckets, parameters: number, sink: RiceSink): void {
  for (let i = 0; i < length; i++) {
    if (i > 0) sink.rice((buckets[i] as number) - (buckets[i - 1] as number) - 1, parameters >>> 4);
    sink.rice((counts[i] as number) - 1, parameters & 15);
  }
}

function readPairs(
  bits: BitReader,
  parameters: number,
  { first, last, length }: { readonly first: number; readonly last: number; readonly length: number },
  { buckets, counts, at }: { readonly buckets: Uint16Array; readonly counts: Float64Array; readonly at: number },
): number {
  const gapParameter = parameters >>> 4;
  const countParameter = parameters & 15;
  let sum = 0;
  let bucket = first;
  for (let i = at; i < at + length; i++) {
    if (i > at) bucket += bits.rice(gapParameter) + 1;
    if (bucket > last) throw malformedBytes("a bucket is behind the one of the maximum");
    const count = bits.rice(countParameter) + 1;
    buckets[i] = bucket;
    counts[i] = count;
    sum += count;
  }
  if (bucket !== last) throw malformedBytes("the maximum is outside of the last bucket");
  return sum;
}

function writeDensities({ length, buckets, counts }: FilledBuckets, sink: RiceSink): void {
  let count = counts[0] as number;
  sink.rice(count - 1, 0);
  let density = capped(count) >> 1;
  let next = (buckets[0] as number) + 1;
  for (let i = 1; i < length;) {
    const gap = (buckets[i] as number) - next;
    if (density < SPARSE_BELOW) {
      count = counts[i++] as number;
      sink.rice(gap, gapParameterOf(density));
      sink.rice(count - 1, 0);
      density += (spread(count, gap) - density) >> 1;
      next += gap + 1;
      continue;
    }
    count = gap === 0 ? counts[i++] as number : 0;
    if (density < PREDICTED_FROM) sink.rice(count, plainParameterOf(density));
    else sink.rice(foldDeviation(count, predict(density)), deviationParameterOf(density));
    density += (capped(count) - density) >> 3;
    next++;
  }
}

function readDensities(
  bits: BitReader,
  { first, last, length }: { readonly first: number; readonly last: number; readonly length: number },
  { buckets, counts, at }: { readonly buckets: Uint16Array; readonly counts: Float64Array; readonly at: number },
): number {
  const end = at + length;
  let count = bits.rice(0) + 1;
  let sum = count;
  let i = at;
  buckets[i] = first;
  counts[i++] = count;
  let density = capped(count) >> 1;
  for (let next = first + 1; next <= last; next++) {
    if (density < SPARSE_BELOW) {
      const gap = bits.rice(gapParameterOf(density));
      count = bits.rice(0) + 1;
      density += (spread(count, gap) - density) >> 1;
      next += gap;
      if (next > last) throw malformedBytes("a bucket is behind the one of the maximum");
    } else {
      count = density < PREDICTED_FROM
        ? bits.rice(plainParameterOf(density))
        : unfoldDeviation(bits.rice(deviationParameterOf(density)), predict(density));
      density += (capped(count) - density) >> 3;
      if (count === 0) continue;
    }
    if (i === end) throw malformedBytes("there are more filled buckets than announced");
    buckets[i] = next;
    counts[i++] = count;
    sum += count;
  }
  if (i !== end) throw malformedBytes("there are fewer filled buckets than announced");
  if (buckets[i - 1] !== last) throw malformedBytes("the maximum is outside of the last bucket");
  return sum;
}

function capped(count: number): number {
  return count < COUNT_CAP ? count * FIXED_POINT : COUNT_CAP * FIXED_POINT;
}

/** The density of a filled bucket and the empty ones before it. */
function spread(count: number, gap: number): number {
  return gap === 0 ? capped(count) : Math.floor(capped(count) / (gap + 1));
}

function gapParameterOf(density: number): number {
  return Math.max(0, digits(320 / Math.max(density, 1)) - 1);
}

function plainParameterOf(density: number): number {
  return density < 384 ? 0 : 1;
}

function deviationParameterOf(density: number): number {
  return (digits(density / 224) + 1) >> 1;
}

function predict(density: number): number {
  return (density + 51) >> 8;
}

/** 0, 1, 2 … for expected, one more, one fewer …; where fewer is impossible, each further one more. */
function foldDeviation(count: number, expected: number): number {
  const deviation = count - expected;
  if (deviation > expected) return count;
  return deviation > 0 ? 2 * deviation - 1 : -2 * deviation;
}

function unfoldDeviation(folded: number, expected: number): number {
  if (folded > 2 * expected) return folded;
  return expected + ((folded & 1) === 1 ? (folded + 1) >>> 1 : -(folded >>> 1));
}

function digits(value: number): number {
  return 32 - Math.clz32(value);
}
