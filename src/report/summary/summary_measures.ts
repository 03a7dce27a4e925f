/** Checks, metrics and transactions as the summary has them. Pure. */
import type {
  CheckSnapshot,
  DistributionSnapshot,
  MeasuresSnapshot,
  MetricSnapshot,
} from "../../protocol/measures_message.ts";
import { toPercentiles } from "./summary_entry.ts";
import type { RunSummary, SummaryCheck, SummaryMetric, SummaryTimes } from "./summary.ts";

type SummaryMeasures = Pick<RunSummary, "checks" | "metrics" | "transactions" | "checkSplits" | "droppedCheckTags">;

/** Lists that are empty are left out. */
export function toSummaryMeasures(
  measures: MeasuresSnapshot | undefined,
): SummaryMeasures {
  if (measures === undefined) return {};
  const checks = measures.checks.map(toSummaryCheck);
  const checkSplits = measures.checkSplits?.map(({ tag, values }) => ({
    tag,
    values: values.map((each) => ({ value: each.value, checks: each.checks.map(toSummaryCheck) })),
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
    ...(checkSplits === undefined ? {} : { checkSplits }),
    ...(measures.droppedCheckTags === undefined ? {} : { droppedCheckTags: measures.droppedCheckTags }),
  };
}

function toSummaryCheck({ name, passes, fails }: CheckSnapshot): SummaryCheck {
  return { name, passes, fails, passRate: passes / (passes + fails) };
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
