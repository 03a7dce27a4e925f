/** Computes the number of users while it changes from one value to another. Pure. */

/**
 * Users wanted `elapsedMs` after a ramp from `from` to `to` began. The first change comes at once, the others at equal
 * distances of 1 / `perSecond`: at 100/s one each 10 ms. A rate of 0 changes nothing, an infinite one everything at
 * once.
 */
export function rampUsers(from: number, to: number, perSecond: number, elapsedMs: number): number {
  if (!(perSecond > 0)) return from;
  // A billionth, because 0.07 s · 100/s is 7.000000000000001 and 0.29 · 100 is 28.999999999999996.
  const steps = Math.floor((elapsedMs * perSecond) / 1000 + 1e-9) + 1;
  return to >= from ? Math.min(to, from + steps) : Math.max(to, from - steps);
}

/** Milliseconds from the first change of a ramp to its last; Infinity where the rate is 0 and something is to change. */
export function rampDurationMs(from: number, to: number, perSecond: number): number {
  const changes = Math.abs(to - from);
  if (changes === 0) return 0;
  return perSecond > 0 ? ((changes - 1) * 1000) / perSecond : Infinity;
}
