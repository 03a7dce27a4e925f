/**
 * Checks, metrics and transactions, which a test counts beside its requests, as messages. `MeasureDelta` is the change
 * since the last delta, `MeasuresSnapshot` a reading of all of it. Types only. Nothing of it is ever a part of a
 * request row or of `Aggregated`.
 */

/** The four kinds of metrics, as `metrics.trend(…)` and the others make them. */
export const METRIC_KINDS = ["trend", "counter", "rate", "gauge"] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** A check, or a metric of the kind `rate`: how often it held, and how often it did not. */
export interface ShareDelta {
  readonly kind: "check" | "rate";
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
  /** Of a check: the same by the values of its tags; absent: it had none. They are counted in `passes` and `fails`, too. */
  readonly tagged?: readonly TaggedShare[] | undefined;
  /** Tags of a check that are in no value, because there were too many different tags; absent: none. */
  readonly droppedTags?: number | undefined;
}

export interface TaggedShare {
  readonly tag: string;
  readonly value: string;
  readonly passes: number;
  readonly fails: number;
}

export interface CounterDelta {
  readonly kind: "counter";
  readonly name: string;
  readonly unit: string;
  /** How often something was added. */
  readonly count: number;
  readonly sum: number;
}

export interface GaugeDelta {
  readonly kind: "gauge";
  readonly name: string;
  readonly unit: string;
  /** How often it was set. */
  readonly count: number;
  readonly last: number;
  /** Of `last`. */
  readonly lastAgeMs: number;
  readonly min: number;
  readonly max: number;
}

export interface TrendDelta {
  readonly kind: "trend";
  readonly name: string;
  readonly unit: string;
  /** A packed histogram, in the steps of `stats/measures/trend_scale.ts`. */
  readonly values: Uint8Array;
}

export interface TransactionDelta {
  readonly kind: "transaction";
  /** With the names of those around it: `checkout / pay`. */
  readonly name: string;
  /** Of those that `times` counts. */
  readonly failures: number;
  /** Those whose user had to stop in the middle. They have no time. */
  readonly cutOff: number;
  /** Packed histograms: from the beginning to the end, and the same without think time. */
  readonly times: Uint8Array;
  readonly busyTimes: Uint8Array;
}

export type MeasureDelta = ShareDelta | CounterDelta | GaugeDelta | TrendDelta | TransactionDelta;

export interface CheckSnapshot {
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}

/** Checks by the values of a tag. */
export interface CheckSplit {
  readonly tag: string;
  /** Sorted, `(other)` last. Checks without the tag are in none of them. */
  readonly values: readonly { readonly value: string; readonly checks: readonly CheckSnapshot[] }[];
}

/** The figures of a distribution, in its own unit; null where there is no value. */
export interface DistributionSnapshot {
  readonly count: number;
  readonly sum: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** One value per `REPORTED_PERCENTILES`. */
  readonly percentiles: readonly (number | null)[];
  /** The whole histogram, packed, in the steps of `stats/measures/trend_scale.ts`. */
  readonly packed: Uint8Array;
}

export interface TrendSnapshot extends DistributionSnapshot {
  readonly kind: "trend";
  readonly name: string;
  readonly unit: string;
  /** Values beyond the scale: they are in count, sum and maximum, and percentiles take them for the largest on the scale. */
  readonly beyondScale: number;
}

export interface CounterSnapshot {
  readonly kind: "counter";
  readonly name: string;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  /** Over the time in which load was asked for. */
  readonly perSecond: number;
}

export interface RateSnapshot {
  readonly kind: "rate";
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}

export interface GaugeSnapshot {
  readonly kind: "gauge";
  readonly name: string;
  readonly unit: string;
  readonly count: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

export type MetricSnapshot = TrendSnapshot | CounterSnapshot | RateSnapshot | GaugeSnapshot;

export interface TransactionSnapshot {
  readonly name: string;
  readonly count: number;
  readonly failures: number;
  readonly cutOff: number;
  /** Milliseconds: from the beginning to the end, and the same without think time. */
  readonly times: DistributionSnapshot;
  readonly busyTimes: DistributionSnapshot;
}

/** Each list in the order of names. */
export interface MeasuresSnapshot {
  readonly checks: readonly CheckSnapshot[];
  readonly metrics: readonly MetricSnapshot[];
  readonly transactions: readonly TransactionSnapshot[];
  /** By tag; absent where no check had one. */
  readonly checkSplits?: readonly CheckSplit[];
  /** Tags of checks that are in no split, because there were too many different tags; absent: none. */
  readonly droppedCheckTags?: number;
}
