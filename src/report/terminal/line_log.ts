/**
 * Logs one compact line after the first second and then per interval, for outputs that are no terminal: CI logs, pipes,
 * containers.
 */
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import { REPORTED_PERCENTILES, type SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { describeFeedShortly } from "../summary/describe_feeds.ts";
import { describeIterationProgress } from "../summary/describe_iterations.ts";
import { describeSearch } from "../tables/capacity_tables.ts";
import { describeArrivals, describeTargetRates } from "../tables/arrival_tables.ts";
import { describeLiveScenarios } from "../tables/scenario_lines.ts";
import { formatCount, formatFailures, formatMs, formatRate, formatRunTime } from "../tables/format_figures.ts";

const P95 = REPORTED_PERCENTILES.indexOf(0.95);
const P99 = REPORTED_PERCENTILES.indexOf(0.99);

/** `writeLine` gets one line without its end, e.g. a logger's `info`. */
export function createLineLog(options: {
  readonly writeLine: (line: string) => void;
  readonly intervalSeconds: number;
}): RunEventSink {
  let nextTick = 1;
  return (event: RunEvent) => {
    if (event.kind === "runStarted") nextTick = 1;
    if (event.kind !== "ticked" || event.snapshot.tick < nextTick) return;
    nextTick = (Math.floor(event.snapshot.tick / options.intervalSeconds) + 1) * options.intervalSeconds;
    const search = event.capacity === undefined ? "" : `, ${describeSearch(event.capacity)}`;
    options.writeLine(`${formatSnapshotLine(event.snapshot)}${search}`);
  };
}

/**
 * `0:12 running, 50/50 users, Aggregated: 1234 requests, 6(0.49%) failed, 102.80 req/s, median 21.3 ms, p95 48.1 ms,
 * p99 72.0 ms`
 */
export function formatSnapshotLine(snapshot: SnapshotMessage): string {
  const { total } = snapshot;
  const times = total.minMs === null ? [] : [
    `median ${formatMs(total.medianMs)} ms`,
    `p95 ${formatMs(total.percentilesMs[P95])} ms`,
    `p99 ${formatMs(total.percentilesMs[P99])} ms`,
  ];
  return [
    `${formatRunTime(snapshot.elapsedMs)} ${snapshot.state}`,
    ...(snapshot.arrivals === undefined
      ? [`${snapshot.userCount}/${snapshot.targetUserCount} users`]
      : [describeArrivals(snapshot.arrivals), formatCount(snapshot.userCount, "user")]),
    ...(snapshot.scenarios === undefined ? [] : [describeLiveScenarios(snapshot)]),
    ...(snapshot.iterations === undefined ? [] : [describeIterationProgress(snapshot.iterations)]),
    ...describeTargetRates(snapshot),
    `Aggregated: ${formatCount(total.requests, "request")}`,
    `${formatFailures(total.failures, total.requests)} failed`,
    `${formatRate(total.currentPerSecond)} req/s`,
    ...times,
    ...(snapshot.feeds ?? []).map(describeFeedShortly),
  ].join(", ");
}
