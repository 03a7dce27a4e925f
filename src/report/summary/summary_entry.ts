/**
 * One row of the summary: of the whole run, with the figures of the snapshot as they are, so that every form of output agrees; or of
 * its steady part, from the difference of two states of the ledger. Pure.
 */
import { type EntrySnapshot, REPORTED_PERCENTILES } from "../../protocol/snapshot_message.ts";
import type { Phase } from "../../protocol/delta_message.ts";
import type { Histogram } from "../../stats/histogram/histogram.ts";
import type { LedgerRowState } from "../../stats/ledger/ledger_state.ts";
import { subtractTimes } from "../../stats/histogram/subtract_times.ts";
import { fromBase64, readTimes, standardDeviationMs, toSummaryHistogram } from "./packed_times.ts";
import { type PercentilesMs, type RequestPhase, SUMMARY_PERCENTILES, type SummaryEntry } from "./summary.ts";

/** `times`: the packed histogram of the row. */
export function toSummaryEntry(entry: EntrySnapshot, times: Uint8Array): SummaryEntry {
  const decoded = readTimes(times);
  const { requests, failures } = entry;
  return {
    method: entry.method,
    name: entry.name,
    requests,
    failures,
    failureRatio: requests > 0 ? failures / requests : null,
    untimed: entry.untimed,
    perSecond: entry.totalPerSecond,
    failuresPerSecond: entry.totalFailuresPerSecond,
    bytes: entry.bytes,
    meanMs: entry.minMs === null ? null : entry.meanMs,
    minMs: entry.minMs,
    maxMs: entry.maxMs,
    standardDeviationMs: standardDeviationMs(decoded),
    percentilesMs: toPercentiles(entry.percentilesMs),
    correctedPercentilesMs: entry.correctedPercentilesMs === undefined
      ? null
      : toPercentiles(entry.correctedPercentilesMs),
    phases: toPhases(entry.phases),
    histogram: toSummaryHistogram(decoded),
  };
}

/** What a row counted between two states; `from` is undefined where the row did not exist then. */
export function toSteadyEntry(from: LedgerRowState | undefined, to: LedgerRowState, spanMs: number): SummaryEntry {
  const times = subtractTimes(fromBase64(to.times), fromBase64(from?.times ?? ""));
  const requests = to.requests - (from?.requests ?? 0);
  const failures = to.failures - (from?.failures ?? 0);
  const packed = times.pack();
  const decoded = readTimes(packed);
  const corrected = to.corrected === undefined
    ? undefined
    : subtractTimes(fromBase64(to.corrected), fromBase64(from?.corrected ?? from?.times ?? ""));
  return {
    method: to.method,
    name: to.name,
    requests,
    failures,
    failureRatio: requests > 0 ? failures / requests : null,
    untimed: to.untimed - (from?.untimed ?? 0),
    perSecond: spanMs > 0 ? requests * 1000 / spanMs : 0,
    failuresPerSecond: spanMs > 0 ? failures * 1000 / spanMs : 0,
    bytes: to.bytes - (from?.bytes ?? 0),
    meanMs: toMs(times.meanUs),
    minMs: toMs(times.minUs),
    maxMs: toMs(times.maxUs),
    standardDeviationMs: standardDeviationMs(decoded),
    percentilesMs: percentilesOf(times),
    correctedPercentilesMs: corrected === undefined ? null : percentilesOf(corrected),
    phases: steadyPhases(from, to),
    histogram: toSummaryHistogram(decoded),
  };
}

function percentilesOf(times: Histogram): PercentilesMs {
  return toPercentiles(times.quantilesUs(REPORTED_PERCENTILES).map(toMs));
}

/** The reported percentiles and those of the summary are the same ones in the same order. */
export function toPercentiles(values: readonly (number | null)[]): PercentilesMs {
  return Object.fromEntries(SUMMARY_PERCENTILES.map((percent, i) => [percent, values[i] ?? null])) as PercentilesMs;
}

const PHASE_NAMES: Readonly<Partial<Record<Phase, RequestPhase>>> = {
  dns: "dns",
  connect: "connect",
  tls: "tls",
  waiting: "firstByte",
  receiving: "download",
};

function toPhases(phases: EntrySnapshot["phases"]): SummaryEntry["phases"] {
  if (phases === undefined) return null;
  return Object.fromEntries(
    Object.entries(PHASE_NAMES).flatMap(([phase, name]) => {
      const figures = phases[phase as Phase];
      return figures === undefined ? [] : [[name, { meanMs: figures.meanMs, p95Ms: figures.p95Ms }]];
    }),
  );
}

function steadyPhases(from: LedgerRowState | undefined, to: LedgerRowState): SummaryEntry["phases"] {
  if (to.phases === undefined) return null;
  return Object.fromEntries(
    Object.entries(PHASE_NAMES).flatMap(([phase, name]) => {
      const packed = to.phases?.[phase as Phase];
      if (packed === undefined) return [];
      const times = subtractTimes(fromBase64(packed), fromBase64(from?.phases?.[phase as Phase] ?? ""));
      if (times.count === 0) return [];
      return [[name, { meanMs: (times.meanUs ?? 0) / 1000, p95Ms: (times.quantileUs(0.95) ?? 0) / 1000 }]];
    }),
  );
}

function toMs(us: number | null): number | null {
  return us === null ? null : us / 1000;
}
