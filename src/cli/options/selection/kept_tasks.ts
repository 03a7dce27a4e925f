/** Filters the tasks of a locustfile's description by `--tags` and `--exclude-tags`, as users filter them. Pure. */
import type { TaskDescription } from "../../../protocol/locustfile_description.ts";

export interface TagSelection {
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
}

/**
 * The tasks that tags leave over, by the rule of the users' own filter: a set stays while something in it stays. The
 * states of a Markov set cannot be taken out one by one: it stays unless its own tags are excluded.
 */
export function keepTasks(tasks: readonly TaskDescription[], selection: TagSelection): readonly TaskDescription[] {
  return tasks.flatMap((task) => {
    if (task.kind === "markov") return isExcluded(task, selection) ? [] : [task];
    if (task.kind === "task") return passes(task, selection) ? [task] : [];
    const kept = keepTasks(task.tasks, selection);
    return kept.length > 0 ? [{ ...task, tasks: kept }] : [];
  });
}

function isExcluded(task: TaskDescription, { excludeTags }: TagSelection): boolean {
  return task.tags.some((tag) => excludeTags.includes(tag));
}

function passes(task: TaskDescription, selection: TagSelection): boolean {
  const { tags } = selection;
  if (isExcluded(task, selection)) return false;
  return tags.length === 0 || task.tags.some((tag) => tags.includes(tag));
}
