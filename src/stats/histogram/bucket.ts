/**
 * The log-linear scale that every histogram shares: from a duration to its bucket and back. Pure arithmetic, no state.
 *
 *   0 … 255 µs          one bucket per microsecond                        (exact)
 *   2^e … 2^(e+1)-1 µs  128 buckets of 2^(e-7) µs each, for e = 8 … 31    (width / value <= 1/128)
 *
 * The middle of a bucket is at most 1/256 (0.4 %) away from any value in it.
 */

/** Longest duration that has a bucket of its own: one hour. Longer ones are counted in this one's bucket. */
export const MAX_DURATION_US = 3_600_000_000;

/** 2^7 buckets per octave. */
export const SUB_BUCKET_BITS = 7;
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS;

/** The bucket of a whole number of microseconds from 0 to `MAX_DURATION_US`. */
export function bucketOf(us: number): number {
  if (us < 2 * SUB_BUCKETS) return us;
  const shift = 31 - SUB_BUCKET_BITS - Math.clz32(us);
  return (shift << SUB_BUCKET_BITS) + (us >>> shift);
}

/** Number of buckets on the whole scale. */
export const BUCKET_COUNT = bucketOf(MAX_DURATION_US) + 1;

/** Smallest value of a bucket, in µs. */
export function bucketLowUs(bucket: number): number {
  if (bucket < 2 * SUB_BUCKETS) return bucket;
  const shift = (bucket >>> SUB_BUCKET_BITS) - 1;
  return ((bucket & (SUB_BUCKETS - 1)) + SUB_BUCKETS) * 2 ** shift;
}

/** The value that stands for all values of a bucket: the middle of its whole microseconds. */
export function bucketMiddleUs(bucket: number): number {
  if (bucket < 2 * SUB_BUCKETS) return bucket;
  const width = 2 ** ((bucket >>> SUB_BUCKET_BITS) - 1);
  return bucketLowUs(bucket) + (width - 1) / 2;
}

/** Largest whole value of a bucket, in µs. */
export function bucketHighUs(bucket: number): number {
  return bucketLowUs(bucket + 1) - 1;
}
