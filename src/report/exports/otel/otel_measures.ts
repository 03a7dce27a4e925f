/**
 * Checks, metrics and transactions as OpenTelemetry metrics: counts since the start of the run, figures since the last
 * reset. Pure.
 */
import { ValueType } from "@opentelemetry/api";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import type { MeasuresSnapshot } from "../../../protocol/measures_message.ts";
import { checkCounts, figuresOf, rateCounts, transactionCounts } from "../exported_measures.ts";
import { counter, gauge, histogram, type Span } from "./metric_data.ts";

export function measureMetrics(measures: MeasuresSnapshot | undefined, span: Span): readonly MetricData[] {
  if (measures === undefined) return [];
  const { metrics, transactions } = measures;
  return [
    counter(
      span,
      { name: "locust.checks", unit: "{check}", description: "Checks by their result." },
      checkCounts(measures).map(({ name, result, count }) => [{ "check.name": name, "check.result": result }, count]),
    ),
    counter(
      span,
      { name: "locust.metric.cases", unit: "{case}", description: "Cases of metrics of the kind rate." },
      rateCounts(measures).map(({ name, result, count }) => [{ "metric.name": name, "metric.result": result }, count]),
    ),
    counter(
      span,
      { name: "locust.metric.counter", unit: "{value}", description: "Sums of metrics of the kind counter." },
      metrics.flatMap((each) =>
        each.kind === "counter" ? [[{ "metric.name": each.name, "metric.unit": each.unit }, each.sum] as const] : []
      ),
      ValueType.DOUBLE,
    ),
    gauge(
      span,
      { name: "locust.metric.last", unit: "{value}", description: "Last values of metrics of the kind gauge." },
      metrics.flatMap((each) =>
        each.kind === "gauge" ? [[{ "metric.name": each.name, "metric.unit": each.unit }, each.last] as const] : []
      ),
    ),
    gauge(
      span,
      {
        name: "locust.metric.figure",
        unit: "{value}",
        description: "Figures of metrics of the kind trend, in their own unit.",
      },
      metrics.flatMap((each) =>
        each.kind !== "trend"
          ? []
          : figuresOf(each).map(([figure, value]) =>
            [{ "metric.name": each.name, "metric.unit": each.unit, "metric.figure": figure }, value] as const
          )
      ),
    ),
    counter(
      span,
      { name: "locust.transactions", unit: "{transaction}", description: "Transactions by their result." },
      transactionCounts(measures).map((
        { name, result, count },
      ) => [{ "transaction.name": name, "transaction.result": result }, count]),
    ),
    histogram(
      span,
      { name: "locust.transaction.duration", description: "Times of transactions." },
      transactions.map(({ name, times }) => ({ attributes: { "transaction.name": name }, times: times.packed })),
    ),
    histogram(
      span,
      { name: "locust.transaction.busy_duration", description: "Times of transactions without think time." },
      transactions.map(({ name, busyTimes }) => ({
        attributes: { "transaction.name": name },
        times: busyTimes.packed,
      })),
    ),
  ];
}
