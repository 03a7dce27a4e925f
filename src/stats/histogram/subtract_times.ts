/** The difference of two states of one histogram: what was recorded between them. Pure. */
import { BUCKET_COUNT, bucketHighUs, bucketLowUs } from "./bucket.ts";
import { Histogram } from "./histogram.ts";
import { BucketRoom, createDecodedHistogram, decodeHistogram, encodeHistogram } from "./packed_histogram.ts";

/** Shared: subtracting is synchronous and never nested. */
const [a, b] = [createDecodedHistogram(), createDecodedHistogram()];
const rest = new BucketRoom();

/**
 * What `later` holds and `earlier`, a state of the same histogram before it, does not. Count and sum are exact. Minimum
 * and maximum are those of the run where its own lie in the outermost buckets, else the bounds of these buckets.
 */
export function subtractTimes(later: Uint8Array, earlier: Uint8Array): Histogram {
  return Histogram.unpack(subtractPacked(later, earlier));
}

/** The same as bytes. */
export function subtractPacked(later: Uint8Array, earlier: Uint8Array): Uint8Array {
  for (const decoded of [a, b]) decoded.room.clear();
  decodeHistogram(later, a);
  decodeHistogram(earlier, b);
  rest.clear();
  let at = b.from;
  for (let i = a.from; i < a.to; i++) {
    const bucket = a.room.buckets[i] as number;
    while (at < b.to && (b.room.buckets[at] as number) < bucket) at++;
    const isInBoth = at < b.to && b.room.buckets[at] === bucket;
    const count = (a.room.counts[i] as number) - (isInBoth ? b.room.counts[at] as number : 0);
    if (count > 0) rest.push(bucket, count);
  }
  if (rest.length === 0) return new Uint8Array(0);
  const summary = {
    clamped: Math.max(0, a.clamped - b.clamped),
    sumUs: Math.max(0, a.sumUs - b.sumUs),
    minUs: Math.max(a.minUs, bucketLowUs(rest.buckets[0] as number)),
    maxUs: Math.min(a.maxUs, highestIn(rest.buckets[rest.length - 1] as number)),
  };
  return encodeHistogram(summary, rest);
}

/** The last bucket has everything that is beyond the scale, too. */
function highestIn(bucket: number): number {
  return bucket === BUCKET_COUNT - 1 ? Infinity : bucketHighUs(bucket);
}
