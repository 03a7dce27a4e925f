/**
 * The run as exporters see it, folded from its events: the last snapshot, and counts that go up from the start of the
 * run to its end. A reset of the statistics sets the snapshot to zero and not these counts; a new run sets them to
 * zero. Pure.
 */
import type { RunEvent, TracedRequest } from "../../master/run_event.ts";
import { NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type {
  ClassArrivals,
  EntrySnapshot,
  FailureSnapshot,
  SnapshotMessage,
  SplitSnapshot,
} from "../../protocol/snapshot_message.ts";
import type { MeasuresSnapshot } from "../../protocol/measures_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { OTHER_FAILURES } from "../../stats/groups/failure_groups.ts";
import { NO_COUNTS } from "../../stats/ledger/no_counts.ts";
import type { FailedTimesDelta } from "../../protocol/delta_message.ts";
import { MAX_FAILED_TIMES, OTHER_ERROR } from "../../stats/recording/failed_times.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";
import { subtractTimes } from "../../stats/histogram/subtract_times.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import { addEarlier, type EarlierArrivals, keepArrivals } from "./counted_arrivals.ts";
import {
  addEarlierRows,
  addRows,
  addTimes,
  type CountedRow,
  type EarlierRows,
  keepRows,
  keyOf,
  NO_TIMES,
  toCountedRow,
} from "./counted_rows.ts";
import { successorOf } from "../../stats/groups/url_names.ts";
import { addMeasures } from "./exported_measures.ts";
import { addEarlierSplits, type CountedSplit, type EarlierSplits, keepSplits } from "./exported_splits.ts";
import { timeBucketOf } from "./time_buckets.ts";

export type CountedFailure = Pick<FailureSnapshot, "method" | "name" | "text" | "count">;

/** What was counted before the last reset of the statistics. */
interface EarlierCounts {
  readonly total: CountedRow;
  readonly rows: EarlierRows;
  readonly splits: EarlierSplits;
  readonly failures: ReadonlyMap<string, CountedFailure>;
  readonly arrivals: EarlierArrivals;
  readonly measures: MeasuresSnapshot | undefined;
}

export interface ExportedRun {
  readonly started: Extract<RunEvent, { kind: "runStarted" }> | undefined;
  readonly snapshot: SnapshotMessage | undefined;
  readonly thresholds: readonly ThresholdStatus[];
  /** Once the run has ended. */
  readonly verdict: RunVerdict | undefined;
  readonly earlier: EarlierCounts | undefined;
  /** By the key of a row. A new map with each change. */
  readonly traced: ReadonlyMap<string, TracedRow>;
  /** Times of failed requests since the start of the run, by row and type of the error. A new map with each change. */
  readonly failed: ReadonlyMap<string, FailedTimesDelta>;
}

/** The last traced request of each bucket of the exported histogram, by the bucket's index: a failed one before a success. */
export type TracedRow = ReadonlyMap<number, TracedRequest>;

export const NO_EXPORTED_RUN: ExportedRun = {
  started: undefined,
  snapshot: undefined,
  thresholds: [],
  verdict: undefined,
  earlier: undefined,
  traced: new Map(),
  failed: new Map(),
};

/** Failure groups over all resets together; a ledger has 500 at a time. */
const MAX_FAILURE_GROUPS = 1000;

export function foldExportedRun(run: ExportedRun, event: RunEvent): ExportedRun {
  switch (event.kind) {
    case "runStarted":
      return { ...NO_EXPORTED_RUN, started: event };
    case "ticked":
      return { ...run, snapshot: event.snapshot, thresholds: event.thresholds ?? [] };
    case "traced":
      return { ...run, traced: addTraced(run.traced, event.requests) };
    case "failuresTimed":
      return { ...run, failed: addFailed(run.failed, event.groups) };
    case "statsReset": {
      const gone = event.snapshot ?? run.snapshot;
      if (gone === undefined) return run;
      const last = { ...run, snapshot: gone };
      return { ...run, snapshot: withoutCounts(gone), earlier: keepCounts(last) };
    }
    case "runEnded":
      return {
        ...run,
        snapshot: event.snapshot,
        thresholds: event.thresholds ?? [],
        verdict: event.verdict,
      };
    default:
      return run;
  }
}

/** The traced requests of a row. */
export function tracedOf({ traced }: ExportedRun, row: Pick<CountedRow, "method" | "name">): TracedRow {
  return traced.get(keyOf(row)) ?? NO_TRACED;
}

/** The traced requests of all rows together. */
export function tracedOfAll({ traced }: ExportedRun): TracedRow {
  const all = new Map<number, TracedRequest>();
  for (const row of traced.values()) for (const [bucket, request] of row) keepTraced(all, bucket, request);
  return all;
}

/** Every row since the start of the run, in the order of the snapshot. */
export function countedRows({ snapshot, earlier }: ExportedRun): readonly CountedRow[] {
  return addEarlierRows(earlier?.rows, snapshot?.entries ?? []);
}

/** Requests by the values of their tags since the start of the run. */
export function countedSplits({ snapshot, earlier }: ExportedRun): readonly CountedSplit[] {
  return addEarlierSplits(snapshot?.splits, earlier?.splits);
}

/** All rows together since the start of the run; undefined before its first tick. */
export function countedTotal(run: ExportedRun): CountedRow | undefined {
  if (run.snapshot === undefined) return undefined;
  return addRows(run.earlier?.total, toCountedRow(run.snapshot.total));
}

/** Failures by text since the start of the run. */
export function countedFailures(run: ExportedRun): readonly CountedFailure[] {
  const now = run.snapshot?.failures ?? [];
  if (run.earlier === undefined) return now;
  const groups = new Map(run.earlier.failures);
  for (const failure of now) {
    const isKnown = groups.has(failureKey(failure)) || groups.size < MAX_FAILURE_GROUPS;
    const { method, name, text } = isKnown ? failure : OTHER_FAILURES;
    const key = failureKey({ method, name, text });
    groups.set(key, { method, name, text, count: (groups.get(key)?.count ?? 0) + failure.count });
  }
  return [...groups.values()];
}

/** Classes with arrivals or a target rate, counted since the start of the run. */
export function countedArrivals({ snapshot, earlier }: ExportedRun): readonly ClassArrivals[] {
  return addEarlier(snapshot?.classArrivals, earlier?.arrivals);
}

/** Checks, metrics and transactions since the start of the run; undefined where there are none. */
export function countedMeasures({ earlier, snapshot }: ExportedRun): MeasuresSnapshot | undefined {
  return addMeasures(earlier?.measures, snapshot?.measures);
}

/** Users that run by class; 0 for a class that has none now. */
export function usersByClass({ started, snapshot }: ExportedRun): Readonly<Record<string, number>> {
  const none = (started?.userClasses ?? []).map((name): [string, number] => [name, 0]);
  return { ...Object.fromEntries(none), ...snapshot?.usersByClass };
}

/** Timed failures by their row. */
export type FailedByRow = ReadonlyMap<string, readonly FailedTimesDelta[]>;

export function failedByRow(run: ExportedRun): FailedByRow {
  const present = new Set(run.snapshot?.entries.map(keyOf));
  const merged = addFailed(
    new Map(),
    [...run.failed.values()].map((group) => ({ ...group, ...successorOf(group, (row) => present.has(keyOf(row))) })),
  );
  const rows = new Map<string, FailedTimesDelta[]>();
  for (const group of merged.values()) {
    const groups = rows.get(keyOf(group));
    if (groups === undefined) rows.set(keyOf(group), [group]);
    else groups.push(group);
  }
  return rows;
}

/** The failed requests of a row by type of the error, and its other ones. */
export function splitByError(
  byRow: FailedByRow,
  row: CountedRow,
): { readonly good: Uint8Array; readonly failed: readonly FailedTimesDelta[] } {
  const failed = byRow.get(keyOf(row)) ?? [];
  if (failed.length === 0) return { good: row.times, failed };
  const sum = new Histogram();
  for (const { times } of failed) sum.addPacked(times);
  return { good: subtractTimes(row.times, sum.pack()).pack(), failed };
}

function addFailed(before: ExportedRun["failed"], groups: readonly FailedTimesDelta[]): ExportedRun["failed"] {
  const failed = new Map(before);
  for (const group of groups) {
    let key = `${keyOf(group)}\0${group.errorType}`;
    let { errorType } = group;
    if (!failed.has(key) && failed.size >= MAX_FAILED_TIMES) key = `${keyOf(group)}\0${errorType = OTHER_ERROR}`;
    failed.set(key, { ...group, errorType, times: addTimes(failed.get(key)?.times ?? NO_TIMES, group.times) });
  }
  return failed;
}

const NO_TRACED: TracedRow = new Map();

/** A failed request stands for its bucket this long before a success takes its place. */
const FAILURE_STAYS_MS = 60_000;

function addTraced(
  traced: ExportedRun["traced"],
  requests: readonly TracedRequest[],
): ExportedRun["traced"] {
  const next = new Map(traced);
  for (const request of requests) {
    const key = keyOf(request);
    const row = new Map(next.get(key));
    keepTraced(row, timeBucketOf(request.responseTimeUs / 1e6), request);
    next.set(key, row);
  }
  return next;
}

function keepTraced(row: Map<number, TracedRequest>, bucket: number, request: TracedRequest): void {
  const before = row.get(bucket);
  if (before !== undefined && before.outcome !== request.outcome) {
    const [failed, good] = before.outcome === "failure" ? [before, request] : [request, before];
    row.set(bucket, good.wallMs - failed.wallMs > FAILURE_STAYS_MS ? good : failed);
  } else if (before === undefined || request.wallMs >= before.wallMs) row.set(bucket, request);
}

function keepCounts(run: ExportedRun): EarlierCounts | undefined {
  const total = countedTotal(run);
  if (total === undefined) return undefined;
  return {
    total,
    rows: keepRows(countedRows(run)),
    splits: keepSplits(countedSplits(run)),
    failures: new Map(countedFailures(run).map((failure) => [failureKey(failure), failure])),
    arrivals: keepArrivals(countedArrivals(run)),
    measures: countedMeasures(run),
  };
}

/** Until the next tick brings a snapshot of its own. */
function withoutCounts(snapshot: SnapshotMessage): SnapshotMessage {
  const clear = (entry: EntrySnapshot): EntrySnapshot => ({
    ...entry,
    ...NO_COUNTS,
    times: NO_TIMES,
    windowTimes: NO_TIMES,
  });
  const { classArrivals, splits } = snapshot;
  const { measures: _measures, ...others } = snapshot;
  return {
    ...others,
    total: clear(snapshot.total),
    entries: snapshot.entries.map(clear),
    ...(splits === undefined ? {} : { splits: splits.map((split) => clearSplit(split, clear)) }),
    failures: [],
    ...(classArrivals === undefined
      ? {}
      : { classArrivals: classArrivals.map((each) => ({ ...each, ...NO_ARRIVALS, waiting: 0 })) }),
  };
}

function clearSplit({ tag, values }: SplitSnapshot, clear: (entry: EntrySnapshot) => EntrySnapshot): SplitSnapshot {
  return {
    tag,
    values: values.map(({ value, total, entries }) => ({ value, total: clear(total), entries: entries.map(clear) })),
  };
}

function failureKey({ method, name, text }: Omit<CountedFailure, "count">): string {
  return `${method}\0${name}\0${text}`;
}
