/**
 * Judges a target's record of arrivals against a constant rate: how far the count is from it in each 10 s, and how long after its time
 * each request came. Pure.
 *
 * No tool says when it meant to begin. The schedule is laid so that no request of it came early: request k was due at t0 + k / rate,
 * with the latest t0 for which none is before its time. What is left is how far starts fall behind the best of them.
 */

/** Connections are opened, and code is compiled, in the first one. */
const SETTLING_MS = 1000;
const WINDOW_MS = 10_000;

export interface JudgedArrivals {
  /** Of each whole window: (count − rate · 10 s) / (rate · 10 s). */
  readonly rateErrors: readonly number[];
  /** The time that a share of the requests came after their own, in ms: 0.99 for p99, 1 for the longest. */
  readonly lateMs: (share: number) => number;
}

/** `timesMs`: any origin, any order. */
export function judgeArrivals(timesMs: readonly number[], perSecond: number): JudgedArrivals {
  const times = Float64Array.from(timesMs).sort();
  const everyMs = 1000 / perSecond;
  const settled = (times[0] ?? 0) + SETTLING_MS;
  const lags: number[] = [];
  times.forEach((time, k) => {
    if (time >= settled) lags.push(time - k * everyMs);
  });
  const beginMs = Math.min(Infinity, ...chunkMinima(lags));
  const late = Float64Array.from(lags, (lag) => lag - beginMs).sort();
  const rateErrors: number[] = [];
  // Windows begin between two arrivals, so that one that is a little late does not fall into the next.
  const last = times.at(-1) ?? 0;
  for (let from = beginMs - everyMs / 2; from + WINDOW_MS <= last + everyMs; from += WINDOW_MS) {
    const count = times.filter((time) => time >= from && time < from + WINDOW_MS).length;
    rateErrors.push(count / (perSecond * WINDOW_MS / 1000) - 1);
  }
  return {
    rateErrors,
    lateMs: (share) => late[Math.min(late.length - 1, Math.max(0, Math.ceil(share * late.length) - 1))] ?? NaN,
  };
}

/** A call takes only so many arguments. */
function chunkMinima(values: readonly number[]): number[] {
  const minima: number[] = [];
  for (let from = 0; from < values.length; from += 10_000) minima.push(Math.min(...values.slice(from, from + 10_000)));
  return minima;
}
