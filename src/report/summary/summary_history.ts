/** Types of the history of checks, transactions and metrics in a summary. */
import type { MetricKind } from "../../protocol/measures_message.ts";

export interface SummaryMeasureHistory {
  readonly of: "checks" | "transactions" | "metrics";
  readonly name: string;
  /** Of a metric. */
  readonly kind?: MetricKind;
  /** Of a metric that has one. */
  readonly unit?: string;
  /** In order, without overlap. Where nothing was counted there is none. */
  readonly steps: readonly SummaryMeasureStep[];
}

/** What was counted in a step. Times of transactions are milliseconds, figures of a metric in its own unit. */
export interface SummaryMeasureStep {
  readonly second: number;
  readonly seconds: number;
  /** The time in which it was counted: rates are over it. Absent where it is `seconds`. */
  readonly countedSeconds?: number;
  readonly count: number;
  /** Of checks, rates and transactions. */
  readonly failures?: number;
  /** Of checks and rates, from 0 to 1. */
  readonly passRate?: number;
  /** Of transactions and trends. */
  readonly mean?: number | null;
  readonly p50?: number | null;
  readonly p95?: number | null;
  readonly p99?: number | null;
  /** Of transactions, without think time. */
  readonly busyP50?: number | null;
  readonly busyP95?: number | null;
  /** Of counters: what was added. */
  readonly sum?: number;
  /** Of gauges. */
  readonly last?: number;
}
