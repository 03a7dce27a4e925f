/** Adds what classes with a target rate ask for and do to the pace of the run. Pure. */
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";

/**
 * The snapshot with the target rates in its pace, beside what users that are paced each for themselves ask for. Asked
 * and started are of the same last seconds: beside the rate of this moment a rate that rises would look as if it were
 * not kept.
 */
export function addTargetPace(snapshot: SnapshotMessage): SnapshotMessage {
  const targets = snapshot.classArrivals?.filter(({ kind, plannedPerSecond }) =>
    kind === "target" && plannedPerSecond > 0
  );
  if (targets === undefined || targets.length === 0) return snapshot;
  const { intendedPerSecond, achievedPerSecond } = snapshot.pace ?? { intendedPerSecond: 0, achievedPerSecond: 0 };
  return {
    ...snapshot,
    pace: {
      intendedPerSecond: targets.reduce((sum, { askedPerSecond }) => sum + askedPerSecond, intendedPerSecond),
      achievedPerSecond: targets.reduce((sum, { startedPerSecond }) => sum + startedPerSecond, achievedPerSecond),
    },
  };
}
