/** What `--tags` and `--exclude-tags` leave of a locustfile's tasks, by its description: as the users will filter them. Pure. */
import type { TaskDescription } from "../../protocol/locustfile_description.ts";

export interface TagSelection {
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
}

/** The tasks that tags leave over: a set stays while something in it stays, a Markov set always. */
export function keepTasks(tasks: readonly TaskDescription[], selection: TagSelection): readonly TaskDescription[] {
  return tasks.flatMap((task) => {
    if (task.kind === "markov") return [task];
    if (isTagged(task) || task.kind === "task") return passes(task, selection) ? [task] : [];
    const kept = keepTasks(task.tasks, selection);
    return kept.length > 0 ? [{ ...task, tasks: kept }] : [];
  });
}

function isTagged(task: TaskDescription): boolean {
  return task.tags.length > 0;
}

function passes(task: TaskDescription, { tags, excludeTags }: TagSelection): boolean {
  if (task.tags.some((tag) => excludeTags.includes(tag))) return false;
  return tags.length === 0 || task.tags.some((tag) => tags.includes(tag));
}
