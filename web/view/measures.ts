/** Checks, metrics and transactions as texts, in the reader's locale. Pure but for the locale. */
import type { SummaryMetric } from "../../src/report/summary/summary.ts";
import { formatBytes, formatNumber, formatValue, NONE } from "./format.ts";

/** `1,830 ms`, `61.2 MB`, `17`: the unit is what the test calls it. */
export function formatMeasured(value: number | null, unit: string): string {
  if (value === null) return NONE;
  if ((unit === "B" || unit === "bytes") && value >= 0) return formatBytes(value);
  return unit === "" ? formatValue(value) : `${formatValue(value)} ${unit}`;
}

/** A share that is not whole never reads as whole, and one that is not nothing never as nothing. */
export function formatPassRate({ passes, fails }: { readonly passes: number; readonly fails: number }): string {
  const percent = passes / (passes + fails) * 100;
  const upper = fails > 0 ? Math.min(percent, 99.99) : percent;
  return `${formatNumber(passes > 0 ? Math.max(upper, 0.01) : upper, 2)} %`;
}

export interface MetricCells {
  readonly count: number;
  readonly value: string;
  readonly min: string;
  readonly median: string;
  readonly p95: string;
  readonly p99: string;
  readonly max: string;
}

/** What the kind of a metric does not have is a dash. */
export function metricCells(metric: SummaryMetric): MetricCells {
  const none = { min: NONE, median: NONE, p95: NONE, p99: NONE, max: NONE };
  switch (metric.kind) {
    case "trend": {
      const show = (value: number | null) => formatMeasured(value, metric.unit);
      return {
        count: metric.count,
        value: show(metric.mean),
        min: show(metric.min),
        median: show(metric.percentiles["50"]),
        p95: show(metric.percentiles["95"]),
        p99: show(metric.percentiles["99"]),
        max: show(metric.max),
      };
    }
    case "counter":
      return { ...none, count: metric.count, value: formatMeasured(metric.sum, metric.unit) };
    case "rate":
      return { ...none, count: metric.passes + metric.fails, value: formatPassRate(metric) };
    case "gauge": {
      const show = (value: number) => formatMeasured(value, metric.unit);
      return { ...none, count: metric.count, value: show(metric.last), min: show(metric.min), max: show(metric.max) };
    }
  }
}
