/**
 * A load over time as a pure function: the number of users wanted and the rate of change, so many seconds into the run.
 * Null ends the run. The ready-made ones are in this folder; the `LoadTestShape` classes of a locustfile stand on them.
 */

export interface ShapeTarget {
  readonly users: number;
  readonly spawnRate: number; // users per second
}

export type LoadShape = (runTimeSeconds: number) => ShapeTarget | null;

/** Rate at which a change of users takes that long; of no change 1/s, because a rate of 0 would never replace a user. */
export function rateOver(changedUsers: number, seconds: number): number {
  const changed = Math.abs(changedUsers);
  if (changed === 0) return 1;
  return seconds > 0 ? changed / seconds : changed;
}
