/**
 * The run summary, `locust-ts/summary/1`: the JSON of `--summary-file`, of the HTML page and of the web UI's `/api/v1/summary`.
 * Types alone, and imports of such, so that the program and the page share them. `docs/summary.schema.json` says the same as a schema.
 *
 * Times are milliseconds, rates are per second, sizes are bytes, dates are ISO 8601 in UTC. A figure that does not exist is null.
 */

import type { CheckSnapshot, CounterSnapshot, GaugeSnapshot, RateSnapshot } from "../../protocol/measures_message.ts";
import type { SummaryMeasureHistory } from "./summary_history.ts";
import type { SummaryCapacity } from "./capacity_summary.ts";
import type {
  SummaryArrivalCounts,
  SummaryArrivals,
  SummaryClassArrivals,
  SummaryFeed,
  SummaryIterations,
  SummaryScenario,
} from "./load_summary.ts";

export const SUMMARY_SCHEMA = "locust-ts/summary/1";

/** Percentiles of each entry, in percent, in this order. */
export const SUMMARY_PERCENTILES = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"] as const;

export type PercentilesMs = Readonly<Record<(typeof SUMMARY_PERCENTILES)[number], number | null>>;

export interface RunSummary {
  readonly schema: typeof SUMMARY_SCHEMA;
  readonly run: SummaryRun;
  readonly users: SummaryUsers;
  /** Absent where no user class has an arrival rate. */
  readonly arrivals?: SummaryArrivals;
  /** In the order of the locustfile; absent where the run has none. */
  readonly scenarios?: readonly SummaryScenario[];
  /** One per scenario; absent where no number of iterations was asked for. */
  readonly iterations?: readonly SummaryIterations[];
  /** By name; absent where the locustfile has drawn rows from none. */
  readonly feeds?: readonly SummaryFeed[];
  /** By class, in the order of the locustfile; absent where no user class has an arrival rate or a target rate. */
  readonly classArrivals?: readonly SummaryClassArrivals[];
  /** By name; absent where the test has none. */
  readonly checks?: readonly SummaryCheck[];
  readonly metrics?: readonly SummaryMetric[];
  readonly transactions?: readonly SummaryTransaction[];
  /** The checks by the values of each tag, over the whole run; absent where no check had tags. */
  readonly checkSplits?: readonly SummaryCheckSplit[];
  /** Tags of checks that are in no split: there were more than 20 different ones. Absent: 0. */
  readonly droppedCheckTags?: number;
  /** Of a capacity search; absent where the load was not searched for. */
  readonly capacity?: SummaryCapacity;
  /** Null where the run did not say: in library use, and in journals of older versions. */
  readonly taskRatios: SummaryTaskRatios | null;
  /** Contiguous from 0 to the end of the run. */
  readonly phases: readonly SummaryPhase[];
  readonly verdict: SummaryVerdict;
  /** One per condition. */
  readonly thresholds: readonly SummaryThreshold[];
  readonly total: SummaryEntry;
  /** Sorted by name, then method. */
  readonly entries: readonly SummaryEntry[];
  /** Entries that stand for more than 20 URLs, with some of these; absent where there is none. */
  readonly urlGroups?: readonly SummaryUrlGroup[];
  /** The entries by the values of each tag, over the whole run; absent where no request had tags. */
  readonly splits?: readonly SummarySplit[];
  /** Tags of requests that are in no split: there were more than 20 different ones. Absent: 0. */
  readonly droppedTags?: number;
  /** The same over the steady part; null without `--warm-up`, or if the run ended before its steady part. */
  readonly steady: { readonly total: SummaryEntry; readonly entries: readonly SummaryEntry[] } | null;
  readonly failures: readonly SummaryFailure[];
  readonly exceptions: readonly SummaryException[];
  readonly workers: readonly SummaryWorker[];
  /** At most 3,600 spans, in order, without overlap. */
  readonly history: readonly SummarySpan[];
  /** Checks, transactions and metrics over time: the first 100 that counted something. Absent where there are none. */
  readonly measureHistory?: readonly SummaryMeasureHistory[];
}

export interface SummarySplit {
  readonly tag: string;
  /** Sorted, `(other)` last. Requests without the tag are in none of them. */
  readonly values: readonly {
    readonly value: string;
    readonly total: SummaryEntry;
    readonly entries: readonly SummaryEntry[];
  }[];
}

export interface SummaryCheckSplit {
  readonly tag: string;
  /** Sorted, `(other)` last. Checks without the tag are in none of them. */
  readonly values: readonly { readonly value: string; readonly checks: readonly SummaryCheck[] }[];
}

export interface SummaryUrlGroup {
  readonly method: string;
  readonly name: string;
  readonly examples: readonly string[];
}

export interface SummaryRun {
  readonly id: string;
  readonly startedAt: string;
  /** Null during the run, and where its journal ends early. */
  readonly endedAt: string | null;
  readonly durationSeconds: number;
  readonly locustfile: string;
  readonly host: string | null;
  readonly profile: string | null;
  readonly seed: number;
  readonly version: string;
  readonly runtime: string | null;
  readonly stopReason: { readonly kind: string; readonly [detail: string]: unknown };
  readonly exitCode: number | null;
  /** Every option that was set, by its long name; the value of a secret is `***`. */
  readonly options: Readonly<Record<string, SummaryOption>>;
}

export type SummaryOption = string | number | boolean | null | readonly (string | number)[];

