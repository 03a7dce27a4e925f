/** Parts of metrics in the form of the SDK. Pure. */
import type { ValueType } from "@opentelemetry/api";
import { AggregationTemporality, type HistogramMetricData } from "@opentelemetry/sdk-metrics";
import { BOUNDS_SECONDS, countTimes } from "../time_buckets.ts";

export function describe(name: string, unit: string, description: string, valueType: ValueType) {
  return {
    descriptor: { name, unit, description, valueType },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
}

export function toHistogram(times: Uint8Array): HistogramMetricData["dataPoints"][number]["value"] {
  const { counts, count, sumSeconds, minSeconds, maxSeconds } = countTimes(times);
  return {
    buckets: { boundaries: [...BOUNDS_SECONDS], counts: [...counts] },
    count,
    sum: sumSeconds,
    ...(minSeconds === null || maxSeconds === null ? {} : { min: minSeconds, max: maxSeconds }),
  };
}
