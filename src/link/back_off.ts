/** Computes the pause before the next attempt to connect. Pure. */

const FIRST_MS = 100;
/** Short, because a worker that waits is a worker that gives no load: 1,000 of them are 500 attempts a second at most. */
const LONGEST_MS = 2000;

/** Doubles from 100 ms to 2 s, less up to half by chance, so that workers of one outage do not come in step. */
export function backOffMs(attempt: number, chance: number): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return fullMs * (1 - chance / 2);
}
