/** The steps of a measure with its figures, as the summary and the web UI have them. Pure. */
import { Histogram } from "../../stats/histogram/histogram.ts";
import { stepsOf } from "../../stats/measures/trend_scale.ts";
import type { MeasureHistory, MeasureStep } from "./measure_histories.ts";
import { showCounted } from "./counted_time.ts";
import type { SummaryMeasureHistory, SummaryMeasureStep } from "./summary_history.ts";

export function toMeasureHistory({ steps, ...name }: MeasureHistory): SummaryMeasureHistory {
  return { ...name, steps: steps.map((step) => ({ ...timeOf(step), ...figuresOf(name, step) })) };
}

function timeOf(step: MeasureStep): Pick<SummaryMeasureStep, "second" | "seconds" | "countedSeconds" | "count"> {
  const { second, seconds, count } = step;
  return { second, seconds, ...showCounted(step), count };
}

function figuresOf(
  { of, kind, unit = "" }: Omit<MeasureHistory, "steps">,
  step: MeasureStep,
): Partial<SummaryMeasureStep> {
  const { count, failures, sum, last, times, busyTimes } = step;
  switch (of === "metrics" ? kind : of) {
    case "transactions": {
      const busy = percentilesOf(busyTimes, 1000);
      return { failures, ...percentilesOf(times, 1000), busyP50: busy.p50, busyP95: busy.p95 };
    }
    case "trend":
      return percentilesOf(times, stepsOf(unit));
    case "counter":
      return { sum };
    case "gauge":
      return { last };
    default:
      return { failures, passRate: (count - failures) / count };
  }
}

function percentilesOf(packed: Uint8Array, steps: number) {
  const histogram = packed.length === 0 ? new Histogram() : Histogram.unpack(packed);
  const inUnit = (value: number | null | undefined) => value === null || value === undefined ? null : value / steps;
  const [p50, p95, p99] = histogram.quantilesUs([0.5, 0.95, 0.99]);
  return { mean: inUnit(histogram.meanUs), p50: inUnit(p50), p95: inUnit(p95), p99: inUnit(p99) };
}
