/**
 * How long a stop may take, in one place for the thread that keeps the time and for the worker that checks on the thread. Each
 * user keeps its own bounds (`user/running/running_user.ts`): request in flight, then its hooks; these are the bounds around them all.
 */
import { GRACE_MS } from "../user/running/run_context.ts";

/** Time for the last promises to settle once everything is aborted. */
export const UNWIND_GRACE_MS = 1000;

/** When the abort comes after a stop: a request in flight has its grace time, or with `--stop-timeout` a task has that. */
export function stopGraceMs(stopTimeoutSeconds: number): number {
  return stopTimeoutSeconds > 0 ? stopTimeoutSeconds * 1000 : GRACE_MS;
}

/** When every user has kept its own bounds: task, request in flight, hooks. */
export function usersEndWithinMs(stopTimeoutSeconds: number): number {
  return stopTimeoutSeconds * 1000 + 2 * GRACE_MS + UNWIND_GRACE_MS;
}
