/**
 * Describes what a single user has counted beside its requests, as lines in the columns of its requests: kind, name,
 * value, and what that is of. Pure.
 */
import { formatMeasured, formatMetricValue, formatPassRate } from "../../base/measured_value.ts";
import type { MeasuresSnapshot, MetricSnapshot, TransactionSnapshot } from "../../protocol/measures_message.ts";

export type MeasureCells = readonly [kind: string, name: string, value: string, of: string];

/** Checks, transactions and metrics, each by name. */
export function describeCounted({ checks, transactions, metrics }: MeasuresSnapshot): readonly MeasureCells[] {
  return [
    ...checks.map(({ name, passes, fails }): MeasureCells => [
      "check",
      name,
      formatPassRate(passes, fails),
      `${fails} of ${passes + fails} failed`,
    ]),
    ...transactions.map((each): MeasureCells => ["transaction", each.name, meanOf(each), describeTransaction(each)]),
    ...metrics.map((each): MeasureCells => [each.kind, each.name, formatMetricValue(each), describeMetric(each)]),
  ];
}

function meanOf({ times }: TransactionSnapshot): string {
  return formatMeasured(times.mean === null ? null : Math.round(times.mean), "ms");
}

function describeTransaction({ count, failures, cutOff, times, busyTimes }: TransactionSnapshot): string {
  const ms = (value: number | null) => formatMeasured(value === null ? null : Math.round(value), "ms");
  const cut = cutOff === 0 ? "" : `, ${cutOff} cut off`;
  if (count === 0) return `none ended${cut}`;
  return `mean of ${count}, ${failures} failed${cut}; ${ms(times.min)} to ${ms(times.max)}, busy ${ms(busyTimes.mean)}`;
}

function describeMetric(metric: MetricSnapshot): string {
  switch (metric.kind) {
    case "trend":
      return `mean of ${metric.count}; ${rangeOf(metric)}`;
    case "counter":
      return `sum of ${metric.count}`;
    case "rate":
      return `true in ${metric.passes} of ${metric.passes + metric.fails}`;
    case "gauge":
      return `last of ${metric.count}; ${rangeOf(metric)}`;
  }
}

function rangeOf(
  { min, max, unit }: { readonly min: number | null; readonly max: number | null; readonly unit: string },
) {
  return `${formatMeasured(min, unit)} to ${formatMeasured(max, unit)}`;
}
