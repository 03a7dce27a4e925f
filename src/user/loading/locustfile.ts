/**
 * Turns imported modules into what can be run: collects the exported user and shape classes, checks everything about them, and
 * describes them as plain data. Finds all problems at once; each names its class and file. Imports nothing, runs nothing.
 */
import type {
  CustomArgument,
  LocustfileDescription,
  UserClassDescription,
} from "../../protocol/locustfile_description.ts";
import { setPlan } from "../tasks/class_plans.ts";
import { findShapeProblems } from "../ready_shapes.ts";
import { findMember } from "./source_place.ts";
import { noteClassPlace } from "./class_places.ts";
import { checkWaitTime } from "./wait_check.ts";
import { checkUserClass, isSwitchedOff } from "./class_check.ts";
import { collectClasses, type FoundClass } from "./exported_classes.ts";
import { LoadTestShape, type ShapeClass } from "../load_test_shape.ts";
import { collectThresholds } from "./locustfile_thresholds.ts";
import { counterNames } from "../measures/metrics.ts";
import { needsHost } from "../needs_host.ts";
import { ownFramesOf } from "../../base/own_frames.ts";
import { findForeignExports } from "./foreign_exports.ts";
import { type ClassKind, findPythonHabits } from "./python_habits.ts";
import { takeMisuses } from "../tasks/task_marks.ts";
import { describePlan, planUserClass, type TaskPlan } from "../tasks/task_plan.ts";
import type { TaskOwner } from "../tasks/task_members.ts";
import { collectScenarios } from "../scenarios/collect_scenarios.ts";
import { User } from "../user.ts";
import type { UserClass } from "../user_class.ts";

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
  const problems: string[] = takeMisuses().map(({ problem, stack }) => `${problem}${placeOf(stack)}`);
  const warnings: string[] = [];
  const activities = new Map<string, number>([["", 0]]);
  const users = collectClasses(modules, User);
  const shapes = collectClasses(modules, LoadTestShape, options.readText);
  problems.push(...users.problems, ...shapes.problems);
  if (users.found.size === 0 && modules.length > 0) problems.push(noUserClass(modules, options.readText));

  const plans = new Map<string, TaskPlan>();
  const descriptions: UserClassDescription[] = [];
  const readText = options.readText ?? (() => undefined);
  for (const [name, { file, value }] of users.found) {
    const userClass = value as UserClass;
    const source = readText(file);
    const note = createNotes({ file, source }, problems, warnings);
    if (source !== undefined) noteClassPlace(userClass, { file, source });
    const checkWait = (owner: TaskOwner, kind: "user" | "set") => {
      const found = checkWaitTime(owner, kind);
      if (found !== undefined) note.complain(owner, found.problem, { level: found.level, member: "waitTime" });
    };
    const checkHabits = (owner: TaskOwner, kind: ClassKind) => {
      for (const { member, text, level } of findPythonHabits(owner, kind)) {
        note.complain(owner, text, { level, member });
      }
    };
    checkHabits(userClass, "user");
    const plan = planUserClass(userClass, {
      numberOf: (where) => numberOf(activities, where),
      complain: note.complain,
      warn: note.warn,
      visitSet: (owner) => {
        if (source !== undefined) noteClassPlace(owner, { file, source });
        checkWait(owner, "set");
        checkHabits(owner, "set");
      },
    });
    plans.set(name, plan);
    setPlan(userClass, plan);
    checkWait(userClass, "user");
    for (const { member, problem } of checkUserClass(userClass)) {
      note.complain(userClass, problem, { level: userClass, member });
    }
    descriptions.push(describeUserClass(userClass, file, plan, note.complain));
  }
  const classes = valuesOf<UserClass>(users.found);
  const shapeDescriptions = [...shapes.found].map(([name, found]) =>
    describeShape(name, { ...found, source: readText(found.file) }, problems)
  );
  problems.push(...findForeignExports(modules, readText));
  const thresholds = collectThresholds(modules, readText);
  problems.push(...thresholds.problems);
  const scenarios = collectScenarios(modules, { userClasses: classes, arguments: options.arguments ?? [], readText });
  problems.push(...scenarios.problems);
  warnings.push(...scenarios.warnings);
  // A scenario that names a class wants it.
  const wanted = new Set(scenarios.plans.flatMap(({ userClasses }) => userClasses));
  for (const [name, { file, value }] of users.found) {
    if (!wanted.has(name) && isSwitchedOff(value as UserClass)) {
      warnings.push(`Class "${name}" of ${file}: its weight is 0: it is switched off`);
    }
  }
  return {
    userClasses: classes,
    shapes: valuesOf<ShapeClass>(shapes.found),
    plans,
    activities: [...activities.keys()],
    problems: [...new Set(problems)],
    description: {
      userClasses: descriptions,
      shapes: shapeDescriptions,
      arguments: options.arguments ?? [],
      thresholds: thresholds.expressions,
      ...(counterNames().length === 0 ? {} : { counters: counterNames() }),
      ...(scenarios.plans.length === 0 ? {} : { scenarios: scenarios.plans }),
      warnings: [...new Set(warnings)],
    },
  };
}

