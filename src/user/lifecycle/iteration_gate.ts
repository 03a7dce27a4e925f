/**
 * The gate that a user of an open load passes before each iteration. The user runs one iteration and asks for the next;
 * whoever owns the gate knows the arrivals (`thread/arrivals`).
 */

/** One task by weight, or all tasks of the class in their order. */
export const ITERATIONS = ["task", "sequence"] as const;
export type Iteration = (typeof ITERATIONS)[number];

/** What becomes of an arrival for which no user is free. */
export const WHEN_LATE = ["queue", "drop"] as const;
export type WhenLate = (typeof WHEN_LATE)[number];

/** A user as its gate sees it. */
export interface GatedUser {
  /** Resolves at `endIdle`; rejects when the user must stop. */
  idle(): Promise<void>;
  endIdle(): void;
  readonly requests: {
    /** How long after its arrival the iteration began: part of the corrected latency of its requests. */
    heldBackMs: number;
  };
}

export interface IterationGate {
  readonly iteration: Iteration;
  /** The user is about to be constructed, for its first iteration. */
  open(user: GatedUser): void;
  /** An iteration has ended. Resolves when the next one may begin; undefined: at once. */
  next(): Promise<void> | undefined;
}
