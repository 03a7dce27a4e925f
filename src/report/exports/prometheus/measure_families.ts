/** Checks, metrics and transactions under our names (`locust_ts_…`). A family that has nothing to show is left out. Pure. */
import { checkCounts, figuresOf, type MeasureCount, rateCounts, transactionCounts } from "../exported_measures.ts";
import { countedMeasures, type ExportedRun } from "../exported_run.ts";
import { histogramSamples } from "./histogram_samples.ts";
import { formatLabels, gauge, type MetricFamily, sample } from "./metric_family.ts";

export function measureFamilies(run: ExportedRun): readonly MetricFamily[] {
  const measures = countedMeasures(run);
  if (measures === undefined) return [];
  const { metrics, transactions } = measures;
  const families = [
    counts("locust_ts_checks", "Checks by their result.", "check", checkCounts(measures)),
    counts("locust_ts_metric_cases", "Cases of metrics of the kind rate.", "metric", rateCounts(measures)),
    counter(
      "locust_ts_metric_counter",
      "Sums of metrics of the kind counter.",
      metrics.flatMap((each) =>
        each.kind === "counter" ? [[{ metric: each.name, unit: each.unit }, each.sum] as const] : []
      ),
    ),
    gauge(
      "locust_ts_metric_last",
      "Last values of metrics of the kind gauge.",
      metrics.flatMap((each) =>
        each.kind === "gauge" ? [sample(each.last, { metric: each.name, unit: each.unit })] : []
      ),
    ),
    counter(
      "locust_ts_metric_values",
      "Values of metrics of the kind trend.",
      metrics.flatMap((each) =>
        each.kind === "trend" ? [[{ metric: each.name, unit: each.unit }, each.count] as const] : []
      ),
    ),
    gauge(
      "locust_ts_metric_figure",
      "Figures of metrics of the kind trend, since the last reset of the statistics, in their own unit.",
      metrics.flatMap((each) =>
        each.kind !== "trend"
          ? []
          : figuresOf(each).map(([figure, value]) => sample(value, { metric: each.name, unit: each.unit, figure }))
      ),
    ),
    counts("locust_ts_transactions", "Transactions by their result.", "transaction", transactionCounts(measures)),
    durations("locust_ts_transaction_duration_seconds", "Times of transactions.", transactions, ({ times }) => times),
    durations(
      "locust_ts_transaction_busy_duration_seconds",
      "Times of transactions without think time.",
      transactions,
      ({ busyTimes }) => busyTimes,
    ),
  ];
  return families.filter(({ samples }) => samples.length > 0);
}

type Labels = Readonly<Record<string, string>>;

function counter(name: string, help: string, values: readonly (readonly [Labels, number])[]): MetricFamily {
  const samples = values.map(([labels, value]) => ({ suffix: "_total" as const, labels: formatLabels(labels), value }));
  return { name, type: "counter", help, samples };
}

function counts(name: string, help: string, label: string, list: readonly MeasureCount[]): MetricFamily {
  return counter(name, help, list.map((each) => [{ [label]: each.name, result: each.result }, each.count]));
}

function durations<T extends { readonly name: string }>(
  name: string,
  help: string,
  transactions: readonly T[],
  read: (transaction: T) => { readonly packed: Uint8Array },
): MetricFamily {
  const samples = transactions.flatMap((each) =>
    histogramSamples(read(each).packed, formatLabels({ transaction: each.name }), new Map())
  );
  return { name, type: "histogram", help, unit: "seconds", samples };
}
