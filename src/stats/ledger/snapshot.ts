/** A ledger row as the immutable figures that reports show. Pure. */
import { type Phase, PHASES } from "../../protocol/delta_message.ts";
import {
  type EntrySnapshot,
  type ExceptionSnapshot,
  type FailureSnapshot,
  REPORTED_PERCENTILES,
} from "../../protocol/snapshot_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import type { ExceptionGroups } from "../groups/exception_groups.ts";
import type { FailureGroups } from "../groups/failure_groups.ts";
import type { LedgerRow } from "./ledger_row.ts";

/** What a row's figures depend on beside its counts. */
export interface SnapshotTimes {
  /** The time in which load was asked for, so far: from the start or the last reset to now or the stop. */
  readonly loadMs: number;
  /** The last whole ticks, [from, to), and the time they took together. */
  readonly windowFrom: number;
  readonly windowTo: number;
  readonly windowMs: number;
  /** Turns a monotonic time of the master into a date. */
  readonly toWallMs: (ms: number) => number;
}

/** One row in full, for files that list whole histograms. Times in µs, seconds since the Unix epoch. */
export interface EntryDetail {
  readonly method: string;
  readonly name: string;
  readonly times: readonly { readonly us: number; readonly count: number }[];
  readonly corrected?: readonly { readonly us: number; readonly count: number }[];
  readonly requestsBySecond: readonly (readonly [second: number, count: number])[];
  readonly failuresBySecond: readonly (readonly [second: number, count: number])[];
}

export function detailEntry({ run, requestsBySecond, failuresBySecond }: LedgerRow): EntryDetail {
  const { times, corrected } = run.times;
  return {
    method: run.method,
    name: run.name,
    times: times.buckets(),
    ...(corrected === undefined ? {} : { corrected: corrected.buckets() }),
    requestsBySecond: requestsBySecond.points(),
    failuresBySecond: failuresBySecond.points(),
  };
}

export function snapshotEntry(row: LedgerRow, times: SnapshotTimes): EntrySnapshot {
  const { run } = row;
  const runTimes = run.times.times;
  const { quantilesUs, packed } = row.readTimes();
  const percentilesMs = toMs(quantilesUs);
  const corrected = run.times.corrected;
  const phases = snapshotPhases(row);
  const totalPerSecond = perSecond(run.requests - run.startedLate, times.loadMs);
  const totalFailuresPerSecond = perSecond(run.failures - run.failedLate, times.loadMs);
  const window = row.window.read(times.windowFrom, times.windowTo, REPORTED_PERCENTILES);
  const hasWindow = times.windowMs > 0;
  return {
    method: run.method,
    name: run.name,
    requests: run.requests,
    failures: run.failures,
    untimed: run.untimed,
    sumMs: runTimes.sumUs / 1000,
    minMs: runTimes.minUs === null ? null : runTimes.minUs / 1000,
    maxMs: runTimes.maxUs === null ? null : runTimes.maxUs / 1000,
    meanMs: (runTimes.meanUs ?? 0) / 1000,
    medianMs: percentilesMs[REPORTED_PERCENTILES.indexOf(0.5)] ?? 0,
    percentilesMs,
    ...(corrected === undefined ? {} : { correctedPercentilesMs: toMs(corrected.quantilesUs(REPORTED_PERCENTILES)) }),
    bytes: run.bytes,
    // A run younger than one tick has no current figure but the one over its whole time.
    currentPerSecond: hasWindow ? perSecond(window.requests, times.windowMs) : totalPerSecond,
    currentFailuresPerSecond: hasWindow ? perSecond(window.failures, times.windowMs) : totalFailuresPerSecond,
    totalPerSecond,
    totalFailuresPerSecond,
    windowPercentilesMs: toMs(window.quantilesUs),
    times: packed,
    windowTimes: window.packed,
    ...(phases === undefined ? {} : { phases }),
    ...(run.drained === 0
      ? {}
      : { drain: { ended: run.drained, started: run.startedLate, startedFailures: run.failedLate } }),
    startWallMs: times.toWallMs(row.startMs),
    lastWallMs: run.lastMs === -Infinity ? null : times.toWallMs(run.lastMs),
  };
}

export function snapshotFailures(groups: FailureGroups, toWallMs: (ms: number) => number): FailureSnapshot[] {
  return groups.list().map(({ method, name, text, count, firstMs, lastMs }) => ({
    method,
    name,
    text,
    count,
    firstWallMs: toWallMs(firstMs),
    lastWallMs: toWallMs(lastMs),
  }));
}

export function snapshotExceptions(groups: ExceptionGroups): ExceptionSnapshot[] {
  return groups.list().map(({ message, stack, where, count, workers }) => ({
    message,
    stack,
    where,
    count,
    workers: [...workers].sort(compareText),
  }));
}

function snapshotPhases(row: LedgerRow): EntrySnapshot["phases"] {
  let phases: Partial<Record<Phase, { count: number; meanMs: number; p95Ms: number }>> | undefined;
  for (const phase of PHASES) {
    const histogram = row.run.phases?.get(phase);
    if (histogram === undefined || histogram.count === 0) continue;
    phases ??= {};
    phases[phase] = {
      count: histogram.count,
      meanMs: (histogram.meanUs ?? 0) / 1000,
      p95Ms: (histogram.quantileUs(0.95) ?? 0) / 1000,
    };
  }
  return phases;
}

function toMs(values: readonly (number | null)[]): (number | null)[] {
  return values.map((us) => us === null ? null : us / 1000);
}

function perSecond(count: number, spanMs: number): number {
  return spanMs > 0 ? (count * 1000) / spanMs : 0;
}
