/**
 * Which figures are compared of a row, a check, a transaction or a metric, and which figure of its seconds each is made
 * of. Pure.
 */
import type { MetricKind } from "../../protocol/measures_message.ts";
import type { Better, ComparedFigure } from "../../stats/comparison/judge_change.ts";
import { FIGURES, type SeriesFigure } from "../../stats/comparison/row_series.ts";
import { stepsOf } from "../../stats/measures/trend_scale.ts";

export interface FigurePlan {
  readonly figure: ComparedFigure;
  /** The figure of the seconds; undefined: they do not have it. */
  readonly from?: SeriesFigure;
  /** Of the times without think time. */
  readonly isBusy?: true;
  /** From the figure of the seconds to this one. */
  readonly convert?: (value: number) => number;
  /** Absent: what the figure itself says. */
  readonly better?: Better;
}

const TIMES = ["mean", "p50", "p95", "p99"] as const;
const BUSY = { mean: "busyMean", p50: "busyP50", p95: "busyP95", p99: "busyP99" } as const;

export const ROW_PLAN: readonly FigurePlan[] = FIGURES.map((figure) => ({ figure, from: figure }));

const PASS_RATE: FigurePlan = { figure: "passRate", from: "failureRatio", convert: (failed) => 1 - failed };

export const CHECK_PLAN: readonly FigurePlan[] = [PASS_RATE];

export const TRANSACTION_PLAN: readonly FigurePlan[] = [
  { figure: "perSecond", from: "rps" },
  { figure: "failureRatio", from: "failureRatio" },
  ...TIMES.map((figure): FigurePlan => ({ figure, from: figure })),
  ...TIMES.map((figure): FigurePlan => ({ figure: BUSY[figure], from: figure, isBusy: true })),
];

/** Nobody knows whether more of a metric is good. */
export function metricPlan(kind: MetricKind, unit: string): readonly FigurePlan[] {
  const better = "unknown";
  switch (kind) {
    case "trend": {
      const convert = (ms: number) => ms * 1000 / stepsOf(unit);
      return TIMES.map((figure) => ({ figure, from: figure, convert, better }));
    }
    case "counter":
      return [{ figure: "perSecond", from: "sumRate", better }];
    case "rate":
      return [{ ...PASS_RATE, better }];
    case "gauge":
      return [{ figure: "last", better }];
  }
}
