/**
 * The iterations that users of a plan may still begin in this thread, and the counts of those they made since the last report. Where each
 * user makes a number of its own, that number is all there is to know.
 */
import { type IterationCounts, NO_ITERATIONS } from "../../protocol/iterations_message.ts";

/** Whether a user may begin another iteration. `unknown`: it is woken when there may be one. */
export type Permission = "yes" | "no" | "unknown";

/** A user that waits to know whether there is another iteration. */
export interface WaitingUser {
  wake(): void;
}

export interface IterationBudget {
  /** Takes an iteration for a user that has begun `begun` of them. */
  take(begun: number, user: WaitingUser): Permission;
  /** Whether such a user may go on waiting for its next iteration; false: it is certain that there is none. */
  mayHaveMore(begun: number): boolean;
  /** A user that waits has ended. */
  leave(user: WaitingUser): void;
}

export class PerUserBudget implements IterationBudget {
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  take(begun: number): Permission {
    return this.mayHaveMore(begun) ? "yes" : "no";
  }

  mayHaveMore(begun: number): boolean {
    return begun < this.#count;
  }

  leave(): void {}
}

/** Counts of one plan. */
export class IterationCounter {
  #counts = NO_ITERATIONS;

  count(what: keyof IterationCounts): void {
    this.#counts = { ...this.#counts, [what]: this.#counts[what] + 1 };
  }

  /** Since the last call; undefined: nothing. */
  take(): IterationCounts | undefined {
    const counts = this.#counts;
    this.#counts = NO_ITERATIONS;
    return counts === NO_ITERATIONS ? undefined : counts;
  }
}
