/**
 * Prepares the classes of a collected locustfile for a run: selection, settings of `--config-users`, equal weights,
 * tags. A thread outlives a run, so whatever the last plan set on a class is taken back first.
 */
import { UsageError } from "../../base/errors.ts";
import type { RunPlan } from "../../protocol/worker_message.ts";
import { toCamelCase } from "../../base/hints/spelling_hint.ts";
import { setPlan } from "../tasks/class_plans.ts";
import { checkUserClass } from "./class_check.ts";
import type { CollectedLocustfile } from "./locustfile.ts";
import { forgetSettings } from "../session_settings.ts";
import { filterByName, filterByTags, flatten } from "../tasks/task_filter.ts";
import type { TaskPlan } from "../tasks/task_plan.ts";
import type { UserClass } from "../user_class.ts";

/** What an applied plan needs of a `RunPlan`. */
export type ClassChoices = Pick<RunPlan, "tags" | "excludeTags" | "userClasses" | "classSettings" | "equalWeights">;

/** The statics that the last plan replaced, to be put back. */
const replaced = new WeakMap<UserClass, Map<string, PropertyDescriptor | undefined>>();

/**
 * The classes that run, by name, ready to be started.
 *
 * @throws UsageError with every mistake in the selection and settings.
 */
export function applyPlan(collected: CollectedLocustfile, choices: ClassChoices): Map<string, UserClass> {
  for (const userClass of collected.userClasses.values()) {
    restore(userClass);
    forgetSettings(userClass);
  }
  const problems: string[] = [];
  const plans = new Map(collected.plans);
  for (const settings of choices.classSettings) applySettings(collected, plans, settings, problems);
  problems.push(...checkConfigured(collected, choices.classSettings));
  const chosen = new Map<string, UserClass>();
  for (const name of choices.userClasses) {
    const userClass = collected.userClasses.get(name);
    const plan = plans.get(name);
    if (userClass === undefined || plan === undefined) {
      problems.push(
        `Cannot run the user class "${name}": the locustfile has no such class; choose from ${namesOf(collected)}`,
      );
      continue;
    }
    if (choices.equalWeights) setStatic(userClass, "weight", 1);
    setPlan(userClass, filterByTags(choices.equalWeights ? flatten(plan) : plan, choices));
    chosen.set(name, userClass);
  }
  if (problems.length > 0) throw new UsageError(problems);
  return chosen;
}

/** One object of `--config-users`: `tasks` chooses among the class's tasks, every other key becomes a static. */
function applySettings(
  collected: CollectedLocustfile,
  plans: Map<string, TaskPlan>,
  settings: Readonly<Record<string, unknown>>,
  problems: string[],
): void {
  const name = settings["userClassName"] ?? settings["user_class_name"];
  const userClass = typeof name === "string" ? collected.userClasses.get(name) : undefined;
  const plan = typeof name === "string" ? plans.get(name) : undefined;
  if (typeof name !== "string" || userClass === undefined || plan === undefined) {
    problems.push(`Cannot configure the user class ${JSON.stringify(name)}: choose from ${namesOf(collected)}`);
    return;
  }
  for (const [key, value] of Object.entries(settings)) {
    if (key === "userClassName" || key === "user_class_name") continue;
    if (key !== "tasks") setStatic(userClass, toCamelCase(key), value);
    else if (!Array.isArray(value)) problems.push(`Cannot configure "${name}": its tasks are not a list of names`);
    else {
      const chosen = filterByName(plan, value.map(String));
      if (chosen.unknown.length > 0) {
        problems.push(
          `Cannot configure "${name}": it has no task ${chosen.unknown.map((task) => `"${task}"`).join(", ")}`,
        );
      }
      plans.set(name, chosen.plan);
    }
  }
}

/** What settings have made wrong. The statics of the classes themselves were checked when the file was loaded. */
function checkConfigured(
  { userClasses }: CollectedLocustfile,
  classSettings: ClassChoices["classSettings"],
): readonly string[] {
  const names = new Set(classSettings.map((settings) => settings["userClassName"] ?? settings["user_class_name"]));
  return [...userClasses.values()].filter(({ name }) => names.has(name)).flatMap((userClass) =>
    checkUserClass(userClass).map(({ problem }) => `Cannot configure "${userClass.name}": ${problem}`)
  );
}

function setStatic(userClass: UserClass, key: string, value: unknown): void {
  let saved = replaced.get(userClass);
  if (saved === undefined) replaced.set(userClass, saved = new Map());
  if (!saved.has(key)) saved.set(key, Object.getOwnPropertyDescriptor(userClass, key));
  Object.defineProperty(userClass, key, { value, writable: true, enumerable: true, configurable: true });
}

function restore(userClass: UserClass): void {
  for (const [key, descriptor] of replaced.get(userClass) ?? []) {
    if (descriptor === undefined) Reflect.deleteProperty(userClass, key);
    else Object.defineProperty(userClass, key, descriptor);
  }
  replaced.delete(userClass);
}

function namesOf(collected: CollectedLocustfile): string {
  return [...collected.userClasses.keys()].join(", ") || "nothing, as it exports none";
}
