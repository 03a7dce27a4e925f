/** Judges the change of one figure between two runs, from its values and those of the resamples. Pure. */
import { intervalAround } from "./block_bootstrap.ts";
import type { Figure } from "./row_series.ts";

/** `higher` and `lower`: of a figure of which nobody knows whether more of it is good, as of most metrics. */
export type Judgement = "better" | "worse" | "higher" | "lower" | "same" | "tooShort" | "noInterval";

/** Figures of rows, and those of checks, transactions and metrics. */
export type ComparedFigure =
  | Figure
  | "passRate"
  | "perSecond"
  | "busyMean"
  | "busyP50"
  | "busyP95"
  | "busyP99"
  | "last";

/** What is good. */
export type Better = "more" | "less" | "unknown";

const BETTER: Readonly<Partial<Record<ComparedFigure, Better>>> = { rps: "more", passRate: "more", perSecond: "more" };

export interface FigureChange {
  readonly figure: ComparedFigure;
  readonly a: number | null;
  readonly b: number | null;
  /** Null where there is none: a figure is missing, or A's is 0 and B's is not. */
  readonly changePercent: number | null;
  /** Of the change in percent, 95 %. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly judgement: Judgement;
}

/** Seconds that each side must have for an interval. */
export const MIN_SECONDS = 20;

/** A smaller change of a percentile is within the width of a bucket of the histogram (1/128). */
const PERCENTILE_RESOLUTION_PERCENT = 0.8;

/** The figure of each resample of both sides. */
export interface Resampled {
  readonly a: readonly (number | null)[];
  readonly b: readonly (number | null)[];
  /** How much further from the change the ends of the interval are than those of the resamples. */
  readonly widening: number;
}

/** The words stand for what is in the way of an interval. */
export function judgeChange(
  figure: ComparedFigure,
  a: number | null,
  b: number | null,
  resamples: Resampled | "tooShort" | "noInterval",
  better: Better = BETTER[figure] ?? "less",
): FigureChange {
  const changePercent = percentOf(a, b);
  const base = { figure, a, b, changePercent };
  if (typeof resamples === "string") return { ...base, interval: null, judgement: resamples };
  const around = (estimate: number, changeOf: ChangeOf) =>
    intervalAround(
      estimate,
      resamples.a.map((value, i) => changeOf(value, resamples.b[i] ?? null)),
      resamples.widening,
    );
  if (a === null || b === null) return { ...base, interval: null, judgement: "noInterval" };
  // A resample of A without a failure has no change in percent: then there is a judgement, by the difference, and no interval.
  const percents = changePercent === null ? null : aroundRatio(changePercent, around);
  const differences = percents ?? around(b - a, differenceOf);
  if (differences === null) return { ...base, interval: null, judgement: "noInterval" };
  const isRise = differences[0] > 0;
  const isFall = differences[1] < 0;
  const isTooFine = /^(?:p|busyP)\d/.test(figure) && Math.abs(changePercent ?? 0) < PERCENTILE_RESOLUTION_PERCENT;
  const judgement = isTooFine || (!isRise && !isFall) ? "same" : judge(isRise ? "more" : "less", better);
  return { ...base, interval: percents, judgement };
}

function judge(change: "more" | "less", better: Better): Judgement {
  if (better === "unknown") return change === "more" ? "higher" : "lower";
  return change === better ? "better" : "worse";
}

type Interval = readonly [low: number, high: number];
type ChangeOf = (a: number | null, b: number | null) => number | null;

/**
 * The interval of a change in percent. A ratio is as far above 1 as its inverse is below: logarithms are even on both
 * sides. Where a resample has a zero, as of failures, the percents themselves must do, and no figure falls by more than
 * all of it.
 */
function aroundRatio(
  percent: number,
  around: (estimate: number, changeOf: ChangeOf) => Interval | null,
): Interval | null {
  const logs = percent <= -100 ? null : around(Math.log1p(percent / 100), logOf);
  if (logs !== null) return [100 * Math.expm1(logs[0]), 100 * Math.expm1(logs[1])];
  const percents = around(percent, percentOf);
  return percents === null ? null : [Math.max(-100, percents[0]), percents[1]];
}

/** Null of what has no logarithm. */
function logOf(a: number | null, b: number | null): number | null {
  return a === null || b === null || !(a > 0) || !(b > 0) ? null : Math.log(b / a);
}

function differenceOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : b - a;
}

function percentOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  if (a === 0) return b === 0 ? 0 : null;
  return (b / a - 1) * 100;
}
