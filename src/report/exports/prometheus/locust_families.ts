/**
 * The metrics of a run under the names of the exporter that is usual for Locust (`locust_…`), so that its dashboards work: gauges of the
 * statistics table as it is, in milliseconds, with a row `Aggregated`; a reset of the statistics sets them to zero. Pure.
 */
import { type EntrySnapshot, REPORTED_PERCENTILES, type SnapshotMessage } from "../../../protocol/snapshot_message.ts";
import type { ExportedRun } from "../exported_run.ts";
import { formatLabels, gauge, type MetricFamily, sample } from "./metric_family.ts";

/** What `locust_running` says of each state: 0 not running, 1 users are being started, 2 running. */
const RUNNING: Readonly<Record<string, number>> = { spawning: 1, running: 2, stopping: 2 };

/** Columns of the table: name of the metric, what it is, and how a row has it. */
const COLUMNS: readonly (readonly [name: string, help: string, read: (entry: EntrySnapshot) => number])[] = [
  ["num_requests", "Requests.", (entry) => entry.requests],
  ["num_failures", "Failed requests.", (entry) => entry.failures],
  ["avg_response_time", "Mean response time in milliseconds.", (entry) => entry.meanMs],
  ["min_response_time", "Shortest response time in milliseconds.", (entry) => entry.minMs ?? 0],
  ["max_response_time", "Longest response time in milliseconds.", (entry) => entry.maxMs ?? 0],
  ["median_response_time", "Median response time in milliseconds.", (entry) => entry.medianMs],
  ["current_rps", "Requests per second over the last ten seconds.", (entry) => entry.currentPerSecond],
  ["current_fail_per_sec", "Failures per second over the last ten seconds.", (entry) => entry.currentFailuresPerSecond],
  [
    "avg_content_length",
    "Mean size of the bodies of responses in bytes.",
    (entry) => entry.requests > 0 ? entry.bytes / entry.requests : 0,
  ],
];

export function locustFamilies({ snapshot }: ExportedRun): readonly MetricFamily[] {
  const rows = snapshot === undefined ? [] : [...snapshot.entries, snapshot.total];
  const labelled = rows.map((entry) => ({ entry, labels: formatLabels({ method: entry.method, name: entry.name }) }));
  const workers = snapshot?.workers ?? [];
  const { requests = 0, failures = 0 } = snapshot?.total ?? {};
  return [
    gauge("locust_up", "1: the load generator answers.", [sample(1)]),
    gauge("locust_running", "0: not running, 1: users are being started, 2: running.", [
      sample(RUNNING[snapshot?.state ?? ""] ?? 0),
    ]),
    gauge("locust_users", "Users that run.", [sample(snapshot?.userCount ?? 0)]),
    gauge("locust_workers_count", "Workers that have not left.", [
      sample(workers.filter(({ state }) => state !== "gone").length),
    ]),
    gauge("locust_workers_running_count", "Workers that run all users they were assigned.", [
      sample(workers.filter(({ state }) => state === "running").length),
    ]),
    ...COLUMNS.map(([name, help, read]) =>
      gauge(
        `locust_requests_${name}`,
        help,
        labelled.map(({ entry, labels }) => ({ suffix: "", labels, value: read(entry) })),
      )
    ),
    gauge("locust_requests_fail_ratio", "Failed requests as a part of all, from 0 to 1.", [
      sample(requests > 0 ? failures / requests : 0),
    ]),
    ...([50, 95] as const).map((percent) =>
      gauge(
        `locust_requests_current_response_time_percentile_${percent}`,
        `Percentile ${percent} of the response times of the last ten seconds, in milliseconds.`,
        [sample(currentPercentile(snapshot, percent))],
      )
    ),
    gauge(
      "locust_errors",
      "Failed requests by the text of the failure.",
      (snapshot?.failures ?? []).map(({ method, name, text, count }) => sample(count, { method, name, error: text })),
    ),
  ];
}

function currentPercentile(snapshot: SnapshotMessage | undefined, percent: 50 | 95): number {
  const at = REPORTED_PERCENTILES.indexOf(percent === 50 ? 0.5 : 0.95);
  return snapshot?.total.windowPercentilesMs[at] ?? 0;
}
