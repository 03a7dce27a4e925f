/**
 * The wait of a paced user, by Locust's formula: a start each `paceSeconds`, and no catching up after an iteration that
 * took longer. Unlike in Locust, the first interval counts from the first task, not from the user's construction: a
 * slow `onStart` must not start two tasks at once. Pure. Times in seconds, as in a locustfile.
 */

export interface PacingState {
  /** The time at which the wait was last computed, at first that of the first task. */
  readonly lastRunSeconds: number;
  /** The wait that was computed then. */
  readonly lastWaitSeconds: number;
}

/** The state of a user whose first task starts at `nowSeconds`. */
export function startPacing(nowSeconds: number): PacingState {
  return { lastRunSeconds: nowSeconds, lastWaitSeconds: 0 };
}

/**
 * How long to wait now, the state to hand in next time, and how many starts the pace asked for since the last one: 1,
 * or more after a late iteration.
 */
export function nextPacedWait(
  state: PacingState,
  paceSeconds: number,
  nowSeconds: number,
): { readonly waitSeconds: number; readonly state: PacingState; readonly askedStarts: number } {
  const tookSeconds = nowSeconds - state.lastRunSeconds - state.lastWaitSeconds;
  const waitSeconds = Math.max(0, paceSeconds - tookSeconds);
  return {
    waitSeconds,
    state: { lastRunSeconds: nowSeconds, lastWaitSeconds: waitSeconds },
    askedStarts: paceSeconds > 0 ? Math.max(1, tookSeconds / paceSeconds) : 1,
  };
}
