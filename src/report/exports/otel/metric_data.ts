/** Metrics in the form of the SDK, of values that are counted from the start of a span to its end. Pure. */
import { type Attributes, type HrTime, ValueType } from "@opentelemetry/api";
import {
  AggregationTemporality,
  DataPointType,
  type GaugeMetricData,
  type HistogramMetricData,
  type SumMetricData,
} from "@opentelemetry/sdk-metrics";
import { BOUNDS_SECONDS, countTimes } from "../time_buckets.ts";

export interface Span {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

export interface TimesPoint {
  readonly attributes: Attributes;
  /** A packed histogram. */
  readonly times: Uint8Array;
}

type Values = readonly (readonly [attributes: Attributes, value: number])[];

interface MetricText {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** Of values that only go up. */
export function counter(span: Span, text: MetricText, values: Values, type = ValueType.INT): SumMetricData {
  return { ...sum(span, text, values, type), isMonotonic: true };
}

export function upDownCounter(span: Span, text: MetricText, values: Values): SumMetricData {
  return { ...sum(span, text, values, ValueType.INT), isMonotonic: false };
}

export function gauge(span: Span, text: MetricText, values: Values): GaugeMetricData {
  return {
    ...describe(text, ValueType.DOUBLE),
    dataPointType: DataPointType.GAUGE,
    dataPoints: values.map(([attributes, value]) => ({ ...span, attributes, value })),
  };
}

/** In seconds. */
export function histogram(
  span: Span,
  text: Omit<MetricText, "unit">,
  points: readonly TimesPoint[],
): HistogramMetricData {
  return {
    ...describe({ ...text, unit: "s" }, ValueType.DOUBLE),
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: points.map(({ attributes, times }) => ({ ...span, attributes, value: toHistogram(times) })),
  };
}

function sum(span: Span, text: MetricText, values: Values, type: ValueType): Omit<SumMetricData, "isMonotonic"> {
  return {
    ...describe(text, type),
    dataPointType: DataPointType.SUM,
    dataPoints: values.map(([attributes, value]) => ({ ...span, attributes, value })),
  };
}

function describe(text: MetricText, valueType: ValueType) {
  return {
    descriptor: { ...text, valueType },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
}

function toHistogram(times: Uint8Array): HistogramMetricData["dataPoints"][number]["value"] {
  const { counts, count, sumSeconds, minSeconds, maxSeconds } = countTimes(times);
  return {
    buckets: { boundaries: [...BOUNDS_SECONDS], counts: [...counts] },
    count,
    sum: sumSeconds,
    ...(minSeconds === null || maxSeconds === null ? {} : { min: minSeconds, max: maxSeconds }),
  };
}
