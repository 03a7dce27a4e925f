/**
 * A user's part in a number of iterations: its task loop asks before each task and says when an iteration has ended.
 * Who owns the quota knows how many there are (`thread/iterations`).
 */
import type { GatedUser, Iteration } from "./iteration_gate.ts";

export interface IterationQuota {
  readonly iteration: Iteration;
  /** The user is about to be constructed. */
  open(user: Pick<GatedUser, "idle" | "endIdle">): void;
  /**
   * Another task is about to begin. Undefined: at once; a promise: as soon as it is known whether there is another
   * iteration. A user for which there is none has been asked to stop by then.
   */
  begin(): Promise<void> | undefined;
  /** The iteration that was begun is over. A user for which there is no other has been asked to stop after it. */
  end(): void;
}
