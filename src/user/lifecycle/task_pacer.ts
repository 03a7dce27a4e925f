/**
 * The pacer that a user of a class with a target rate asks before each of its tasks. Whoever owns the pacer knows the
 * rate, and how many users there are (`thread/arrivals`).
 */
import type { GatedUser } from "./iteration_gate.ts";

/** A user as its pacer sees it. */
export interface PacedUser extends GatedUser {
  /** Whether it waits in `idle()`: one that was stopped meanwhile does not. */
  readonly isIdle: boolean;
}

export interface TaskPacer {
  /**
   * The user is ready for its next task. Resolves when it may begin; undefined: at once. Rejects or throws when the
   * user must stop.
   */
  next(user: PacedUser): Promise<void> | undefined;
}
