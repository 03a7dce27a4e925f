/**
 * Finds habits of Locust in Python that would have no effect here: names in snake_case, and
 * attributes on the wrong side of `static` (in Python there is one kind of class attribute). Pure. A class that has the right
 * member as well is left alone: then the other one has a purpose of its own.
 */
import { toCamelCase } from "../../base/spelling_hint.ts";
import { readClassSource } from "./class_source.ts";
import type { TaskOwner } from "../tasks/task_members.ts";
import { needsHost } from "./needs_host.ts";
import { writtenLevels } from "./own_classes.ts";

export type ClassKind = "user" | "set" | "shape";

/** A finding: a clause that follows the class's name. What would make the numbers wrong is a problem, the rest a warning. */
export interface HabitFinding {
  readonly severity: "problem" | "warning";
  readonly member: string;
  readonly text: string;
  /** The class of the chain that has the member. */
  readonly level: TaskOwner;
}

/** Without these a user waits for nothing or does something else. */
const GRAVE: Readonly<Record<string, string>> = {
  wait_time: 'rename it to "waitTime"',
  min_wait: 'write "waitTime = between(min, max)", in seconds',
  max_wait: 'write "waitTime = between(min, max)", in seconds',
  wait_function: 'write a method "waitTime()" that returns seconds',
  task_set: 'write "static tasks = [TheSet]"',
};

const NAMES: Readonly<Record<ClassKind, readonly string[]>> = {
  user: [
    "on_start",
    "on_stop",
    "fixed_count",
    "default_headers",
    "connection_timeout",
    "network_timeout",
    "max_redirects",
    "max_retries",
    "client_pool",
    "pool_manager",
  ],
  set: ["on_start", "on_stop", "get_next_task", "execute_task", "execute_next_task"],
  shape: ["use_common_options"],
};

/** Statics of every user class, and those of one with an HTTP client. */
const USER_STATICS = ["tasks", "weight", "fixedCount", "abstract"];
const CLIENT_STATICS = [
  "host",
  "connectionTimeout",
  "networkTimeout",
  "maxRedirects",
  "maxRetries",
  "insecure",
  "defaultHeaders",
  "concurrency",
  "proxy",
  "tls",
  "clientPool",
  "poolManager",
];

/** What a class took over from Python that has no effect here. */
export function findPythonHabits(owner: TaskOwner, kind: ClassKind): HabitFinding[] {
  const written = writtenLevels(owner);
  if (!written.some((level) => mayHaveHabits(level, owner, kind))) return [];
  const levels = written.map(readLevel);
  const has = (name: string) => levels.some(({ all }) => all.has(name));
  const hasStatic = (name: string) => levels.some(({ statics }) => statics.has(name));
  const findings: HabitFinding[] = [];
  for (const { level, statics, fields, all } of levels) {
    const report = (severity: HabitFinding["severity"], member: string, text: string) =>
      findings.push({ severity, member, text, level });
    for (const name of all) {
      if (!name.includes("_") || has(toCamelCase(name))) continue;
      const advice = kind === "shape" ? undefined : GRAVE[name];
      if (advice !== undefined && !has("waitTime")) report("problem", name, `"${name}" does nothing here; ${advice}`);
      else if (NAMES[kind].includes(name)) {
        report("warning", name, `"${name}" does nothing here; rename it to "${toCamelCase(name)}"`);
      }
    }
    if (kind !== "shape" && statics.has("waitTime")) {
      report("problem", "waitTime", 'its waitTime is static, which has no effect; remove "static"');
    }
    for (const name of staticsOf(owner, kind)) {
      if (!fields.has(name) || hasStatic(name)) continue;
      report(
        "problem",
        name,
        `its ${name} is a field of each instance, which has no effect; write "static ${name}"`,
      );
    }
  }
  return findings;
}

/** False where the text of a class names nothing that is looked for: then it need not be parsed. */
function mayHaveHabits(level: TaskOwner, owner: TaskOwner, kind: ClassKind): boolean {
  if (Object.hasOwn(level, "waitTime")) return true;
  const words = new Set(Function.prototype.toString.call(level).match(/[\w$]+/g));
  const asFields = staticsOf(owner, kind).filter((name) => !Object.hasOwn(level, name));
  return [...Object.keys(GRAVE), ...NAMES[kind], ...asFields].some((name) => words.has(name));
}

function staticsOf(owner: TaskOwner, kind: ClassKind): readonly string[] {
  if (kind === "user") return needsHost(owner) ? [...USER_STATICS, ...CLIENT_STATICS] : USER_STATICS;
  return kind === "set" ? ["tasks"] : ["abstract"];
}

function readLevel(level: TaskOwner) {
  const statics = new Set(Object.getOwnPropertyNames(level));
  const source = readClassSource(Function.prototype.toString.call(level));
  const fields = new Set(source?.fields.map(({ name }) => name));
  const methods = Object.getOwnPropertyNames(level.prototype ?? {});
  return { level, statics, fields, all: new Set([...statics, ...fields, ...methods]) };
}
