/** The difference of two states of one histogram: what was recorded between them. Pure. */
import { bucketHighUs, bucketLowUs } from "./bucket.ts";
import { Histogram } from "./histogram.ts";
import { BucketRoom, createDecodedHistogram, decodeHistogram, encodeHistogram } from "./packed_histogram.ts";

/**
 * What `later` holds and `earlier`, a state of the same histogram before it, does not. Count and sum are exact. Minimum and maximum
 * are those of the run where its own lie in the outermost buckets, else the bounds of these buckets.
 */
export function subtractTimes(later: Uint8Array, earlier: Uint8Array): Histogram {
  const [a, b] = [createDecodedHistogram(), createDecodedHistogram()];
  decodeHistogram(later, a);
  decodeHistogram(earlier, b);
  const before = new Map<number, number>();
  for (let i = b.from; i < b.to; i++) before.set(b.room.buckets[i] as number, b.room.counts[i] as number);
  const rest = new BucketRoom();
  for (let i = a.from; i < a.to; i++) {
    const bucket = a.room.buckets[i] as number;
    const count = (a.room.counts[i] as number) - (before.get(bucket) ?? 0);
    if (count > 0) rest.push(bucket, count);
  }
  if (rest.length === 0) return new Histogram();
  const summary = {
    clamped: Math.max(0, a.clamped - b.clamped),
    sumUs: Math.max(0, a.sumUs - b.sumUs),
    minUs: Math.max(a.minUs, bucketLowUs(rest.buckets[0] as number)),
    maxUs: Math.min(a.maxUs, bucketHighUs(rest.buckets[rest.length - 1] as number)),
  };
  return Histogram.unpack(encodeHistogram(summary, rest));
}
