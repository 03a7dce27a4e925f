/**
 * The iterations that users of a plan may still begin in this thread, and the counts of those they made since the last
 * report. Where each user makes a number of its own, that number is all there is to know; a number that all share is
 * leased from the master in blocks.
 */
import { type IterationCounts, NO_ITERATIONS } from "../../protocol/iterations_message.ts";
import type { Lease } from "../../user/cluster/lease.ts";

export interface IterationBudget {
  /**
   * Takes an iteration for a user that has begun `begun` of them; false: there is none left. `signal` ends the wait for
   * an answer.
   */
  take(begun: number, signal: AbortSignal): boolean | Promise<boolean>;
  /** False: it is certain that such a user has no other. */
  mayHaveMore(begun: number): boolean;
  /** Whether an iteration can begin without an answer of the master. */
  readonly hasAtHand: boolean;
}

type SharedLease = Pick<Lease, "next" | "isEnded" | "isEmpty">;

/** Of users whose iterations begin with arrivals: the number of these is the limit. */
export const UNLIMITED: IterationBudget = { take: () => true, mayHaveMore: () => true, hasAtHand: true };

export class PerUserBudget implements IterationBudget {
  readonly hasAtHand = true;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  take(begun: number): boolean {
    return this.mayHaveMore(begun);
  }

  mayHaveMore(begun: number): boolean {
    return begun < this.#count;
  }
}

export class SharedBudget implements IterationBudget {
  readonly #openLease: () => SharedLease;
  #lease: SharedLease | undefined;

  /** The lease is opened when the first user wants an iteration. */
  constructor(openLease: () => SharedLease) {
    this.#openLease = openLease;
  }

  take(_begun: number, signal: AbortSignal): boolean | Promise<boolean> {
    this.#lease ??= this.#openLease();
    const next = this.#lease.next(signal);
    return next instanceof Promise ? next.then((number) => number !== undefined) : next !== undefined;
  }

  mayHaveMore(): boolean {
    return this.#lease?.isEnded !== true;
  }

  get hasAtHand(): boolean {
    return this.#lease?.isEmpty === false;
  }
}

/** Counts of one plan. */
export class IterationCounter {
  #counts: { -readonly [Count in keyof IterationCounts]: number } = { ...NO_ITERATIONS };

  #open = 0;

  count(what: keyof IterationCounts): void {
    this.#counts[what]++;
    this.#open += what === "started" ? 1 : -1;
  }

  /** Iterations that are under way. */
  get open(): number {
    return this.#open;
  }

  /** Since the last call; undefined: nothing. */
  take(): IterationCounts | undefined {
    const counts = this.#counts;
    if (counts.started + counts.ended + counts.interrupted === 0) return undefined;
    this.#counts = { ...NO_ITERATIONS };
    return counts;
  }
}
