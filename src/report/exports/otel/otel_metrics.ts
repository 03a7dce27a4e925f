/**
 * A run as OpenTelemetry metrics: cumulative since its start, histograms taken as they are from ours. Only this folder knows the SDK, and
 * it is loaded when metrics are exported and not before.
 */
import { type Attributes, type HrTime, ValueType } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
  DataPointType,
  type HistogramMetricData,
  type MetricData,
  type ResourceMetrics,
  type SumMetricData,
} from "@opentelemetry/sdk-metrics";
import type { ClassArrivals } from "../../../protocol/snapshot_message.ts";
import {
  countedArrivals,
  countedFailures,
  countedMeasures,
  type CountedRow,
  countedRows,
  type ExportedRun,
  type FailedByRow,
  failedByRow,
  splitByError,
  usersByClass,
} from "../exported_run.ts";
import { describe, toHistogram } from "./metric_data.ts";
import { measureMetrics } from "./otel_measures.ts";

const HTTP_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"];

const ARRIVAL_COUNTERS = [
  ["asked", "Arrivals, or task starts of a target rate, whose time has come."],
  ["started", "Of those asked for: begun by a user."],
  ["dropped", "Of those asked for: no user was free."],
  ["late", "Of those started: more than 10 ms after their time."],
] as const;

/** Undefined before the first figures. */
export function toResourceMetrics(run: ExportedRun, resource: Resource): ResourceMetrics | undefined {
  const { started, snapshot } = run;
  if (started === undefined || snapshot === undefined) return undefined;
  const span = { startTime: toHrTime(started.wallMs), endTime: toHrTime(Math.max(snapshot.wallMs, started.wallMs)) };
  const rows = countedRows(run).filter(({ requests }) => requests > 0);
  const byRow = failedByRow(run);
  const histogram = (
    name: string,
    description: string,
    points: readonly TimesPoint[],
  ): HistogramMetricData => ({
    ...describe(name, "s", description, ValueType.DOUBLE),
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: points.map(({ attributes, times }) => ({ ...span, attributes, value: toHistogram(times) })),
  });
  const sum = (
    name: string,
    unit: string,
    description: string,
    kind: "counter" | "upDownCounter",
    values: readonly (readonly [attributes: Attributes, value: number])[],
  ): SumMetricData => ({
    ...describe(name, unit, description, ValueType.INT),
    dataPointType: DataPointType.SUM,
    isMonotonic: kind === "counter",
    dataPoints: values.map(([attributes, value]) => ({ ...span, attributes, value })),
  });
  const arrivals = countedArrivals(run);
  const ofClasses = (read: (each: ClassArrivals) => number) =>
    arrivals.map((each) => [{ user_class: each.name, kind: each.kind }, read(each)] as const);
  const metrics: MetricData[] = [
    histogram(
      "http.client.request.duration",
      "Response times of HTTP requests.",
      rows.filter(({ method }) => HTTP_METHODS.includes(method)).flatMap((row) => httpPoints(byRow, row)),
    ),
    histogram(
      "locust.client.duration",
      "Response times.",
      rows.map(({ method, name, times }) => ({ attributes: { method, name }, times })),
    ),
    sum(
      "locust.client.failures",
      "{request}",
      "Failed requests by the text of the failure.",
      "counter",
      countedFailures(run).map(({ method, name, text, count }) => [{ method, name, "error.message": text }, count]),
    ),
    ...measureMetrics(countedMeasures(run), span),
    sum(
      "locust.users.count",
      "{user}",
      "Users that run.",
      "upDownCounter",
      Object.entries(usersByClass(run)).map(([name, users]) => [{ user_class: name }, users]),
    ),
    ...ARRIVAL_COUNTERS.map(([count, description]) =>
      sum(`locust.arrivals.${count}`, "{arrival}", description, "counter", ofClasses((each) => each[count]))
    ),
    sum(
      "locust.arrivals.waiting",
      "{arrival}",
      "Arrivals that wait for a user.",
      "upDownCounter",
      ofClasses(({ waiting }) => waiting),
    ),
  ];
  return {
    resource,
    scopeMetrics: [{
      scope: { name: "locust-ts", version: started.version },
      metrics: metrics.filter(({ dataPoints }) => dataPoints.length > 0),
    }],
  };
}

interface TimesPoint {
  readonly attributes: Attributes;
  readonly times: Uint8Array;
}

/** A point of the requests that did not fail, where there are some, and one for each type of error. */
function httpPoints(byRow: FailedByRow, row: CountedRow): readonly TimesPoint[] {
  const attributes = { "http.request.method": row.method, "url.template": row.name };
  const { good, failed } = splitByError(byRow, row);
  return [
    ...(good.length === 0 && failed.length > 0 ? [] : [{ attributes, times: good }]),
    ...failed.map(({ errorType, times }) => ({ attributes: { ...attributes, "error.type": errorType }, times })),
  ];
}

function toHrTime(wallMs: number): HrTime {
  const seconds = Math.floor(wallMs / 1000);
  return [seconds, Math.round((wallMs - seconds * 1000) * 1e6)];
}
