/**
 * How long a stop may take, in one place for the thread that keeps the time and for the worker that checks on the thread.
 */

/** How long a request in flight may take to finish after a stop, before it is aborted and counted as abandoned. */
export const REQUEST_GRACE_MS = 5000;

/** How long users get to unwind (`onStop`, `finally`) after everything of theirs was aborted. */
export const UNWIND_GRACE_MS = 1000;

/** How long one listener of `testStart`, `testStopping`, `testStop`, `quitting` may keep a thread from what follows. */
export const LISTENER_GRACE_MS = 30_000;

/** Milliseconds between a stop and the abort of what has not ended; `--stop-timeout` gives whole tasks their time. */
export function stopGraceMs(stopTimeoutSeconds: number): number {
  return stopTimeoutSeconds > 0 ? stopTimeoutSeconds * 1000 : REQUEST_GRACE_MS;
}
