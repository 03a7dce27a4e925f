/**
 * Counts one condition of an SLO in a second of a step. Shares and percentiles are counts of samples on the wrong side;
 * a percentile below its limit is a share of slow samples below 1 - fraction. Blocks of a window add up. Pure.
 */
import type { CapacityTail } from "../../protocol/capacity_message.ts";
import type { Histogram } from "../histogram/histogram.ts";
import type { Counted } from "../thresholds/statistic.ts";
import { meets, type ThresholdCondition } from "../thresholds/threshold.ts";

export interface SloBlock {
  /** Samples, or seconds of a rate. */
  readonly weight: number;
  /** On the wrong side of a percentile's limit, failed or dropped; or the sum of what a mean or a rate is of. */
  readonly sum: number;
}

export function countBlock(condition: ThresholdCondition, counted: Counted): SloBlock {
  const { statistic } = condition;
  switch (statistic.kind) {
    case "max":
    case "percentile": {
      const times = statistic.latency === "corrected" ? counted.corrected : counted.times;
      return { weight: times.count, sum: countBeyond(times, condition) };
    }
    case "mean": {
      const times = statistic.latency === "corrected" ? counted.corrected : counted.times;
      return { weight: times.count, sum: times.sumUs / 1000 };
    }
    case "failureRatio":
      return { weight: counted.requests, sum: counted.failures };
    case "dropped":
      return { weight: counted.asked, sum: counted.dropped };
    case "requestRate":
      return { weight: counted.seconds, sum: counted.rateRequests };
    case "failureRate":
      return { weight: counted.seconds, sum: counted.rateFailures };
    default:
      throw new Error(`no SLO is about ${statistic.kind}`); // read_slo.ts refuses them
  }
}

/** The share of samples that may be on the wrong side; undefined: the statistic is no share of samples. */
export function allowedShare({ statistic, limit, operator }: ThresholdCondition): number | undefined {
  switch (statistic.kind) {
    case "max":
      return 0;
    case "percentile":
      return operator.startsWith("<") ? 1 - statistic.fraction : statistic.fraction;
    case "failureRatio":
    case "dropped":
      return limit / 100;
    default:
      return undefined;
  }
}

/**
 * Where the stretches of a tail begin and end, as parts of the limit. Below the first are services rather than waits,
 * or nothing.
 */
const STRETCHES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

/** How the tail of a percentile falls before its limit. */
export function countTails(condition: ThresholdCondition, counted: Counted): readonly CapacityTail[] | undefined {
  const { statistic, limit, operator } = condition;
  if (statistic.kind !== "percentile" || !operator.startsWith("<") || !(limit > 0)) return undefined;
  const buckets = [...(statistic.latency === "corrected" ? counted.corrected : counted.times).buckets()];
  return STRETCHES.slice(1).map((end, i) => {
    const [fromMs, toMs] = [limit * (STRETCHES[i] ?? 0), limit * end];
    let [beyond, ended, ms] = [0, 0, 0];
    for (const { us, count } of buckets) {
      if (us / 1000 < fromMs) continue;
      beyond += count;
      if (end === 1 ? meets(condition, us / 1000) : us / 1000 < toMs) ended += count;
      ms += count * (Math.min(us / 1000, toMs) - fromMs);
    }
    return { fromMs, toMs, beyond, ended, ms };
  });
}

/** Samples that do not meet the limit by themselves. */
function countBeyond(times: Histogram, condition: ThresholdCondition): number {
  let beyond = 0;
  for (const { us, count } of times.buckets()) if (!meets(condition, us / 1000)) beyond += count;
  return beyond;
}
