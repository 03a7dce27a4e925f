/** The response times of a row over the last ten seconds, for exporters that write gauges. Pure. */
import { type EntrySnapshot, REPORTED_PERCENTILES } from "../../protocol/snapshot_message.ts";
import { createDecodedHistogram, decodeHistogram } from "../../stats/histogram/packed_histogram.ts";

/** In milliseconds; null where nothing was timed. */
export interface WindowTimes {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly mean: number | null;
}

export function toWindowTimes({ windowPercentilesMs, windowTimes }: EntrySnapshot): WindowTimes {
  const percentile = (fraction: typeof REPORTED_PERCENTILES[number]) =>
    windowPercentilesMs[REPORTED_PERCENTILES.indexOf(fraction)] ?? null;
  return {
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    mean: windowTimes === undefined ? null : readMeanMs(windowTimes),
  };
}

/** Shared: reading is synchronous and never nested. */
const decoded = createDecodedHistogram();

function readMeanMs(packed: Uint8Array): number | null {
  decoded.room.clear();
  decodeHistogram(packed, decoded);
  return decoded.count === 0 ? null : decoded.sumUs / decoded.count / 1000;
}
