/** The charts of a check, a transaction or a metric over the time of a run. Pure. */
import type { SummaryMeasureHistory, SummaryMeasureStep } from "../../src/report/summary/summary_history.ts";
import type { Chart, Line } from "./chart.ts";
import { formatClock, formatValue } from "./format.ts";
import { ratedSeconds } from "./rated_seconds.ts";

/** `label`: as the row of the table has it. */
export function measureCharts(history: SummaryMeasureHistory, label: string): readonly Chart[] {
  const steps = withGaps(history.steps);
  const unit = history.unit ?? "";
  const chart = (caption: string, unit: string, lines: readonly Line[], extra: Partial<Chart> = {}): Chart => ({
    title: `${caption} of ${label}`,
    caption,
    unit,
    x: steps.map(({ second }) => second),
    xLabel: "Second",
    bands: [],
    formatX: formatClock,
    formatY: formatValue,
    lines,
    ...extra,
  });
  const line = (
    label: string,
    ink: Line["ink"],
    read: (step: SummaryMeasureStep) => number | null | undefined,
  ): Line => ({
    label,
    ink,
    values: steps.map(({ step }) => step === undefined ? null : read(step) ?? null),
  });
  const perSecond = (count: number | undefined, step: SummaryMeasureStep) => {
    const over = ratedSeconds(step, history.steps.length === 1);
    return count === undefined || Number.isNaN(over) ? null : count / over;
  };
  const passRate = () => chart("Pass rate", "%", [line("Passed", "rate", ({ passRate = 0 }) => passRate * 100)]);
  const percentiles = (title: string, unit: string, more: readonly Line[]) =>
    chart(title, unit, [
      line("50th percentile", "p50", ({ p50 }) => p50),
      line("95th percentile", "p95", ({ p95 }) => p95),
      line("99th percentile", "p99", ({ p99 }) => p99),
      ...more,
    ], { hasLogScale: true });
  switch (history.of === "metrics" ? history.kind : history.of) {
    case "transactions":
      return [
        percentiles("Time", "ms", [line("95th percentile, busy", "p90", ({ busyP95 }) => busyP95)]),
        chart("Transactions per second", "/s", [
          line("Ended", "rate", (step) => perSecond(step.count, step)),
          line("Failed", "failures", (step) => perSecond(step.failures, step)),
        ]),
      ];
    case "trend":
      return [percentiles("Value", unit, [])];
    case "counter":
      return [chart("Added per second", `${unit}/s`, [line("Added", "rate", (step) => perSecond(step.sum, step))])];
    case "gauge":
      return [chart("Last value", unit, [line("Last", "users", ({ last }) => last)])];
    default:
      return [
        passRate(),
        chart(history.of === "checks" ? "Checks per second" : "Cases per second", "/s", [
          line("Passed", "rate", (step) => perSecond(step.count - (step.failures ?? 0), step)),
          line("Failed", "failures", (step) => perSecond(step.failures, step)),
        ]),
      ];
  }
}

interface PlacedStep {
  readonly second: number;
  /** Undefined where nothing was counted. */
  readonly step: SummaryMeasureStep | undefined;
}

/** A point without a value where a step does not follow the one before: a line would say that something was measured there. */
function withGaps(steps: readonly SummaryMeasureStep[]): readonly PlacedStep[] {
  return steps.flatMap((step, i): readonly PlacedStep[] => {
    const before = steps[i - 1];
    const end = before === undefined ? step.second : before.second + before.seconds;
    const placed = { second: step.second, step };
    return step.second > end ? [{ second: end, step: undefined }, placed] : [placed];
  });
}