function describeUserClass(
  userClass: UserClass,
  file: string,
  plan: TaskPlan,
  complain: (owner: TaskOwner, problem: string) => void,
): UserClassDescription {
  const { name, weight, fixedCount, host, arrivalRate, maxUsers, targetRate } = userClass;
  return {
    name,
    file,
    weight,
    fixedCount,
    ...(arrivalRate === undefined ? {} : { arrivalRate }),
    ...(maxUsers === undefined ? {} : { maxUsers }),
    ...(targetRate === undefined ? {} : { targetRate }),
    ...(typeof host === "string" ? { host } : {}),
    needsHost: needsHost(userClass),
    tasks: describePlan(plan),
    json: readJson(userClass, plan, complain),
  };
}

/** The class's own `json()`, as plain data, with the names of its tasks. */
function readJson(
  userClass: UserClass,
  plan: TaskPlan,
  complain: (owner: TaskOwner, problem: string) => void,
): Record<string, unknown> {
  const tasks = [...new Set(plan.entries.map((entry) => entry.name))];
  try {
    const fields: unknown = JSON.parse(JSON.stringify(userClass.json()));
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) return { tasks, ...fields };
    complain(userClass, "its json() returned no object; return the fields to edit");
  } catch (thrown) {
    complain(userClass, `its json() failed with ${String(thrown)}; return plain data`);
  }
  return { tasks };
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

/** Sentences about a class, with its name, file and line: of the member if it is known, else of the class. */
function createNotes(
  { file, source }: { readonly file: string; readonly source: string | undefined },
  problems: string[],
  warnings: string[],
) {
  return {
    complain: (
      owner: TaskOwner,
      problem: string,
      { level, member }: { readonly level: TaskOwner; readonly member?: string } = { level: owner },
    ) => {
      const line = source === undefined ? undefined : findMember(source, level.name, member);
      problems.push(`Cannot use class "${owner.name}" of ${file}${line === undefined ? "" : `:${line}`}: ${problem}`);
    },
    warn: (owner: TaskOwner, warning: string) => {
      warnings.push(`Class "${owner.name}" of ${file}: ${warning}`);
    },
  };
}

function numberOf(activities: Map<string, number>, where: string): number {
  let number = activities.get(where);
  if (number === undefined) activities.set(where, number = activities.size);
  return number;
}

function valuesOf<T>(found: ReadonlyMap<string, FoundClass>): Map<string, T> {
  return new Map([...found].map(([name, { value }]) => [name, value as T]));
}

function noUserClass(
  modules: readonly LocustfileModule[],
  readText: (file: string) => string | undefined = () => undefined,
): string {
  const files = modules.map(({ file }) => file).join(", ");
  const base = modules.flatMap(({ exports }) => Object.values(exports)).find(isAbstractClass);
  if (base !== undefined) {
    return `Cannot run ${files}: its user class ${base.name} is abstract, and none extends it; remove "static abstract = true", ` +
      `or write "export class … extends ${base.name}"`;
  }
  const [name = "…", parent = "HttpUser"] =
    modules.map(({ file }) => /^class\s+([\w$]+)\s+extends\s+([\w$]*User)\b/m.exec(readText(file) ?? "")?.slice(1))
      .find((found) => found !== undefined) ?? [];
  return `Cannot run ${files}: no user class is exported; write "export class ${name} extends ${parent}"`;
}

function isAbstractClass(value: unknown): value is { readonly name: string } {
  return typeof value === "function" && value.prototype instanceof User && Object.hasOwn(value, "abstract") &&
    Reflect.get(value, "abstract") === true;
}

function placeOf(stack: string): string {
  const [frame] = ownFramesOf(stack);
  return frame === undefined ? "" : ` (${frame})`;
}
