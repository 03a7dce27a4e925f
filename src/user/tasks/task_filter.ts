/**
 * Filters the tasks of a plan: by tags, by name (`--config-users`), or flattened (`--equal-weights`). Pure: a new plan
 * each time.
 */
import { type TaskEntry, type TaskPlan, withEntries } from "./task_plan.ts";
import type { RunnableSet } from "./task_receiver.ts";

export interface TagChoice {
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
}

/**
 * Keeps tasks that have one of `tags` (if any are given) and none of `excludeTags`; sets stay if something is left in
 * them. A Markov set's states cannot be taken out one by one: it stays unless its own tags are excluded.
 */
export function filterByTags(plan: TaskPlan, choice: TagChoice): TaskPlan {
  if (choice.tags.length === 0 && choice.excludeTags.length === 0) return plan;
  const entries = plan.entries.flatMap((entry): TaskEntry[] => {
    const isExcluded = entry.tags.some((tag) => choice.excludeTags.includes(tag));
    if (entry.plan === undefined || entry.plan.kind === "markov") {
      const isIncluded = choice.tags.length === 0 || entry.plan !== undefined ||
        entry.tags.some((tag) => choice.tags.includes(tag));
      return isIncluded && !isExcluded ? [entry] : [];
    }
    const inner = filterByTags(entry.plan, choice);
    return inner.entries.length === 0 ? [] : [{ ...entry, plan: inner }];
  });
  return withEntries(plan, entries);
}

/** Keeps the tasks of a user class that are named; sets as a whole. Names that do not exist are returned beside. */
export function filterByName(
  plan: TaskPlan,
  names: readonly string[],
): { readonly plan: TaskPlan; readonly unknown: readonly string[] } {
  const entries = plan.entries.filter((entry) => names.includes(entry.name));
  const unknown = names.filter((name) => !plan.entries.some((entry) => entry.name === name));
  return { plan: withEntries(plan, entries), unknown };
}

/** Each different task once and with the same chance, those of nested sets too. A Markov set is one task. */
export function flatten(plan: TaskPlan): TaskPlan {
  const seen = new Set<unknown>();
  const leaves = leavesOf(plan, []).filter(({ target }) => {
    if (seen.has(target.reference)) return false;
    seen.add(target.reference);
    return true;
  });
  return withEntries({ ...plan, kind: "user" }, leaves.map((entry) => ({ ...entry, weight: 1 })));
}

function leavesOf(plan: TaskPlan, within: readonly RunnableSet[]): TaskEntry[] {
  return plan.entries.flatMap((entry): TaskEntry[] => {
    const { target } = entry;
    if (target.kind !== "set" || entry.plan === undefined || entry.plan.kind === "markov") {
      return [{ ...entry, within }];
    }
    return leavesOf(entry.plan, [...within, target.reference]);
  });
}
