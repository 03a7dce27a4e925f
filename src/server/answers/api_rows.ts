/** Rows of the statistics for the web UI's API, from the master's snapshots. Pure. */
import { toSummaryScenario } from "../../report/summary/describe_scenarios.ts";
import {
  type ClassArrivals,
  type EntrySnapshot,
  REPORTED_PERCENTILES,
  type SnapshotMessage,
} from "../../protocol/snapshot_message.ts";
import { toSummaryArrivals, toSummaryClassArrivals } from "../../report/summary/summary_lists.ts";
import { figuresByScenario, type ScenarioFigures } from "../../report/tables/scenario_figures.ts";
import type { ApiClassArrivals, ApiRow, ApiScenario, ApiSnapshot, ApiSplits, ApiWindow } from "./api_snapshot.ts";
import type { ApiRun } from "./api_types.ts";

const AT = new Map(REPORTED_PERCENTILES.map((percentile, i) => [percentile as number, i]));

export function toApiRow(entry: EntrySnapshot): ApiRow {
  const at = (percentile: number) => roundUs(entry.percentilesMs[AT.get(percentile) ?? -1]);
  const corrected = (percentile: number) => roundUs(entry.correctedPercentilesMs?.[AT.get(percentile) ?? -1]);
  const isTimed = entry.minMs !== null;
  return {
    method: entry.method,
    name: entry.name,
    requests: entry.requests,
    failures: entry.failures,
    p50Ms: at(0.5),
    p90Ms: at(0.9),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    meanMs: isTimed ? roundUs(entry.meanMs) : null,
    minMs: roundUs(entry.minMs),
    maxMs: roundUs(entry.maxMs),
    meanBytes: entry.requests > 0 ? round(entry.bytes / entry.requests) : 0,
    currentPerSecond: round(entry.currentPerSecond),
    currentFailuresPerSecond: round(entry.currentFailuresPerSecond),
    perSecond: round(entry.totalPerSecond),
    failuresPerSecond: round(entry.totalFailuresPerSecond),
    correctedP50Ms: corrected(0.5),
    correctedP95Ms: corrected(0.95),
    correctedP99Ms: corrected(0.99),
  };
}

export function toApiWindow({ windowPercentilesMs }: EntrySnapshot): ApiWindow {
  const at = (percentile: number) => roundUs(windowPercentilesMs[AT.get(percentile) ?? -1]);
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

function toApiClassArrivals(each: ClassArrivals): ApiClassArrivals {
  return {
    ...toSummaryClassArrivals(each),
    plannedPerSecond: round(each.plannedPerSecond),
    startedPerSecond: round(each.startedPerSecond),
    droppedPerSecond: round(each.droppedPerSecond),
  };
}

function toApiScenario({ scenario, total }: ScenarioFigures): ApiScenario {
  const figures = total === undefined ? {} : { total: toApiRow(total), window: toApiWindow(total) };
  return { ...toSummaryScenario(scenario), ...figures };
}

/** What was asked of the generator against what it did. */
export function toApiLoad(
  snapshot: SnapshotMessage | undefined,
): Pick<ApiSnapshot, "pace" | "arrivals" | "classArrivals" | "iterations" | "feeds" | "scenarios"> {
  const { pace = null, arrivals, classArrivals, iterations, feeds, scenarios } = snapshot ?? {};
  const counted = {
    ...(classArrivals === undefined ? {} : { classArrivals: classArrivals.map(toApiClassArrivals) }),
    ...(iterations === undefined ? {} : { iterations }),
    ...(feeds === undefined ? {} : { feeds }),
    ...(scenarios === undefined ? {} : { scenarios: figuresByScenario(snapshot ?? {}).map(toApiScenario) }),
  };
  if (arrivals === undefined) return { pace, ...counted };
  const { plannedPerSecond, askedPerSecond, startedPerSecond, droppedPerSecond, latePerSecond } = arrivals;
  return {
    pace,
    ...counted,
    arrivals: {
      ...toSummaryArrivals(arrivals),
      plannedPerSecond: round(plannedPerSecond),
      askedPerSecond: round(askedPerSecond),
      startedPerSecond: round(startedPerSecond),
      droppedPerSecond: round(droppedPerSecond),
      latePerSecond: round(latePerSecond),
    },
  };
}

/** The tags that requests had. */
export function toApiTags({ splits }: Partial<Pick<SnapshotMessage, "splits">> = {}): Pick<ApiSnapshot, "tags"> {
  return splits === undefined ? {} : { tags: splits.map(({ tag }) => tag) };
}

/** The rows by the values of a tag; undefined: no request had it. */
export function toApiSplits({ splits = [] }: Pick<SnapshotMessage, "splits">, tag: string): ApiSplits | undefined {
  const split = splits.find((each) => each.tag === tag);
  if (split === undefined) return undefined;
  return {
    tag,
    values: split.values.map(({ value, total, entries }) => ({
      value,
      total: toApiRow(total),
      entries: entries.map(toApiRow),
    })),
  };
}

/** The run before the first one, and while one is being started. */
export const NO_RUN: ApiRun = {
  state: "ready",
  runId: null,
  startedAt: null,
  plan: null,
  elapsedMs: 0,
  loadEndedMs: null,
  users: 0,
  targetUsers: 0,
  peakUsers: 0,
  verdict: null,
  stopReason: null,
  exitCode: null,
  waitsFor: [],
  sockets: {},
  problem: null,
  readyWorkers: 0,
};

/** The total before the first request. */
export const NO_ROW: ApiRow = {
  method: "",
  name: "Aggregated",
  requests: 0,
  failures: 0,
  p50Ms: null,
  p90Ms: null,
  p95Ms: null,
  p99Ms: null,
  p999Ms: null,
  meanMs: null,
  minMs: null,
  maxMs: null,
  meanBytes: 0,
  currentPerSecond: 0,
  currentFailuresPerSecond: 0,
  perSecond: 0,
  failuresPerSecond: 0,
  correctedP50Ms: null,
  correctedP95Ms: null,
  correctedP99Ms: null,
};

/** Whole microseconds: what a response time is measured in. */
function roundUs(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms * 1000) / 1000;
}

/** Rates and sizes: two decimals, which is more than any reader is shown. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
