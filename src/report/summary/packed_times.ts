/**
 * Packed histograms as the summary needs them: with the upper bound of each bucket, their spread, and the difference of two states of
 * one histogram. Pure.
 */
import { Buffer } from "node:buffer";
import { bucketHighUs, bucketLowUs, bucketMiddleUs } from "../../stats/bucket.ts";
import { Histogram } from "../../stats/histogram.ts";
import {
  BucketRoom,
  createDecodedHistogram,
  type DecodedHistogram,
  decodeHistogram,
  encodeHistogram,
} from "../../stats/packed_histogram.ts";
import type { SummaryHistogram } from "./summary.ts";

export function readTimes(bytes: Uint8Array): DecodedHistogram {
  const decoded = createDecodedHistogram();
  decodeHistogram(bytes, decoded);
  return decoded;
}

/** `[upper bound in µs, count]` of each bucket that is not empty. */
export function listBuckets({ room, from, to }: DecodedHistogram): (readonly [upperBoundUs: number, count: number])[] {
  return Array.from({ length: to - from }, (_, i) => [
    bucketHighUs(room.buckets[from + i] as number),
    room.counts[from + i] as number,
  ]);
}

export function toSummaryHistogram(times: DecodedHistogram): SummaryHistogram {
  const buckets = listBuckets(times);
  return { unit: "us", upperBounds: buckets.map(([bound]) => bound), counts: buckets.map(([, count]) => count) };
}

/** Of the whole population, from the middles of the buckets. */
export function standardDeviationMs({ room, from, to, count, sumUs }: DecodedHistogram): number | null {
  if (count === 0) return null;
  const mean = sumUs / count;
  let squares = 0;
  for (let i = from; i < to; i++) {
    squares += (room.counts[i] as number) * (bucketMiddleUs(room.buckets[i] as number) - mean) ** 2;
  }
  return Math.sqrt(squares / count) / 1000;
}

/**
 * What `later` holds and `earlier`, a state of the same histogram before it, does not. Count and sum are exact. Minimum and maximum
 * are those of the run where its own lie in the outermost buckets, else the bounds of these buckets.
 */
export function subtractTimes(later: Uint8Array, earlier: Uint8Array): Histogram {
  const [a, b] = [readTimes(later), readTimes(earlier)];
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

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
