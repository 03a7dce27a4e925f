/** Checks, metrics and transactions as OpenTelemetry metrics: counts since the start of the run, figures since the last reset. Pure. */
import { type Attributes, type HrTime, ValueType } from "@opentelemetry/api";
import {
  DataPointType,
  type GaugeMetricData,
  type HistogramMetricData,
  type MetricData,
  type SumMetricData,
} from "@opentelemetry/sdk-metrics";
import type { MeasuresSnapshot, TransactionSnapshot } from "../../../protocol/measures_message.ts";
import { checkCounts, figuresOf, rateCounts, transactionCounts } from "../exported_measures.ts";
import { describe, toHistogram } from "./metric_data.ts";

interface Span {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

type Values = readonly (readonly [attributes: Attributes, value: number])[];

export function measureMetrics(measures: MeasuresSnapshot | undefined, span: Span): readonly MetricData[] {
  if (measures === undefined) return [];
  const { metrics, transactions } = measures;
  const sum = (
    name: string,
    unit: string,
    description: string,
    values: Values,
    type = ValueType.INT,
  ): SumMetricData => ({
    ...describe(name, unit, description, type),
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: values.map(([attributes, value]) => ({ ...span, attributes, value })),
  });
  const gauge = (name: string, description: string, values: Values): GaugeMetricData => ({
    ...describe(name, "{value}", description, ValueType.DOUBLE),
    dataPointType: DataPointType.GAUGE,
    dataPoints: values.map(([attributes, value]) => ({ ...span, attributes, value })),
  });
  const durations = (
    name: string,
    description: string,
    read: (transaction: TransactionSnapshot) => Uint8Array,
  ): HistogramMetricData => ({
    ...describe(name, "s", description, ValueType.DOUBLE),
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: transactions.map((each) => ({
      ...span,
      attributes: { "transaction.name": each.name },
      value: toHistogram(read(each)),
    })),
  });
  return [
    sum(
      "locust.checks",
      "{check}",
      "Checks by their result.",
      checkCounts(measures).map(({ name, result, count }) => [{ "check.name": name, "check.result": result }, count]),
    ),
    sum(
      "locust.metric.cases",
      "{case}",
      "Cases of metrics of the kind rate.",
      rateCounts(measures).map(({ name, result, count }) => [{ "metric.name": name, "metric.result": result }, count]),
    ),
    sum(
      "locust.metric.counter",
      "{value}",
      "Sums of metrics of the kind counter.",
      metrics.flatMap((each) =>
        each.kind === "counter" ? [[{ "metric.name": each.name, "metric.unit": each.unit }, each.sum] as const] : []
      ),
      ValueType.DOUBLE,
    ),
    gauge(
      "locust.metric.last",
      "Last values of metrics of the kind gauge.",
      metrics.flatMap((each) =>
        each.kind === "gauge" ? [[{ "metric.name": each.name, "metric.unit": each.unit }, each.last] as const] : []
      ),
    ),
    gauge(
      "locust.metric.figure",
      "Figures of metrics of the kind trend, in their own unit.",
      metrics.flatMap((each) =>
        each.kind !== "trend"
          ? []
          : figuresOf(each).map(([figure, value]) =>
            [{ "metric.name": each.name, "metric.unit": each.unit, "metric.figure": figure }, value] as const
          )
      ),
    ),
    sum(
      "locust.transactions",
      "{transaction}",
      "Transactions by their result.",
      transactionCounts(measures).map((
        { name, result, count },
      ) => [{ "transaction.name": name, "transaction.result": result }, count]),
    ),
    durations("locust.transaction.duration", "Times of transactions.", ({ times }) => times.packed),
    durations(
      "locust.transaction.busy_duration",
      "Times of transactions without think time.",
      ({ busyTimes }) => busyTimes.packed,
    ),
  ];
}
