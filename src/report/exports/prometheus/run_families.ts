/**
 * The metrics of a run under our names (`locust_ts_…`): base units, counters since the start of the run, a histogram
 * for each name. Pure.
 */
import { RUN_STATES } from "../../../master/run_state.ts";
import type { RosterState } from "../../../master/workers/worker_state.ts";
import { TOTAL_NAME } from "../../../stats/ledger/ledger.ts";
import type { CountedRow } from "../counted_rows.ts";
import {
  countedFailures,
  countedRows,
  countedTotal,
  type ExportedRun,
  tracedOf,
  tracedOfAll,
  usersByClass,
} from "../exported_run.ts";
import { type Histograms, histogramSamples } from "./histogram_samples.ts";
import { measureFamilies } from "./measure_families.ts";
import { arrivalFamilies } from "./arrival_families.ts";
import { formatLabels, gauge, type MetricFamily, sample } from "./metric_family.ts";
import { taggedFamilies } from "./tagged_families.ts";

const WORKER_STATES = ["ready", "spawning", "running", "stopping", "missing", "gone"] as const satisfies RosterState[];
const VERDICTS = ["valid", "degraded", "invalid"] as const;

export function runFamilies(run: ExportedRun, histograms: Histograms): readonly MetricFamily[] {
  const rows = countedRows(run).map((row) => ({
    row,
    labels: formatLabels({ method: row.method, name: row.name }),
    traced: tracedOf(run, row),
  }));
  const total = countedTotal(run);
  const timed = histograms === "names"
    ? rows
    : total === undefined
    ? []
    : [{ row: total, labels: formatLabels({ method: "", name: TOTAL_NAME }), traced: tracedOfAll(run) }];
  const counter = (
    name: string,
    help: string,
    read: (row: CountedRow) => number,
    unit?: MetricFamily["unit"],
  ): MetricFamily => ({
    name,
    type: "counter",
    help,
    ...(unit === undefined ? {} : { unit }),
    samples: rows.map(({ row, labels }) => ({ suffix: "_total", labels, value: read(row) })),
  });
  return [
    counter("locust_ts_requests", "Requests that have ended, failed ones included.", (row) => row.requests),
    counter("locust_ts_request_failures", "Requests that have failed.", (row) => row.failures),
    {
      name: "locust_ts_failure_kinds",
      type: "counter",
      help: "Failed requests by the text of the failure.",
      samples: countedFailures(run).map(({ method, name, text, count }) => ({
        suffix: "_total",
        labels: formatLabels({ method, name, error: text }),
        value: count,
      })),
    },
    {
      name: "locust_ts_request_duration_seconds",
      type: "histogram",
      help: "Response times.",
      unit: "seconds",
      samples: timed.flatMap(({ row, labels, traced }) => histogramSamples(row.times, labels, traced)),
    },
    counter("locust_ts_response_size_bytes", "Bytes of the bodies of responses.", (row) => row.bytes, "bytes"),
    ...arrivalFamilies(run),
    ...measureFamilies(run),
    ...taggedFamilies(run, histograms),
    ...stateFamilies(run),
  ];
}

function stateFamilies(run: ExportedRun): readonly MetricFamily[] {
  const { started, snapshot, thresholds, verdict } = run;
  const state = snapshot?.state ?? (started === undefined ? "ready" : "spawning");
  return [
    gauge(
      "locust_ts_users",
      "Users that run, by class.",
      Object.entries(usersByClass(run)).map(([name, users]) => sample(users, { user_class: name })),
    ),
    gauge("locust_ts_users_target", "Users that are asked for.", [sample(snapshot?.targetUserCount ?? 0)]),
    gauge(
      "locust_ts_workers",
      "Workers by state.",
      WORKER_STATES.map((name) =>
        sample((snapshot?.workers ?? []).filter((worker) => worker.state === name).length, { state: name })
      ),
    ),
    {
      ...gauge(
        "locust_ts_worker_cpu_ratio",
        "Use of the processor by the process of a worker; 1 is one core.",
        (snapshot?.workers ?? []).map(({ id, cpuPercent }) => sample(cpuPercent / 100, { worker: id })),
      ),
      unit: "ratio",
    },
    gauge(
      "locust_ts_run_state",
      "The state of the run: the one that holds is 1.",
      RUN_STATES.map((name) => sample(name === state ? 1 : 0, { state: name })),
    ),
    {
      ...gauge("locust_ts_run_elapsed_seconds", "Time since the start of the run.", [
        sample((snapshot?.elapsedMs ?? 0) / 1000),
      ]),
      unit: "seconds",
    },
    gauge(
      "locust_ts_verdict",
      "Whether the numbers can be trusted: the verdict is 1. All are 0 until the run has ended.",
      VERDICTS.map((kind) => sample(verdict?.kind === kind ? 1 : 0, { kind })),
    ),
    gauge(
      "locust_ts_threshold_ok",
      "1: all conditions of the threshold hold, or have not been measured yet. 0: one is broken.",
      [...standingOf(thresholds)].map(([expression, ok]) => sample(ok, { expression })),
    ),
    {
      name: "locust_ts_build",
      type: "info",
      help: "The version of locust-ts and of its runtime.",
      samples: started === undefined ? [] : [{
        suffix: "_info",
        labels: formatLabels({ version: started.version, runtime: started.runtime ?? "" }),
        value: 1,
      }],
    },
  ];
}

/** A threshold has one status per condition. */
function standingOf(thresholds: ExportedRun["thresholds"]): ReadonlyMap<string, 0 | 1> {
  const standing = new Map<string, 0 | 1>();
  for (const { expression, state } of thresholds) {
    standing.set(expression, state === "broken" ? 0 : standing.get(expression) ?? 1);
  }
  return standing;
}
