/**
 * Slows down a user whose tasks fail at once, again and again: a broken locustfile would otherwise throw tens of
 * thousands of exceptions a second, for nothing. Ten failures in a row are free; after that the user pauses, longer
 * each time, up to a second. A task that took time, made a request or returned ends the row, and so does a wait time
 * worth its name. Pure.
 */

/** A task that throws within this time has done nothing that a load test could want. */
const AT_ONCE_MS = 10;
/** Failures in a row before the first pause. */
const FREE_FAILURES = 10;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1000;

/** How long a user pauses after so many tasks that failed at once, in a row. */
export function pauseAfterFailuresMs(failuresInARow: number): number {
  const paused = failuresInARow - FREE_FAILURES;
  if (paused <= 0) return 0;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(paused - 1, 10));
}

/** Whether a wait keeps a failing user slow enough by itself. */
export function isWait(waitMs: number): boolean {
  return waitMs >= AT_ONCE_MS;
}

/** The failures in a row after one more, which took so long and made so many requests. */
export function countFailure(failuresInARow: number, tookMs: number, requests: number): number {
  return tookMs < AT_ONCE_MS && requests === 0 ? failuresInARow + 1 : 0;
}
