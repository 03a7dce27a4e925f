/** Numbers of iterations that were asked for, beside what was counted of them: what snapshots show. Pure. */
import { type IterationCounts, type IterationsByPlan, NO_ITERATIONS } from "../../protocol/iterations_message.ts";
import type { IterationsSnapshot } from "../../protocol/snapshot_message.ts";

/** A number of iterations that was asked for, without what was counted. */
export type PlannedIterations = Omit<IterationsSnapshot, keyof IterationCounts>;

/** A part of a snapshot: nothing where no number was asked for. */
export function readIterations(
  plans: readonly PlannedIterations[] | undefined,
  counts: IterationsByPlan = {},
): { readonly iterations?: readonly IterationsSnapshot[] } {
  if (plans === undefined) return {};
  return { iterations: plans.map((plan) => ({ ...plan, ...(counts[plan.name] ?? NO_ITERATIONS) })) };
}
