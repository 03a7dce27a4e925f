/**
 * Packed histograms as the summary needs them: with the upper bound of each bucket, and their spread. Pure.
 */
import { Buffer } from "node:buffer";
import { bucketHighUs, bucketMiddleUs } from "../../stats/histogram/bucket.ts";
import {
  createDecodedHistogram,
  type DecodedHistogram,
  decodeHistogram,
} from "../../stats/histogram/packed_histogram.ts";
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

/**
 * Of the whole population, from the middles of the buckets, within minimum and maximum as percentiles are: equal values have none. Null where there is no
 * value, and where values beyond the scale are anywhere between its end and the maximum.
 */
export function standardDeviationMs(
  { room, from, to, count, clamped, sumUs, minUs, maxUs }: DecodedHistogram,
): number | null {
  if (count === 0 || (clamped > 0 && minUs < maxUs)) return null;
  const mean = sumUs / count;
  let squares = 0;
  for (let i = from; i < to; i++) {
    const us = Math.min(Math.max(bucketMiddleUs(room.buckets[i] as number), minUs), maxUs);
    squares += (room.counts[i] as number) * (us - mean) ** 2;
  }
  return Math.sqrt(squares / count) / 1000;
}

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
