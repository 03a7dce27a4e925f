/**
 * A run as OpenTelemetry metrics: cumulative since its start, histograms taken as they are from ours. Only this folder
 * knows the SDK, and it is loaded when metrics are exported and not before.
 */
import type { HrTime } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { MetricData, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ClassArrivals } from "../../../protocol/snapshot_message.ts";
import type { CountedRow } from "../counted_rows.ts";
import {
  countedArrivals,
  countedFailures,
  countedMeasures,
  countedRows,
  type ExportedRun,
  type FailedByRow,
  failedByRow,
  splitByError,
  usersByClass,
} from "../exported_run.ts";
import { counter, histogram, type TimesPoint, upDownCounter } from "./metric_data.ts";
import { measureMetrics } from "./otel_measures.ts";
import { taggedMetrics } from "./otel_tagged.ts";

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
  const arrivals = countedArrivals(run);
  const ofClasses = (read: (each: ClassArrivals) => number) =>
    arrivals.map((each) => [{ user_class: each.name, kind: each.kind }, read(each)] as const);
  const metrics: MetricData[] = [
    histogram(
      span,
      { name: "http.client.request.duration", description: "Response times of HTTP requests." },
      rows.filter(({ method }) => HTTP_METHODS.includes(method)).flatMap((row) => httpPoints(byRow, row)),
    ),
    histogram(
      span,
      { name: "locust.client.duration", description: "Response times." },
      rows.map(({ method, name, times }) => ({ attributes: { method, name }, times })),
    ),
    counter(
      span,
      { name: "locust.client.failures", unit: "{request}", description: "Failed requests by the text of the failure." },
      countedFailures(run).map(({ method, name, text, count }) => [{ method, name, "error.message": text }, count]),
    ),
    ...measureMetrics(countedMeasures(run), span),
    ...taggedMetrics(run, span),
    upDownCounter(
      span,
      { name: "locust.users.count", unit: "{user}", description: "Users that run." },
      Object.entries(usersByClass(run)).map(([name, users]) => [{ user_class: name }, users]),
    ),
    ...ARRIVAL_COUNTERS.map(([count, description]) =>
      counter(
        span,
        { name: `locust.arrivals.${count}`, unit: "{arrival}", description },
        ofClasses((each) => each[count]),
      )
    ),
    upDownCounter(
      span,
      { name: "locust.arrivals.waiting", unit: "{arrival}", description: "Arrivals that wait for a user." },
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
