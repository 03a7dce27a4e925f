/**
 * The shares of user classes and tasks that a run is started with: for the tables of `--show-task-ratio`, the web UI
 * and the report of the run. Pure.
 */
import type {
  TaskDescription,
  TaskRatio,
  TaskRatios,
  TaskRatioTree,
  UserClassDescription,
} from "../../../protocol/locustfile_description.ts";
import { scenarioClassKey, type ScenarioPlan } from "../../../protocol/scenario_message.ts";
import { withSettings } from "./class_settings.ts";
import type { ClassSettings } from "./config_users.ts";
import { keepTasks, type TagSelection } from "./kept_tasks.ts";
import type { RunOptions } from "../reading/options.ts";
import type { Selection } from "./selection.ts";

export interface TaskSelection extends TagSelection {
  readonly equalWeights: boolean;
}

/** Of a run with these options. Where the number of users is not given, or a shape decides it, classes share by their weights. */
export function planTaskRatios(
  options: RunOptions,
  { userClasses, scenarios }: Pick<Selection, "userClasses" | "scenarios">,
  classSettings: readonly ClassSettings[],
): TaskRatios {
  const classes = withSettings(userClasses, classSettings);
  if (scenarios !== undefined) return computeScenarioRatios(scenarios, classes, options);
  const users = options.given.has("users") ? options.users : undefined;
  return computeTaskRatios(classes, users, options);
}

/** Shares within each scenario, named as its users are counted; each has a load of its own, so that there is no total. */
function computeScenarioRatios(
  scenarios: readonly ScenarioPlan[],
  userClasses: readonly UserClassDescription[],
  selection: TaskSelection,
): TaskRatios {
  const trees = scenarios.map((plan) => {
    const classes = userClasses.filter(({ name }) => plan.userClasses.includes(name)).map((each) => ({
      ...each,
      name: scenarioClassKey(plan.name, each.name),
      weight: each.weight > 0 || each.fixedCount > 0 ? each.weight : 1, // as `plan_scenarios.ts` has it
      tasks: keepTasks(each.tasks, plan),
    }));
    return computeTaskRatios(classes, undefined, selection).perClass;
  });
  return { perClass: Object.assign({}, ...trees) as TaskRatioTree, total: {} };
}

/** Without a number of users: as many as weights. */
export function computeTaskRatios(
  userClasses: readonly UserClassDescription[],
  users: number | undefined,
  selection: TaskSelection,
): TaskRatios {
  return {
    perClass: computeRatios(userClasses, users, selection, "parent"),
    total: computeRatios(userClasses, users, selection, "whole"),
  };
}

/** Shares of the classes among all users, and of the tasks below them: relative to the parent, or to the whole. */
function computeRatios(
  userClasses: readonly UserClassDescription[],
  users: number | undefined,
  selection: TaskSelection,
  relativeTo: "parent" | "whole",
): TaskRatioTree {
  const counts = distributeUsers(userClasses, users, selection.equalWeights);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const sorted = userClasses.map((userClass, index) => ({ userClass, count: counts[index] ?? 0 }))
    .sort((a, b) => compareCodePoints(a.userClass.name, b.userClass.name));
  return Object.fromEntries(sorted.map(({ userClass, count }) => {
    const ratio = all === 0 ? 0 : count / all;
    const kept = keepTasks(userClass.tasks, selection);
    const tasks = selection.equalWeights ? flatten(kept) : kept;
    return [userClass.name, withTasks(ratio, tasks, relativeTo === "whole" ? ratio : 1, relativeTo)];
  }));
}

function withTasks(
  ratio: number,
  tasks: readonly TaskDescription[],
  share: number,
  relativeTo: "parent" | "whole",
): TaskRatio {
  if (tasks.length === 0) return { ratio };
  const weights = tasks.reduce((sum, task) => sum + task.weight, 0);
  const merged = new Map<string, { weight: number; task: TaskDescription }>();
  for (const task of tasks) {
    const weight = task.weight + (merged.get(task.name)?.weight ?? 0);
    merged.set(task.name, { weight, task });
  }
  const names = [...merged.keys()].sort(compareCodePoints);
  return {
    ratio,
    tasks: Object.fromEntries(names.map((name) => {
      const { weight, task } = merged.get(name) ?? { weight: 0, task: undefined };
      const own = (weights === 0 ? 0 : weight / weights) * share;
      return [name, withTasks(own, task?.tasks ?? [], relativeTo === "whole" ? own : 1, relativeTo)];
    })),
  };
}

/** Fixed counts first; the rest of the users by weight, rounded. Without a number of users: as many as weights. */
function distributeUsers(
  userClasses: readonly UserClassDescription[],
  users: number | undefined,
  equalWeights: boolean,
): readonly number[] {
  const weightOf = (userClass: UserClassDescription) =>
    userClass.fixedCount > 0 ? 0 : equalWeights ? 1 : userClass.weight;
  const fixed = userClasses.reduce((sum, userClass) => sum + userClass.fixedCount, 0);
  const weights = userClasses.reduce((sum, userClass) => sum + weightOf(userClass), 0);
  const total = users ?? (fixed > 0 ? Math.max(1, fixed) : weights);
  const rest = Math.max(0, total - fixed);
  return userClasses.map((userClass) =>
    userClass.fixedCount > 0
      ? userClass.fixedCount
      : weights === 0
      ? 0
      : Math.round(rest * weightOf(userClass) / weights)
  );
}

/** `--equal-weights`: the distinct tasks of all levels, each with the same weight. */
function flatten(tasks: readonly TaskDescription[]): readonly TaskDescription[] {
  const leaves = tasks.flatMap((task) => task.kind === "task" || task.kind === "markov" ? [task] : flatten(task.tasks));
  return [...new Map(leaves.map((task) => [task.name, { ...task, weight: 1 }])).values()];
}

function compareCodePoints(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
