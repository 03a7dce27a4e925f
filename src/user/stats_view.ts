/**
 * `environment.stats` as a locustfile reads it: the latest snapshot of the run under Locust's names in camelCase, so that a
 * threshold is one comparison (`stats.total.failRatio > 0.01`). Before the first second everything is there and 0. Read-only;
 * a view of one snapshot never changes.
 */
import { describeKind } from "../base/given_text.ts";
import type { CheckSnapshot, MetricSnapshot, TransactionSnapshot } from "../protocol/measures_message.ts";
import type { EntrySnapshot, FailureSnapshot, SnapshotMessage } from "../protocol/snapshot_message.ts";
import { percentileMs } from "../stats/histogram/percentile.ts";

/** One row. Times are milliseconds; what was never measured is 0. */
export interface EntryView {
  readonly method: string;
  readonly name: string;
  readonly numRequests: number;
  readonly numFailures: number;
  /** Requests that were counted without a time. */
  readonly numNoneRequests: number;
  /** 0 … 1; 0 without requests. */
  readonly failRatio: number;
  readonly avgResponseTime: number;
  readonly medianResponseTime: number;
  readonly minResponseTime: number;
  readonly maxResponseTime: number;
  /** Milliseconds of all requests together. */
  readonly totalResponseTime: number;
  readonly avgContentLength: number;
  /** Bytes of all responses together. */
  readonly totalContentLength: number;
  /** Requests per second, mean of the last 10 s. */
  readonly currentRps: number;
  readonly currentFailPerSec: number;
  /** Requests per second over the whole run. */
  readonly totalRps: number;
  readonly totalFailPerSec: number;
  /** Seconds since the Unix epoch; 0 before the first request. */
  readonly startTime: number;
  /** Seconds since the Unix epoch; undefined before the first request. */
  readonly lastRequestTimestamp: number | undefined;
  /**
   * The response time that the fraction `percent` (0 … 1) of the requests did not exceed: any fraction, by nearest rank, within 0.4 %.
   * 0 is the minimum, 1 the maximum.
   */
  getResponseTimePercentile(percent: number): number;
  /** The same of the last 10 s. */
  getCurrentResponseTimePercentile(percent: number): number;
}

export interface StatsView {
  /** All rows together. */
  readonly total: EntryView;
  /** The rows, sorted by name, then method. */
  readonly entries: readonly EntryView[];
  readonly errors: readonly FailureSnapshot[];
  /** Checks, metrics and transactions, each by name; empty where there are none. */
  readonly checks: readonly CheckSnapshot[];
  readonly metrics: readonly MetricSnapshot[];
  readonly transactions: readonly TransactionSnapshot[];
  readonly numRequests: number;
  readonly numFailures: number;
  /** A row; one with zeros if nothing was recorded under this name and method. */
  get(name: string, method: string): EntryView;
  /** The reading behind the view, with everything that reports show; undefined before the first second. */
  readonly snapshot: SnapshotMessage | undefined;
}

/** A view of a snapshot, or of nothing yet. */
export function viewStats(snapshot: SnapshotMessage | undefined): StatsView {
  const total = viewEntry(snapshot?.total, "Aggregated", "");
  return {
    total,
    entries: (snapshot?.entries ?? []).map((entry) => viewEntry(entry, entry.name, entry.method)),
    errors: snapshot?.failures ?? [],
    checks: snapshot?.measures?.checks ?? [],
    metrics: snapshot?.measures?.metrics ?? [],
    transactions: snapshot?.measures?.transactions ?? [],
    numRequests: total.numRequests,
    numFailures: total.numFailures,
    get: (name, method) =>
      viewEntry(snapshot?.entries.find((entry) => entry.name === name && entry.method === method), name, method),
    snapshot,
  };
}

/** What a thread shows, and the control thread before the first second. */
export const EMPTY_STATS: StatsView = viewStats(undefined);

function viewEntry(entry: EntrySnapshot | undefined, name: string, method: string): EntryView {
  const requests = entry?.requests ?? 0;
  const failures = entry?.failures ?? 0;
  return {
    method,
    name,
    numRequests: requests,
    numFailures: failures,
    numNoneRequests: entry?.untimed ?? 0,
    failRatio: requests === 0 ? 0 : failures / requests,
    avgResponseTime: entry?.meanMs ?? 0,
    medianResponseTime: entry?.medianMs ?? 0,
    minResponseTime: entry?.minMs ?? 0,
    maxResponseTime: entry?.maxMs ?? 0,
    totalResponseTime: entry?.sumMs ?? 0,
    totalContentLength: entry?.bytes ?? 0,
    avgContentLength: requests === 0 ? 0 : (entry?.bytes ?? 0) / requests,
    currentRps: entry?.currentPerSecond ?? 0,
    currentFailPerSec: entry?.currentFailuresPerSecond ?? 0,
    totalRps: entry?.totalPerSecond ?? 0,
    totalFailPerSec: entry?.totalFailuresPerSecond ?? 0,
    startTime: (entry?.startWallMs ?? 0) / 1000,
    lastRequestTimestamp: entry?.lastWallMs === undefined || entry.lastWallMs === null
      ? undefined
      : entry.lastWallMs / 1000,
    getResponseTimePercentile: (percent) => percentileOf(entry?.times, percent),
    getCurrentResponseTimePercentile: (percent) => percentileOf(entry?.windowTimes, percent),
  };
}

/** By nearest rank, from the whole histogram; 0 where nothing was timed. */
function percentileOf(times: Uint8Array | undefined, percent: number): number {
  if (typeof percent !== "number" || !(percent >= 0 && percent <= 1)) {
    throw new RangeError(
      `Cannot give the percentile ${describeKind(percent)}: it is not a fraction; pass 0.95 for the 95th percentile`,
    );
  }
  return times === undefined ? 0 : percentileMs(times, percent) ?? 0;
}
