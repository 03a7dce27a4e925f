/** The lists of a summary beside its rows, from a snapshot: failures, exceptions, workers, thresholds. Pure. */
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import type { RunSummary, SummaryThreshold } from "./summary.ts";

export type SummaryLists = Pick<RunSummary, "failures" | "exceptions" | "workers">;

/** What the threads of each worker use for plain TCP, of those that have told it. */
export function listSockets({ workers }: Pick<SnapshotMessage, "workers">): Readonly<Record<string, string>> {
  return Object.fromEntries(workers.flatMap(({ id, socket }) => socket === undefined ? [] : [[id, socket]]));
}

export function listDetails(snapshot: Pick<SnapshotMessage, "failures" | "exceptions" | "workers">): SummaryLists {
  return {
    failures: snapshot.failures.map(({ method, name, text, count, firstWallMs, lastWallMs }) => ({
      method,
      name,
      text,
      count,
      firstAt: toDate(firstWallMs),
      lastAt: toDate(lastWallMs),
    })),
    exceptions: snapshot.exceptions.map(({ message, where, stack, count, workers }) => ({
      message,
      where,
      stack,
      count,
      workers,
    })),
    workers: snapshot.workers.map(({ id, index, host, threads, users, requests, ...health }) => ({
      id,
      index,
      host,
      threads,
      users,
      requests,
      cpuPercent: health.cpuPercent,
      rssBytes: health.rssBytes,
      loopLagP99Ms: health.loopLagP99Ms,
      latenessP99Ms: health.latenessP99Ms,
      state: health.state,
      socket: health.socket ?? null,
      incidents: health.incidents ?? [],
    })),
  };
}

export function toSummaryArrivals(
  { planned, asked, started, dropped, waiting, late }: NonNullable<SnapshotMessage["arrivals"]>,
): NonNullable<RunSummary["arrivals"]> {
  return { planned: Math.max(planned, asked), asked, started, dropped, waiting, late };
}

export function toSummaryClassArrivals(
  { name, kind, asked, started, dropped, waiting, late }: NonNullable<SnapshotMessage["classArrivals"]>[number],
): NonNullable<RunSummary["classArrivals"]>[number] {
  return { name, kind, asked, started, dropped, waiting, late };
}

/** A condition that has not been measured is not met. */
export function toSummaryThreshold(status: ThresholdStatus): SummaryThreshold {
  return {
    expression: status.expression,
    scope: status.scope,
    metric: status.metric,
    statistic: status.statistic,
    operator: status.operator,
    limit: status.limit,
    unit: status.unit,
    measured: status.measured,
    passed: status.state === "met",
    crossedAtSeconds: status.crossedAtSeconds,
    windowSeconds: status.windowSeconds,
    aborts: status.aborts,
  };
}

export function toDate(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
