/** Rows in which nothing is counted: that of the total before the first request, and any row right after a reset. */
import { type EntrySnapshot, REPORTED_PERCENTILES } from "../../protocol/snapshot_message.ts";

const NO_PERCENTILES = REPORTED_PERCENTILES.map(() => null);

/** Every count and time of a row; what it is the row of, and its moments, are left. */
export const NO_COUNTS = {
  requests: 0,
  failures: 0,
  untimed: 0,
  sumMs: 0,
  minMs: null,
  maxMs: null,
  meanMs: 0,
  medianMs: 0,
  percentilesMs: NO_PERCENTILES,
  bytes: 0,
  currentPerSecond: 0,
  currentFailuresPerSecond: 0,
  totalPerSecond: 0,
  totalFailuresPerSecond: 0,
  windowPercentilesMs: NO_PERCENTILES,
} as const satisfies Partial<EntrySnapshot>;

/** The total before the first request. */
export const NO_ENTRY: EntrySnapshot = {
  ...NO_COUNTS,
  method: "",
  name: "Aggregated",
  startWallMs: 0,
  lastWallMs: null,
};
