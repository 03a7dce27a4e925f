/** The answer of Locust's `GET /stats/requests`, from a snapshot of the master. Pure. */
import {
  type EntrySnapshot,
  REPORTED_PERCENTILES,
  type SnapshotMessage,
  type WorkerSnapshot,
} from "../../protocol/snapshot_message.ts";
import type { ApiRunState } from "../answers/api_types.ts";

/** Locust's limit: more rows make its page slow. */
const MAX_ROWS = 500;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Of a master: its workers, and how many of them are ready for load. */
export interface LocustWorkers {
  readonly listed: readonly WorkerSnapshot[];
  readonly ready: number;
}

export function locustStats(
  snapshot: SnapshotMessage | undefined,
  state: ApiRunState,
  workers: LocustWorkers | undefined,
): { readonly [key: string]: Json } {
  const total = snapshot?.total;
  const requests = total?.requests ?? 0;
  const window = (percentile: number) => {
    const value = total?.windowPercentilesMs[REPORTED_PERCENTILES.findIndex((each) => each === percentile)];
    return value === undefined || value === null ? null : Math.round(value);
  };
  return {
    stats: snapshot === undefined ? [] : [...snapshot.entries.slice(0, MAX_ROWS), snapshot.total].map(toLocustRow),
    errors: (snapshot?.failures ?? []).slice(0, MAX_ROWS).map((failure) => ({
      name: failure.name,
      method: failure.method,
      error: failure.text,
      occurrences: failure.count,
      first_seen: failure.firstWallMs / 1000,
      last_seen: failure.lastWallMs / 1000,
    })),
    current_rps: total?.currentPerSecond ?? 0,
    current_fail_per_sec: total?.currentFailuresPerSecond ?? 0,
    total_rps: total?.totalPerSecond ?? 0,
    total_fail_per_sec: total?.totalFailuresPerSecond ?? 0,
    fail_ratio: requests === 0 ? 0 : (total?.failures ?? 0) / requests,
    current_response_time_percentiles: {
      "response_time_percentile_0.5": window(0.5),
      "response_time_percentile_0.95": window(0.95),
    },
    // Locust's page stops to ask once it has read "stopping", and would show that for ever.
    state: state === "stopping" ? "running" : state,
    user_count: state === "stopped" ? 0 : snapshot?.userCount ?? 0,
    ...(workers !== undefined
      ? {
        workers: workers.listed.map((worker) => ({
          id: worker.id,
          state: worker.state,
          user_count: worker.users,
          cpu_usage: worker.cpuPercent,
          memory_usage: worker.rssBytes,
        })),
        worker_count: workers.ready,
      }
      : {}),
  };
}

function toLocustRow(entry: EntrySnapshot): Json {
  const percentile = (wanted: number) => {
    const value = entry.percentilesMs[REPORTED_PERCENTILES.findIndex((each) => each === wanted)];
    return value === undefined || value === null ? 0 : Math.round(value);
  };
  return {
    method: entry.method,
    name: entry.name,
    num_requests: entry.requests,
    num_failures: entry.failures,
    min_response_time: Math.round(entry.minMs ?? 0),
    max_response_time: Math.round(entry.maxMs ?? 0),
    current_rps: entry.currentPerSecond,
    current_fail_per_sec: entry.currentFailuresPerSecond,
    avg_response_time: entry.meanMs,
    median_response_time: Math.round(entry.medianMs),
    total_rps: entry.totalPerSecond,
    total_fail_per_sec: entry.totalFailuresPerSecond,
    "response_time_percentile_0.95": percentile(0.95),
    "response_time_percentile_0.99": percentile(0.99),
    avg_content_length: entry.requests > 0 ? entry.bytes / entry.requests : 0,
  };
}

/** JSON as Locust writes it: indented, its keys sorted. */
export function toLocustJson(value: Json): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => sorted(each));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as { readonly [key: string]: Json }).sort(([a], [b]) =>
    a < b ? -1 : a > b ? 1 : 0
  );
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
