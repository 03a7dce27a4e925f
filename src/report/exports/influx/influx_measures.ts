/**
 * Checks, metrics and transactions as points. Counts are since the start of the run, figures since the last reset of
 * the statistics. Pure.
 */
import type { DistributionSnapshot, MeasuresSnapshot, MetricSnapshot } from "../../../protocol/measures_message.ts";
import { figuresOf, taggedChecks } from "../exported_measures.ts";
import type { FieldValue } from "./influx_line.ts";

export interface MeasureRow {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

export function measureRows(measures: MeasuresSnapshot | undefined): readonly MeasureRow[] {
  if (measures === undefined) return [];
  return [
    ...measures.checks.map(({ name, passes, fails }): MeasureRow => ({
      measurement: "locust_ts_check",
      tags: { check: name },
      fields: { passes: { integer: passes }, fails: { integer: fails } },
    })),
    ...taggedChecks(measures).map(({ tag, value, name, passes, fails }): MeasureRow => ({
      measurement: "locust_ts_tagged_check",
      tags: { tag_name: tag, tag_value: value, check: name },
      fields: { passes: { integer: passes }, fails: { integer: fails } },
    })),
    ...measures.metrics.map((metric): MeasureRow => ({
      measurement: "locust_ts_metric",
      tags: { metric: metric.name, kind: metric.kind, unit: "unit" in metric ? metric.unit : "" },
      fields: metricFields(metric),
    })),
    ...measures.transactions.map(({ name, count, failures, cutOff, times, busyTimes }): MeasureRow => ({
      measurement: "locust_ts_transaction",
      tags: { transaction: name },
      fields: {
        count: { integer: count },
        failures: { integer: failures },
        cut_off: { integer: cutOff },
        ...figureFields(times, ""),
        ...figureFields(busyTimes, "busy_"),
      },
    })),
  ];
}

function metricFields(metric: MetricSnapshot): Readonly<Record<string, FieldValue>> {
  switch (metric.kind) {
    case "trend":
      return { count: { integer: metric.count }, ...figureFields(metric, "") };
    case "counter":
      return { count: { integer: metric.count }, sum: { float: metric.sum } };
    case "gauge":
      return { last: { float: metric.last } };
    case "rate":
      return { passes: { integer: metric.passes }, fails: { integer: metric.fails } };
  }
}

function figureFields(of: DistributionSnapshot, prefix: string): Readonly<Record<string, FieldValue>> {
  return Object.fromEntries(figuresOf(of).map(([figure, value]) => [`${prefix}${figure}`, { float: value }]));
}
