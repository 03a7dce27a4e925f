/**
 * The response-time histogram as exporters write it: how many requests took at most each of some bounds. One bucket of
 * our histogram is at most 0.8 % wide and is counted as a whole, by its middle. So a count depends on nothing but the
 * buckets and never goes back.
 */
import { bucketMiddleUs } from "../../stats/histogram/bucket.ts";
import { BucketRoom, createDecodedHistogram, decodeHistogram } from "../../stats/histogram/packed_histogram.ts";

/** In seconds: from a target on the same machine to a client's usual time limit. Without the last one, infinity. */
export const BOUNDS_SECONDS: readonly number[] = [
  0.0005,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.075,
  0.1,
  0.2,
  0.25,
  0.3,
  0.5,
  0.75,
  1,
  2.5,
  5,
  7.5,
  10,
  30,
  60,
];

export interface TimeBuckets {
  /** Of each bound, how many requests were above the one before and not above it; the last is of infinity. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
  /** Null where there is none. */
  readonly minSeconds: number | null;
  readonly maxSeconds: number | null;
}

/** The index of the bucket that a time itself belongs to; that of infinity is the number of bounds. */
export function timeBucketOf(seconds: number): number {
  const at = BOUNDS_SECONDS.findIndex((bound) => seconds <= bound);
  return at < 0 ? BOUNDS_SECONDS.length : at;
}

/** Shared room for reading bytes: synchronous and never nested. */
const room = new BucketRoom();
const decoded = createDecodedHistogram(room);

/** Throws a `LocustError` (`bad_stats`) if the bytes are no histogram. */
export function countTimes(packed: Uint8Array): TimeBuckets {
  room.clear();
  decodeHistogram(packed, decoded);
  const counts = new Array<number>(BOUNDS_SECONDS.length + 1).fill(0);
  let at = 0;
  for (let i = decoded.from; i < decoded.to; i++) {
    const seconds = bucketMiddleUs(room.buckets[i] as number) / 1e6;
    while (at < BOUNDS_SECONDS.length && seconds > (BOUNDS_SECONDS[at] as number)) at++;
    counts[at] = (counts[at] as number) + (room.counts[i] as number);
  }
  const hasAny = decoded.count > 0;
  return {
    counts,
    count: decoded.count,
    sumSeconds: decoded.sumUs / 1e6,
    minSeconds: hasAny ? decoded.minUs / 1e6 : null,
    maxSeconds: hasAny ? decoded.maxUs / 1e6 : null,
  };
}
