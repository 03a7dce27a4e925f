/** The row of the total before the first request. */
import { type EntrySnapshot, REPORTED_PERCENTILES } from "../../protocol/snapshot_message.ts";

const NONE = REPORTED_PERCENTILES.map(() => null);

export const NO_ENTRY: EntrySnapshot = {
  method: "",
  name: "Aggregated",
  requests: 0,
  failures: 0,
  untimed: 0,
  sumMs: 0,
  minMs: null,
  maxMs: null,
  meanMs: 0,
  medianMs: 0,
  percentilesMs: NONE,
  bytes: 0,
  currentPerSecond: 0,
  currentFailuresPerSecond: 0,
  totalPerSecond: 0,
  totalFailuresPerSecond: 0,
  windowPercentilesMs: NONE,
  startWallMs: 0,
  lastWallMs: null,
};
