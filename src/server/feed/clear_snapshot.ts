/**
 * A snapshot right after a reset of the statistics: its counts are 0 and its lists empty; users, workers and progress
 * are as they were. For readers who ask before the next tick of the master, which has the truth. Pure.
 */
import { NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { NO_ENTRY } from "../../stats/ledger/no_counts.ts";

export function clearSnapshot(snapshot: SnapshotMessage): SnapshotMessage {
  // what counts requests is left out by naming what stays, so that no count of tomorrow is forgotten here
  const { tick, wallMs, elapsedMs, state, userCount, targetUserCount, usersByClass, workers } = snapshot;
  const { scenarios, feeds, iterations, pace, arrivals } = snapshot;
  return {
    tick,
    wallMs,
    elapsedMs,
    loadMs: 0,
    resetMs: elapsedMs,
    state,
    userCount,
    targetUserCount,
    usersByClass,
    workers,
    ...(scenarios && { scenarios }),
    ...(feeds && { feeds }),
    ...(iterations && { iterations }),
    ...(pace && { pace }),
    ...(arrivals && { arrivals: { ...arrivals, ...NO_ARRIVALS, planned: 0, waiting: 0 } }),
    total: { ...NO_ENTRY, startWallMs: snapshot.total.startWallMs },
    entries: [],
    failures: [],
    exceptions: [],
    statuses: {},
  };
}
