/** Checks, metrics and transactions as the summary has them. Pure. */
import type { DistributionSnapshot, MeasuresSnapshot, MetricSnapshot } from "../../protocol/measures_message.ts";
import { toPercentiles } from "./summary_entry.ts";
import type { RunSummary, SummaryMetric, SummaryTimes } from "./summary.ts";

/** Lists that are empty are left out. */
export function toSummaryMeasures(
  measures: MeasuresSnapshot | undefined,
): Pick<RunSummary, "checks" | "metrics" | "transactions"> {
  if (measures === undefined) return {};
  const checks = measures.checks.map(({ name, passes, fails }) => ({
    name,
    passes,
    fails,
    passRate: passes / (passes + fails),
  }));
  const metrics = measures.metrics.map(toSummaryMetric);
  const transactions = measures.transactions.map(({ name, count, failures, cutOff, times, busyTimes }) => ({
    name,
    count,
    failures,
    failureRatio: count === 0 ? null : failures / count,
    cutOff,
    times: toSummaryTimes(times),
    busyTimes: toSummaryTimes(busyTimes),
  }));
  return {
    ...(checks.length === 0 ? {} : { checks }),
    ...(metrics.length === 0 ? {} : { metrics }),
    ...(transactions.length === 0 ? {} : { transactions }),
  };
}

function toSummaryMetric(metric: MetricSnapshot): SummaryMetric {
  switch (metric.kind) {
    case "trend": {
      const { kind, name, unit, count, sum, mean, min, max, percentiles, beyondScale } = metric;
      return { kind, name, unit, count, sum, mean, min, max, percentiles: toPercentiles(percentiles), beyondScale };
    }
    case "rate":
      return { ...metric, passRate: metric.passes / (metric.passes + metric.fails) };
    default:
      return metric;
  }
}

function toSummaryTimes({ mean, min, max, percentiles }: DistributionSnapshot): SummaryTimes {
  return { meanMs: mean, minMs: min, maxMs: max, percentilesMs: toPercentiles(percentiles) };
}
