/**
 * A threshold as data: which rows it is about, and conditions that their figures must meet. `parse_threshold.ts` makes
 * it of text. Limits are in the unit that reports use: milliseconds, percent, per second, or a plain count.
 */

import { formatSplit, type SplitName } from "./split_scope.ts";

export type { SplitName } from "./split_scope.ts";

/** The rows of a threshold; with `split` those of one value of a tag. */
export type ThresholdScope =
  | { readonly kind: "total"; readonly split?: SplitName }
  /** Each row by itself. */
  | { readonly kind: "each"; readonly split?: SplitName }
  /** The rows that `matchesScope` finds, together. `text` is a name, or method and name. */
  | { readonly kind: "rows"; readonly text: string; readonly match: "exact" | "prefix"; readonly split?: SplitName }
  | MeasureScope;

/** A row of all requests, or of those with one value of a tag. */
export interface ScopedRow {
  readonly method: string;
  readonly name: string;
  readonly split?: SplitName | undefined;
}

/** Name of the row that sums up all others. Its method is empty. */
export const TOTAL_NAME = "Aggregated";

/** What thresholds may be about beside requests. */
export const MEASURE_FAMILIES = ["checks", "metrics", "transactions"] as const;
export type MeasureFamily = (typeof MEASURE_FAMILIES)[number];

/**
 * `all`: together; `each`: each by itself. `text` is the name, or its beginning. With `split` those checks that had one
 * value of a tag.
 */
export interface MeasureScope {
  readonly kind: "measures";
  readonly of: MeasureFamily;
  readonly match: "all" | "each" | "exact" | "prefix";
  readonly text: string;
  readonly split?: SplitName;
}

/** A count of measures, or a figure of a distribution: in the unit of the measure, or in milliseconds. */
export type MeasureFigure =
  | "passRate"
  | "passes"
  | "fails"
  | "sum"
  | "sumPerSecond"
  | "last"
  | "count"
  | "failureRatio"
  | "failures"
  | "cutOff"
  | (
    & { readonly of: "values" | "times" | "busyTimes"; readonly inMs: boolean }
    & (
      | { readonly read: "percentile"; readonly fraction: number }
      | { readonly read: "mean" | "min" | "max" }
    )
  );

export type Latency = "measured" | "corrected";

export type Statistic =
  | { readonly kind: "percentile"; readonly fraction: number; readonly latency: Latency }
  | { readonly kind: "mean" | "min" | "max"; readonly latency: Latency }
  | { readonly kind: "failureRatio" | "failures" | "requests" | "requestRate" | "failureRate" | "users" | "dropped" }
  | MeasureStatistic;

export type MeasureStatistic = { readonly kind: "measure"; readonly figure: MeasureFigure };

export type Operator = "<" | "<=" | ">" | ">=";

export type ThresholdUnit = "ms" | "%" | "/s" | "";

export interface ThresholdCondition {
  /** As written, without blanks at its ends. */
  readonly text: string;
  readonly statistic: Statistic;
  /** `p95`, `corrected_p99`, `mean`, `failures` … */
  readonly statisticName: string;
  readonly operator: Operator;
  readonly limit: number;
  readonly unit: ThresholdUnit;
  /** Each stretch of this length must meet it; undefined: the whole counted part together. */
  readonly windowSeconds?: number;
  /** No window begins earlier in the run, and no `abort` is decided earlier. */
  readonly afterSeconds?: number;
}

export interface Threshold {
  /** As written. */
  readonly expression: string;
  readonly scope: ThresholdScope;
  readonly conditions: readonly ThresholdCondition[];
  /** Ends the run when one of the conditions is broken. */
  readonly aborts: boolean;
}

/** Whether a row belongs to the scope. `GET /items` is a method with a name, or a name with a blank: both match. */
export function matchesScope(scope: ThresholdScope, row: ScopedRow): boolean {
  if (scope.kind === "measures" || scope.split?.tag !== row.split?.tag || scope.split?.value !== row.split?.value) {
    return false;
  }
  const isTotal = row.split !== undefined && row.method === "" && row.name === TOTAL_NAME;
  if (scope.kind === "total") return isTotal;
  if (isTotal) return false;
  if (scope.kind === "each") return true;
  const texts = [row.name, `${row.method} ${row.name}`];
  return scope.match === "exact" ? texts.includes(scope.text) : texts.some((text) => text.startsWith(scope.text));
}

/**
 * The scope for people: `Aggregated`, `*`, `GET /items*`, `tag region=eu`, `scenario checkout GET /items`,
 * `tag region=eu checks{has items}`.
 */
export function formatScope(scope: ThresholdScope): string {
  if (scope.split !== undefined) {
    const { split, ...rows } = scope;
    return `${formatSplit(split)}${scope.kind === "total" ? "" : ` ${formatScope(rows)}`}`;
  }
  if (scope.kind === "total") return TOTAL_NAME;
  if (scope.kind === "each") return "*";
  if (scope.kind === "measures") return formatMeasureScope(scope);
  return scope.match === "prefix" ? `${scope.text}*` : scope.text;
}

/** `checks`, `checks{*}`, `checks{has items}`. */
function formatMeasureScope({ of, match, text }: MeasureScope): string {
  if (match === "all") return of;
  if (match === "each") return `${of}{*}`;
  const name = /[}']|\*$/.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
  return `${of}{${name}${match === "prefix" ? "*" : ""}}`;
}

/** The rows of a text without quotes, as `formatScope` writes it. */
export function readScopeText(text: string): Exclude<ThresholdScope, MeasureScope> {
  if (text === "*") return { kind: "each" };
  if (text === TOTAL_NAME) return { kind: "total" };
  if (!text.endsWith("*")) return { kind: "rows", text, match: "exact" };
  return { kind: "rows", text: text.slice(0, -1), match: "prefix" };
}

/** Whether `measured` meets the condition. */
export function meets(condition: Pick<ThresholdCondition, "operator" | "limit">, measured: number): boolean {
  switch (condition.operator) {
    case "<":
      return measured < condition.limit;
    case "<=":
      return measured <= condition.limit;
    case ">":
      return measured > condition.limit;
    case ">=":
      return measured >= condition.limit;
  }
}
