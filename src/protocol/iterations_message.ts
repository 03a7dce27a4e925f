/**
 * Iterations of users where a run asks for a number of them, and what was counted of them. Types and sums.
 *
 * An iteration is a task of a user's own; with `static iteration = "sequence"` all of them in their order. It is
 * counted when it starts and when it ends, however it does; `started - ended - interrupted` of them are under way.
 */

export const ITERATION_KINDS = ["perUser", "shared"] as const;

/** How many iterations the users of some classes make. */
export interface IterationPlan {
  /** The scenario; empty: the whole test. */
  readonly name: string;
  readonly userClasses: readonly string[];
  /** `perUser`: each user makes so many and ends. `shared`: all users of all machines together. */
  readonly kind: (typeof ITERATION_KINDS)[number];
  readonly count: number;
}

export interface IterationCounts {
  readonly started: number;
  /** With or without an exception. */
  readonly ended: number;
  /** The user had to stop before the end. */
  readonly interrupted: number;
}

/** By the names of their plans. */
export type IterationsByPlan = Readonly<Record<string, IterationCounts>>;

/** Beginning of the names of shared ranges that are numbers of iterations. */
const ITERATIONS_LEASE = "iterations/";

/** The shared range that the iterations of a plan are leased from. */
export function iterationsLease(plan: string): string {
  return `${ITERATIONS_LEASE}${plan}`;
}

export const NO_ITERATIONS: IterationCounts = { started: 0, ended: 0, interrupted: 0 };

export function addIterations(a: IterationsByPlan, b: IterationsByPlan): IterationsByPlan {
  const sum: Record<string, IterationCounts> = { ...a };
  for (const [name, { started, ended, interrupted }] of Object.entries(b)) {
    const before = sum[name] ?? NO_ITERATIONS;
    sum[name] = {
      started: before.started + started,
      ended: before.ended + ended,
      interrupted: before.interrupted + interrupted,
    };
  }
  return sum;
}
