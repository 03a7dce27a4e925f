/**
 * One user class of a locustfile, with the sets in it: checks everything about it, makes its plan, and describes it as plain data.
 * What is wrong is added to the findings; nothing is thrown.
 */
import type { UserClassDescription } from "../../protocol/locustfile_description.ts";
import { needsHost } from "../needs_host.ts";
import { setPlan } from "../tasks/class_plans.ts";
import type { TaskOwner } from "../tasks/task_members.ts";
import { describePlan, planUserClass, type TaskPlan } from "../tasks/task_plan.ts";
import type { UserClass } from "../user_class.ts";
import { checkUserClass } from "./class_check.ts";
import { noteClassPlace } from "./class_places.ts";
import { findPythonHabits } from "./python_habits.ts";
import { findMember } from "./source_place.ts";
import { checkWaitTime } from "./wait_check.ts";

/** Names of what can run, by number: `Shopper.order`. Number 0 is nothing. */
export class Activities {
  readonly #numbers = new Map<string, number>([["", 0]]);

  get names(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  readonly numberOf = (where: string): number => {
    let number = this.#numbers.get(where);
    if (number === undefined) this.#numbers.set(where, number = this.#numbers.size);
    return number;
  };
}

/** Of all classes of the locustfile. */
interface Findings {
  readonly problems: string[];
  readonly warnings: string[];
  readonly activities: Activities;
}

interface ClassFile {
  readonly file: string;
  /** Its text, by which problems get their lines; undefined where it cannot be read. */
  readonly source: string | undefined;
}

export function collectUserClass(
  userClass: UserClass,
  { file, source }: ClassFile,
  findings: Findings,
): { readonly plan: TaskPlan; readonly description: UserClassDescription } {
  const note = createNotes({ file, source }, findings);
  const notePlace = (owner: TaskOwner) => {
    if (source !== undefined) noteClassPlace(owner, { file, source });
  };
  const checkWait = (owner: TaskOwner, kind: "user" | "set") => {
    const found = checkWaitTime(owner, kind);
    if (found !== undefined) note.complain(owner, found.problem, { level: found.level, member: "waitTime" });
  };
  const checkHabits = (owner: TaskOwner, kind: "user" | "set") => {
    for (const { member, text, level } of findPythonHabits(owner, kind)) {
      note.complain(owner, text, { level, member });
    }
  };
  notePlace(userClass);
  checkHabits(userClass, "user");
  const plan = planUserClass(userClass, {
    numberOf: findings.activities.numberOf,
    complain: note.complain,
    warn: note.warn,
    visitSet: (owner) => {
      notePlace(owner);
      checkWait(owner, "set");
      checkHabits(owner, "set");
    },
  });
  setPlan(userClass, plan);
  checkWait(userClass, "user");
  for (const { member, problem } of checkUserClass(userClass)) {
    note.complain(userClass, problem, { level: userClass, member });
  }
  return { plan, description: describeUserClass(userClass, file, plan, note.complain) };
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

/** Sentences about a class, with its name, file and line: of the member if it is known, else of the class. */
function createNotes({ file, source }: ClassFile, { problems, warnings }: Pick<Findings, "problems" | "warnings">) {
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
