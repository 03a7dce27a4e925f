/**
 * The time limits of a stop, shared by the thread that keeps them and the worker that checks the thread. Each user has limits
 * of its own (`user/running/user_run.ts`): first for the request in flight, then for its hooks; these limits contain them
 * all.
 */
import { GRACE_MS } from "../user/lifecycle/run_context.ts";

/** Time for the last promises to settle once everything is aborted. */
export const UNWIND_GRACE_MS = 1000;

/** When the abort comes after a stop: a request in flight has its grace time, or with `--stop-timeout` a task has that. */
export function stopGraceMs(stopTimeoutSeconds: number): number {
  return stopTimeoutSeconds > 0 ? stopTimeoutSeconds * 1000 : GRACE_MS;
}

/** The sum of the limits of one user: task, request in flight, hooks. */
export function usersEndWithinMs(stopTimeoutSeconds: number): number {
  return stopTimeoutSeconds * 1000 + 2 * GRACE_MS + UNWIND_GRACE_MS;
}
