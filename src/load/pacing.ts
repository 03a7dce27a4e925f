/**
 * When a paced user starts its next iteration, by Locust's formula: a start each `paceSeconds`, counted from the user's
 * construction, and no catching up after an iteration that took longer. Pure. Times in seconds, as in a locustfile.
 */

export interface PacingState {
  /** When the wait was last computed, at first the construction. */
  readonly lastRunSeconds: number;
  /** The wait that was computed then. */
  readonly lastWaitSeconds: number;
}

/** The state of a user that is made at `nowSeconds`. */
export function startPacing(nowSeconds: number): PacingState {
  return { lastRunSeconds: nowSeconds, lastWaitSeconds: 0 };
}

/** How long to wait now, and the state to hand in next time. */
export function nextPacedWait(
  state: PacingState,
  paceSeconds: number,
  nowSeconds: number,
): { readonly waitSeconds: number; readonly state: PacingState } {
  const tookSeconds = nowSeconds - state.lastRunSeconds - state.lastWaitSeconds;
  const waitSeconds = Math.max(0, paceSeconds - tookSeconds);
  return { waitSeconds, state: { lastRunSeconds: nowSeconds, lastWaitSeconds: waitSeconds } };
}