export interface SummaryUsers {
  /** The largest number of users that was asked for. */
  readonly target: number | null;
  readonly peak: number;
  /** Peaks. */
  readonly byClass: Readonly<Record<string, number>>;
}

export interface SummaryCheck extends CheckSnapshot {
  /** From 0 to 1. */
  readonly passRate: number;
}

/** Values are in the metric's own unit. */
export type SummaryMetric =
  | {
    readonly kind: "trend";
    readonly name: string;
    readonly unit: string;
    readonly count: number;
    readonly sum: number;
    readonly mean: number | null;
    readonly min: number | null;
    readonly max: number | null;
    readonly percentiles: PercentilesMs;
    /** Values that percentiles take for the largest on the scale. */
    readonly beyondScale: number;
  }
  | CounterSnapshot
  | (RateSnapshot & { readonly passRate: number })
  | GaugeSnapshot;

export interface SummaryTransaction {
  readonly name: string;
  readonly count: number;
  readonly failures: number;
  /** Null where none has ended. */
  readonly failureRatio: number | null;
  /** Those whose user had to stop in the middle: in no time. */
  readonly cutOff: number;
  readonly times: SummaryTimes;
  /** Without think time. */
  readonly busyTimes: SummaryTimes;
}

export interface SummaryTimes {
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly percentilesMs: PercentilesMs;
}

/** The planned shares of user classes and tasks, nested as the tasks are. */
export interface SummaryTaskRatios {
  /** Of the classes among the users, and of each task in the work of its parent. */
  readonly perClass: SummaryRatioTree;
  /** Of each task in the work of all. */
  readonly total: SummaryRatioTree;
}

export type SummaryRatioTree = Readonly<Record<string, SummaryRatio>>;

export interface SummaryRatio {
  readonly ratio: number;
  readonly tasks?: SummaryRatioTree;
}

export type PhaseKind = "ramp" | "warmUp" | "steady" | "coolDown";

export interface SummaryPhase {
  readonly kind: PhaseKind;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export interface SummaryVerdict {
  readonly kind: "valid" | "degraded" | "invalid";
  readonly doubts: readonly {
    readonly kind: string;
    readonly severity: "degraded" | "invalid";
    readonly sentence: string;
    readonly advice: string;
  }[];
  readonly notes: readonly string[];
}

export interface SummaryThreshold {
  readonly expression: string;
  /** The row as written, `Aggregated` without one. */
  readonly scope: string;
  readonly metric: string;
  readonly statistic: string;
  readonly operator: "<" | "<=" | ">" | ">=";
  readonly limit: number;
  readonly unit: string;
  /** Null where nothing was measured: the condition is not met then. */
  readonly measured: number | null;
  readonly passed: boolean;
  readonly crossedAtSeconds: number | null;
  readonly windowSeconds: number | null;
  readonly aborts: boolean;
}

export interface SummaryEntry {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  /** Null without a request. */
  readonly failureRatio: number | null;
  readonly untimed: number;
  readonly perSecond: number;
  readonly failuresPerSecond: number;
  readonly bytes: number;
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly standardDeviationMs: number | null;
  readonly percentilesMs: PercentilesMs;
  readonly correctedPercentilesMs: PercentilesMs | null;
  /** Under `--phases`: the phases that occurred. */
  readonly phases: Readonly<Partial<Record<RequestPhase, { readonly meanMs: number; readonly p95Ms: number }>>> | null;
  readonly histogram: SummaryHistogram;
}

export type RequestPhase = "dns" | "connect" | "tls" | "firstByte" | "download";

/** Buckets that are not empty, ascending. Bounds are inclusive; the counts add up to the timed requests. */
export interface SummaryHistogram {
  readonly unit: "us";
  readonly upperBounds: readonly number[];
  readonly counts: readonly number[];
}

export interface SummaryFailure {
  readonly method: string;
  readonly name: string;
  readonly text: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface SummaryException {
  readonly message: string;
  readonly where: string;
  readonly stack: string;
  readonly count: number;
  readonly workers: readonly string[];
}

export interface SummaryWorker {
  readonly id: string;
  readonly index: number;
  readonly host: string;
  readonly threads: number;
  readonly users: number;
  readonly requests: number;
  readonly cpuPercent: number;
  readonly rssBytes: number;
  readonly loopLagP99Ms: number;
  readonly latenessP99Ms: number;
  readonly state: string;
  /** What its threads used for plain TCP: `uring`, `epoll`, `runtime`; null where that is not known. */
  readonly socket: string | null;
  readonly incidents: readonly string[];
}

/** What was counted in [second, second + seconds) of the run. */
export interface SummarySpan {
  readonly second: number;
  readonly seconds: number;
  /** The time in which it was counted: rates are over it. Absent where it is `seconds`. */
  readonly countedSeconds?: number;
  /** The largest number in that time. */
  readonly users: number;
  readonly requests: number;
  readonly failures: number;
  readonly bytes: number;
  /** Absent where there were none. */
  readonly arrivals?: SummaryArrivalCounts;
  /** Rows of feeds that were used by the end of the span, by the feed's name: of the first 20. Absent where there were none. */
  readonly feeds?: Readonly<Record<string, number>>;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly meanMs: number | null;
  readonly maxMs: number | null;
  /** `[upper bound in µs, count]` of each bucket that is not empty, ascending. */
  readonly times: readonly (readonly [upperBoundUs: number, count: number])[];
}
