/**
 * The expressions of `--fail-on`: `[SCOPE ":"] FIGURE CHANGE "%"`, as in `p95 +10%`, `GET /items: rps -5%` or
 * `checks{has items}: rate -1%`. The scope is that of a threshold. Pure.
 */
import { readScopePrefix } from "../../stats/thresholds/parse_threshold.ts";
import { ThresholdSyntaxError } from "../../stats/thresholds/threshold_syntax_error.ts";
import { matchesMeasureName } from "../../stats/thresholds/measure_counts.ts";
import { matchesScope, type ThresholdScope } from "../../stats/thresholds/threshold.ts";
import type { ComparedFigure, FigureChange } from "../../stats/comparison/judge_change.ts";
import type { Compared, ComparedParts } from "./compared_row.ts";

export interface FailOn {
  readonly expression: string;
  readonly scope: ThresholdScope;
  readonly figure: ComparedFigure;
  /** Crossed by a change beyond it, away from 0. */
  readonly changePercent: number;
}

type Words = Readonly<Record<string, ComparedFigure>>;

const TIMES: Words = { mean: "mean", avg: "mean", p50: "p50", median: "p50", p95: "p95", p99: "p99" };
const FAILURES: Words = { failures: "failureRatio", failureRatio: "failureRatio" };
const ROWS: Words = { rps: "rps", ...FAILURES, ...TIMES };

/** As in thresholds. */
const MEASURES: Readonly<Record<"checks" | "metrics" | "transactions", Words>> = {
  checks: { rate: "passRate" },
  metrics: { ...TIMES, per_second: "perSecond", rate: "passRate", last: "last" },
  transactions: {
    per_second: "perSecond",
    ...FAILURES,
    ...TIMES,
    busy_mean: "busyMean",
    busy_avg: "busyMean",
    busy_p50: "busyP50",
    busy_median: "busyP50",
    busy_p95: "busyP95",
    busy_p99: "busyP99",
  },
};

/** For messages. */
const LISTS = {
  rows: "rps, failures, mean, p50, p95 or p99",
  checks: "rate",
  metrics: "mean, p50, p95, p99, per_second, rate or last",
  transactions: "per_second, failures, mean, p50, p95, p99, busy_mean, busy_p50, busy_p95 or busy_p99",
} as const;

/** @throws {ThresholdSyntaxError} with a caret under the first wrong character */
export function parseFailOn(text: string): FailOn {
  const { scope, end, implied } = readScopePrefix(text);
  let at = end;
  const take = (pattern: RegExp): string | undefined => {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    const found = pattern.exec(text.slice(at))?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const expect = (pattern: RegExp, expected: string): string => {
    const found = take(pattern);
    if (found === undefined) throw new ThresholdSyntaxError(text, at, `expected ${expected}`);
    return found;
  };
  const [words, list] = scope.kind === "measures" ? [MEASURES[scope.of], LISTS[scope.of]] : [ROWS, LISTS.rows];
  const word = implied ?? take(/^[A-Za-z]\w*/);
  const figure = word !== undefined && Object.hasOwn(words, word) ? words[word] : undefined;
  if (figure === undefined) {
    throw new ThresholdSyntaxError(text, at - (word?.length ?? 0), `expected a figure: ${list}`);
  }
  const sign = expect(/^[+-]/, '"+" or "-"');
  const number = expect(/^(?:\d+(?:\.\d*)?|\.\d+)/, "a number");
  expect(/^%/, '"%"');
  expect(/^$/, "nothing more");
  return { expression: text.trim(), scope, figure, changePercent: Number(`${sign}${number}`) };
}

/** What the scope is about: rows, rows with a tag, or checks, transactions and metrics. */
export function findCompared(
  { scope }: Pick<FailOn, "scope">,
  { rows: [total, ...rows], splits = [], measures = [] }: ComparedParts,
): readonly Compared[] {
  if (scope.kind === "measures") {
    return measures.filter(({ of, name, tag, value }) =>
      of === scope.of && scope.split?.tag === tag && scope.split?.value === value && matchesMeasureName(scope, name)
    );
  }
  if (scope.split !== undefined) {
    return splits.filter(({ tag, value, method, name }) =>
      matchesScope(scope, { method, name, split: { tag, value } })
    );
  }
  if (scope.kind === "total") return total === undefined ? [] : [total];
  return rows.filter((row) => matchesScope(scope, row));
}

export function changeOf({ figure }: FailOn, row: Compared): FigureChange | undefined {
  return row.figures.find((each) => each.figure === figure);
}

/** Whether the change is beyond the limit and the interval excludes that there is none in this direction. */
export function isCrossed(
  { changePercent: limit }: FailOn,
  { a, b, changePercent, interval, judgement }: FigureChange,
): boolean {
  if (!["better", "worse", "higher", "lower"].includes(judgement)) return false;
  const isRise = limit >= 0 && !Object.is(limit, -0);
  // From 0 to something is beyond every limit upwards.
  if (changePercent === null) return isRise && a === 0 && b !== null && b > 0;
  if (isRise) return changePercent > limit && (interval === null || interval[0] > 0);
  return changePercent < limit && (interval === null || interval[1] < 0);
}
