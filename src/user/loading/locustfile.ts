/**
 * Turns imported modules into what can be run: collects the exported user and shape classes, checks everything about them, and
 * describes them as plain data. Finds all problems at once; each names its class and file. Imports nothing, runs nothing. What is
 * looked at in a single user class is in `collect_user_class.ts`.
 */
import { ownFramesOf } from "../../base/own_frames.ts";
import type { CustomArgument, LocustfileDescription } from "../../protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import { noUserClass } from "./no_user_class.ts";
import { LoadTestShape, type ShapeClass } from "../load_test_shape.ts";
import { counterNames } from "../measures/metrics.ts";
import { findShapeProblems } from "../ready_shapes.ts";
import { collectScenarios } from "../scenarios/collect_scenarios.ts";
import { takeMisuses } from "../tasks/task_marks.ts";
import type { TaskPlan } from "../tasks/task_plan.ts";
import { User } from "../user.ts";
import type { UserClass } from "../user_class.ts";
import { isSwitchedOff } from "./class_check.ts";
import { Activities, collectUserClass } from "./collect_user_class.ts";
import { collectClasses, type FoundClass } from "./exported_classes.ts";
import { findForeignExports } from "./foreign_exports.ts";
import { collectThresholds } from "./locustfile_thresholds.ts";
import { findPythonHabits } from "./python_habits.ts";
import { findMember } from "./source_place.ts";

export interface LocustfileModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface CollectedLocustfile {
  /** By name, in order of declaration. */
  readonly userClasses: ReadonlyMap<string, UserClass>;
  readonly shapes: ReadonlyMap<string, ShapeClass>;
  /** What each user class does, before tags and settings. */
  readonly plans: ReadonlyMap<string, TaskPlan>;
  readonly description: LocustfileDescription;
  /** Names of what can run, by number: `Shopper.order`. Number 0 is nothing. The same in every thread. */
  readonly activities: readonly string[];
  /** Mistakes that no run can start with. */
  readonly problems: readonly string[];
}

export interface CollectOptions {
  /** Recorded from `initCommandLineParser`. */
  readonly arguments?: readonly CustomArgument[];
  /** The text of a locustfile, by which problems get their lines. */
  readonly readText?: (file: string) => string | undefined;
}

/** Collects what the modules of a locustfile export. */
export function collectLocustfile(
  modules: readonly LocustfileModule[],
  options: CollectOptions = {},
): CollectedLocustfile {
  const { arguments: custom = [], readText = () => undefined } = options;
  const problems: string[] = takeMisuses().map(({ problem, stack }) => `${problem}${placeOf(stack)}`);
  const warnings: string[] = [];
  const users = collectClasses(modules, User);
  const shapes = collectClasses(modules, LoadTestShape, options.readText);
  problems.push(...users.problems, ...shapes.problems);
  if (users.found.size === 0 && modules.length > 0) problems.push(noUserClass(modules, readText));

  const activities = new Activities();
  const collected = [...users.found].map(([name, { file, value }]) => {
    const findings = { problems, warnings, activities };
    return [name, collectUserClass(value as UserClass, { file, source: readText(file) }, findings)] as const;
  });
  const userClasses = valuesOf<UserClass>(users.found);
  const shapeDescriptions = [...shapes.found].map(([name, found]) =>
    describeShape(name, { ...found, source: readText(found.file) }, problems)
  );
  problems.push(...findForeignExports(modules, readText));
  const thresholds = collectThresholds(modules, readText);
  problems.push(...thresholds.problems);
  const scenarios = collectScenarios(modules, { userClasses, arguments: custom, readText });
  problems.push(...scenarios.problems);
  warnings.push(...scenarios.warnings, ...findSwitchedOff(users.found, scenarios.plans));
  return {
    userClasses,
    shapes: valuesOf<ShapeClass>(shapes.found),
    plans: new Map(collected.map(([name, { plan }]) => [name, plan])),
    activities: activities.names,
    problems: [...new Set(problems)],
    description: {
      userClasses: collected.map(([, { description }]) => description),
      shapes: shapeDescriptions,
      arguments: custom,
      thresholds: thresholds.expressions,
      ...(counterNames().length === 0 ? {} : { counters: counterNames() }),
      ...(scenarios.plans.length === 0 ? {} : { scenarios: scenarios.plans }),
      warnings: [...new Set(warnings)],
    },
  };
}

/** A class whose weight is 0, unless a scenario names it: then it is wanted. */
function findSwitchedOff(
  found: ReadonlyMap<string, FoundClass>,
  scenarios: readonly Pick<ScenarioPlan, "userClasses">[],
): readonly string[] {
  const wanted = new Set(scenarios.flatMap(({ userClasses }) => userClasses));
  return [...found].filter(([name, { value }]) => !wanted.has(name) && isSwitchedOff(value as UserClass))
    .map(([name, { file }]) => `Class "${name}" of ${file}: its weight is 0: it is switched off`);
}

function describeShape(
  name: string,
  { file, value, source }: FoundClass & { readonly source: string | undefined },
  problems: string[],
) {
  const complain = (problem: string, member?: string) => {
    const line = source === undefined ? undefined : findMember(source, name, member);
    problems.push(`Cannot use the shape "${name}" of ${file}${line === undefined ? "" : `:${line}`}: ${problem}`);
  };
  for (const { text, member } of findPythonHabits(value, "shape")) complain(text, member);
  try {
    const shape = new (value as ShapeClass)();
    for (const problem of findShapeProblems(shape)) complain(problem, "stages" in shape ? "stages" : "settings");
    return { name, file, useCommonOptions: shape.useCommonOptions === true };
  } catch (thrown) {
    complain(`its constructor failed with ${String(thrown)}; correct it`);
    return { name, file, useCommonOptions: false };
  }
}

function valuesOf<T>(found: ReadonlyMap<string, FoundClass>): Map<string, T> {
  return new Map([...found].map(([name, { value }]) => [name, value as T]));
}

function placeOf(stack: string): string {
  const [frame] = ownFramesOf(stack);
  return frame === undefined ? "" : ` (${frame})`;
}
