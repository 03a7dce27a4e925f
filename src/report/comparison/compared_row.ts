/**
 * Holds what is compared: rows, rows by the values of tags, checks, transactions and metrics, each with its figures in
 * both runs and their changes.
 */
import type { MetricKind } from "../../protocol/measures_message.ts";
import type { FigureChange } from "../../stats/comparison/judge_change.ts";
import type { MeasureFamily } from "../../stats/thresholds/threshold.ts";

export interface ComparedRow {
  readonly method: string;
  readonly name: string;
  readonly figures: readonly FigureChange[];
}

/** A row of the requests with one value of a tag; the row of all of them is `Aggregated`. */
export interface ComparedSplitRow extends ComparedRow {
  readonly tag: string;
  readonly value: string;
}

export interface ComparedMeasure {
  readonly of: MeasureFamily;
  readonly name: string;
  /** Of a metric. */
  readonly kind?: MetricKind;
  /** Of a metric that has one. */
  readonly unit?: string;
  /** Of a check with one value of a tag: both, or none. */
  readonly tag?: string;
  readonly value?: string;
  readonly figures: readonly FigureChange[];
}

export type Compared = ComparedRow | ComparedSplitRow | ComparedMeasure;

/** Everything that a comparison has figures of. */
export interface ComparedParts {
  /** The total first, then by name and method. */
  readonly rows: readonly ComparedRow[];
  /** By tag and value; absent where no request of either run had tags. */
  readonly splits?: readonly ComparedSplitRow[];
  /** Checks, transactions and metrics; absent where neither run has some. */
  readonly measures?: readonly ComparedMeasure[];
}
