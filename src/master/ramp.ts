/**
 * How many users are wanted at a moment of a ramp, and when that number changes next. Pure arithmetic on the master's clock:
 * 100 users per second is one each 10 ms, not a hundred each second.
 */

export interface Ramp {
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
  readonly startedAtMs: number;
}

/** Users wanted at `nowMs`. The first of a ramp is there at once, so that 1 user at 1/s does not wait a second. */
export function usersAt(ramp: Ramp, nowMs: number): number {
  const distance = Math.abs(ramp.to - ramp.from);
  if (distance === 0) return ramp.to;
  const moved = Math.min(distance, Math.floor(((nowMs - ramp.startedAtMs) / 1000) * ramp.perSecond + 1e-9) + 1);
  return ramp.to > ramp.from ? ramp.from + moved : ramp.from - moved;
}

/** Milliseconds until `usersAt` changes next; undefined when the ramp is complete. */
export function msUntilNextChange(ramp: Ramp, nowMs: number): number | undefined {
  const moved = Math.abs(usersAt(ramp, nowMs) - ramp.from);
  if (moved >= Math.abs(ramp.to - ramp.from)) return undefined;
  return Math.max(0, ramp.startedAtMs + (moved / ramp.perSecond) * 1000 - nowMs);
}
