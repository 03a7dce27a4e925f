/**
 * The expressions of `--fail-on`: `[SCOPE ":"] FIGURE CHANGE "%"`, as in `p95 +10%` or `GET /items: rps -5%`. The scope is that of a
 * threshold. Pure.
 */
import { readScopePrefix, ThresholdSyntaxError } from "../../stats/thresholds/parse_threshold.ts";
import { matchesScope, type ThresholdScope } from "../../stats/thresholds/threshold.ts";
import type { FigureChange } from "../../stats/comparison/judge_change.ts";
import type { Figure } from "../../stats/comparison/row_series.ts";
import type { ComparedRow } from "./compared_row.ts";

export interface FailOn {
  readonly expression: string;
  readonly scope: ThresholdScope;
  readonly figure: Figure;
  /** Crossed by a change beyond it, away from 0. */
  readonly changePercent: number;
}

const WORDS: Readonly<Record<string, Figure>> = {
  rps: "rps",
  failures: "failureRatio",
  failureRatio: "failureRatio",
  mean: "mean",
  avg: "mean",
  p50: "p50",
  median: "p50",
  p95: "p95",
  p99: "p99",
};

/** @throws {ThresholdSyntaxError} with a caret under the first wrong character */
export function parseFailOn(text: string): FailOn {
  const { scope, end } = readScopePrefix(text);
  if (scope.kind !== "measures" && scope.split !== undefined) {
    throw new ThresholdSyntaxError(text, 1, "expected a row: summaries and journals are not compared by tag");
  }
  let at = end;
  const take = (pattern: RegExp): string | undefined => {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    const found = pattern.exec(text.slice(at))?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const expect = (pattern: RegExp, expected: string): string => {
    const found = take(pattern);
    if (found === undefined) throw new ThresholdSyntaxError(text, at + 1, `expected ${expected}`);
    return found;
  };
  const word = take(/^[A-Za-z]\w*/);
  const figure = word !== undefined && Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (figure === undefined) {
    const column = at - (word?.length ?? 0) + 1;
    throw new ThresholdSyntaxError(text, column, "expected a figure: rps, failures, mean, p50, p95 or p99");
  }
  const sign = expect(/^[+-]/, '"+" or "-"');
  const number = expect(/^(?:\d+(?:\.\d*)?|\.\d+)/, "a number");
  expect(/^%/, '"%"');
  expect(/^$/, "nothing more");
  return { expression: text.trim(), scope, figure, changePercent: Number(`${sign}${number}`) };
}

/** Rows that the scope is about. The first row is the total. */
export function rowsOf({ scope }: FailOn, [total, ...rows]: readonly ComparedRow[]): ComparedRow[] {
  if (scope.kind === "total") return total === undefined ? [] : [total];
  return rows.filter((row) => matchesScope(scope, row));
}

export function changeOf({ figure }: FailOn, row: ComparedRow): FigureChange | undefined {
  return row.figures.find((each) => each.figure === figure);
}

/** Whether the change is beyond the limit and the interval excludes that there is none in this direction. */
export function isCrossed(
  { changePercent: limit }: FailOn,
  { a, b, changePercent, interval, judgement }: FigureChange,
): boolean {
  if (judgement !== "better" && judgement !== "worse") return false;
  const isRise = limit >= 0 && !Object.is(limit, -0);
  // From 0 to something is beyond every limit upwards.
  if (changePercent === null) return isRise && a === 0 && b !== null && b > 0;
  if (isRise) return changePercent > limit && (interval === null || interval[0] > 0);
  return changePercent < limit && (interval === null || interval[1] < 0);
}
