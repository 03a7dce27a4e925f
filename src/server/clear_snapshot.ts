/**
 * A snapshot right after a reset of the statistics: its counts are 0 and its lists empty; users, workers and times are as they were. For
 * readers who ask before the next tick of the master, which has the truth. Pure.
 */
import type { EntrySnapshot, SnapshotMessage } from "../protocol/snapshot_message.ts";

export function clearSnapshot(snapshot: SnapshotMessage): SnapshotMessage {
  const { tick, wallMs, elapsedMs, state, userCount, targetUserCount, usersByClass, workers, total } = snapshot;
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
    total: clearEntry(total),
    entries: [],
    failures: [],
    exceptions: [],
    statuses: {},
  };
}

function clearEntry({ method, name, percentilesMs, windowPercentilesMs, startWallMs }: EntrySnapshot): EntrySnapshot {
  return {
    method,
    name,
    startWallMs,
    requests: 0,
    failures: 0,
    untimed: 0,
    sumMs: 0,
    minMs: null,
    maxMs: null,
    meanMs: 0,
    medianMs: 0,
    percentilesMs: percentilesMs.map(() => null),
    bytes: 0,
    currentPerSecond: 0,
    currentFailuresPerSecond: 0,
    totalPerSecond: 0,
    totalFailuresPerSecond: 0,
    windowPercentilesMs: windowPercentilesMs.map(() => null),
    lastWallMs: null,
  };
}
