/** Values of a test's own metrics as people read them, in their unit. Pure. */
import { formatBytes } from "./units.ts";

/**
 * `1830 ms`, `0.42 s`, `61.2 MB`, `17`, `12.5 %`; `-` where there is none. Units that are not known are written behind
 * the number.
 */
export function formatMeasured(value: number | null, unit: string): string {
  if (value === null) return "-";
  if ((unit === "B" || unit === "bytes") && value >= 0) return formatBytes(value);
  return unit === "" ? formatPlain(value) : `${formatPlain(value)} ${unit}`;
}

/** Whole numbers stay whole; others have three significant digits, or one decimal from 100 on. */
function formatPlain(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 99.95 ? value.toFixed(1) : String(Number(value.toPrecision(3)));
}

/** What a metric has in every form of it: in a snapshot, in the summary. */
export type MetricValue =
  | { readonly kind: "trend"; readonly mean: number | null; readonly unit: string }
  | { readonly kind: "counter"; readonly sum: number; readonly unit: string }
  | { readonly kind: "gauge"; readonly last: number; readonly unit: string }
  | { readonly kind: "rate"; readonly passes: number; readonly fails: number };

/** The one figure that says most of a metric: mean, sum, last value, share. */
export function formatMetricValue(metric: MetricValue): string {
  switch (metric.kind) {
    case "trend":
      return formatMeasured(metric.mean, metric.unit);
    case "counter":
      return formatMeasured(metric.sum, metric.unit);
    case "gauge":
      return formatMeasured(metric.last, metric.unit);
    case "rate":
      return formatPassRate(metric.passes, metric.fails);
  }
}

/** `99.70%` of checks, or of cases of a rate; `-` of none. A share that is not whole never reads as whole. */
export function formatPassRate(passes: number, fails: number): string {
  const all = passes + fails;
  if (all === 0) return "-";
  const percent = passes / all * 100;
  const shown = fails > 0 ? Math.min(percent, 99.99) : percent;
  return `${(passes > 0 ? Math.max(shown, 0.01) : shown).toFixed(2)}%`;
}
