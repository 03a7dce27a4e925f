/**
 * Finds members that would have no effect here: Locust's names in snake_case, ours with other capitals (`onstart`) or
 * mistyped (`static freshUser`), those of other tools (`maxVUs`), and attributes on the wrong side of `static` (in
 * Python there is one kind of class attribute). Pure. A class that has the right member as well is left alone: then the
 * other one has a purpose of its own.
 */
import { editDistance } from "../../base/hints/near_miss.ts";
import { readClassSource } from "./class_source.ts";
import type { TaskOwner } from "../tasks/task_members.ts";
import { needsHost } from "../needs_host.ts";
import { writtenLevels } from "./own_classes.ts";

export type ClassKind = "user" | "set" | "shape";

/** A finding: a clause that follows the class's name. All of them are mistakes: the load would be another one. */
export interface HabitFinding {
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
  taskSet: 'write "static tasks = [TheSet]"',
};

/** The member that makes one of these harmless: beside it, it has a purpose of its own. */
const insteadOf = (grave: string) => /^task/.test(grave) ? "tasks" : "waitTime";

/** Members that a class overrides, of two words: none of its own is called so by chance. */
const NAMES: Readonly<Record<ClassKind, readonly string[]>> = {
  user: [
    "waitTime",
    "onStart",
    "onStop",
    "fixedCount",
    "defaultHeaders",
    "connectionTimeout",
    "networkTimeout",
    "maxRedirects",
    "maxRetries",
    "discardBody",
    "clientPool",
    "poolManager",
    "arrivalRate",
    "targetRate",
    "freshUsers",
    "maxUsers",
    "whenLate",
    "idleTimeout",
    "sourceAddress",
  ],
  set: ["waitTime", "onStart", "onStop", "getNextTask", "executeTask", "executeNextTask"],
  shape: ["useCommonOptions"],
};

/** What a name is apart from capitals and underscores. */
const lettersOf = (name: string) => name.replaceAll("_", "").toLowerCase();

/** By its letters, the right name of each. */
const RIGHT: Readonly<Record<ClassKind, ReadonlyMap<string, string>>> = {
  user: byLetters(NAMES.user),
  set: byLetters(NAMES.set),
  shape: byLetters(NAMES.shape),
};

function byLetters(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [lettersOf(name), name]));
}

/** Statics of every user class, and those of one with an HTTP client. */
const USER_STATICS = [
  "tasks",
  "weight",
  "fixedCount",
  "abstract",
  "arrivalRate",
  "targetRate",
  "freshUsers",
  "maxUsers",
  "whenLate",
];
const CLIENT_STATICS = [
  "host",
  "connectionTimeout",
  "networkTimeout",
  "maxRedirects",
  "maxRetries",
  "discardBody",
  "insecure",
  "defaultHeaders",
  "concurrency",
  "proxy",
  "tls",
  "clientPool",
  "poolManager",
  "idleTimeout",
  "dnsTtl",
  "sourceAddress",
];

/** Names of other tools by ours, as statics. */
const OTHER_STATICS: Readonly<Record<string, string>> = {
  maxVUs: "maxUsers",
  maxVus: "maxUsers",
  maxVusers: "maxUsers",
  preAllocatedVUs: "maxUsers",
  baseUrl: "host",
  baseURL: "host",
  discardResponseBodies: "discardBody",
};

/** Exports of the file, which a class cannot have. */
const EXPORTS: readonly string[] = ["thresholds", "scenarios"];

/** Shorter names are near to too many others. */
const LEAST_MISTYPED = 8;

/** The static that a mistyped one was to be: two edits away at most. */
function findMistyped(name: string, known: readonly string[]): string | undefined {
  if (name.length < LEAST_MISTYPED) return undefined;
  return known.find((right) =>
    right.length >= LEAST_MISTYPED && Math.abs(right.length - name.length) <= 2 && editDistance(name, right) <= 2
  );
}

/** What other tools call the time between two tasks, where it is made by a function of ours. */
const OTHER_WAITS = /^(?:think|thinkTime|pause|pauseTime|pacing|pace|delay|wait|timer|sleepTime)$/;
const WAIT_CALL = /^\s*(?:between|constant|constantPacing|constantThroughput|poisson)\(/;

/** What a class took over from Python that has no effect here. */
export function findPythonHabits(owner: TaskOwner, kind: ClassKind): HabitFinding[] {
  const written = writtenLevels(owner);
  if (!written.some((level) => mayHaveHabits(level, owner, kind))) return [];
  const levels = written.map(readLevel);
  const has = (name: string) => levels.some(({ all }) => all.has(name));
  const hasStatic = (name: string) => levels.some(({ statics }) => statics.has(name));
  const findings: HabitFinding[] = [];
  for (const { level, statics, fields, waits, all } of levels) {
    const report = (member: string, text: string) => findings.push({ member, text, level });
    for (const name of all) {
      const advice = kind === "shape" || !Object.hasOwn(GRAVE, name) ? undefined : GRAVE[name];
      if (advice !== undefined) {
        if (!has(insteadOf(name))) report(name, `"${name}" does nothing here; ${advice}`);
        continue;
      }
      const right = RIGHT[kind].get(lettersOf(name));
      if (right === undefined || right === name || has(right)) continue;
      report(name, `"${name}" does nothing here; rename it to "${right}"`);
    }
    if (kind !== "shape" && statics.has("waitTime")) {
      report("waitTime", 'its waitTime is static, which has no effect; remove "static"');
    }
    if (kind === "user") {
      for (const name of EXPORTS) {
        if (statics.has(name)) report(name, `its static "${name}" does nothing here; write "export const ${name}"`);
      }
      for (const name of statics) {
        const right = findMeant(name, staticsOf(owner, kind));
        if (right === undefined || hasStatic(right)) continue;
        report(name, `its static "${name}" does nothing here; did you mean "${right}"?`);
      }
    }
    for (const name of waits) {
      if (!has("waitTime")) report(name, `"${name}" does nothing here; rename it to "waitTime"`);
    }
    for (const name of staticsOf(owner, kind)) {
      if (!fields.has(name) || hasStatic(name)) continue;
      report(name, `its ${name} is a field of each instance, which has no effect; write "static ${name}"`);
    }
  }
  return findings;
}

/** The static of ours that another name stands for; undefined: it is right, or nobody's business. */
function findMeant(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name) || RIGHT.user.has(lettersOf(name))) return undefined;
  return Object.hasOwn(OTHER_STATICS, name) ? OTHER_STATICS[name] : findMistyped(name, known);
}

/** False where the text of a class names nothing that is looked for: then it need not be parsed. */
function mayHaveHabits(level: TaskOwner, owner: TaskOwner, kind: ClassKind): boolean {
  if (Object.hasOwn(level, "waitTime")) return true;
  const known = staticsOf(owner, kind);
  if (kind === "user" && EXPORTS.some((name) => Object.hasOwn(level, name))) return true;
  if (kind === "user" && Object.getOwnPropertyNames(level).some((name) => findMeant(name, known) !== undefined)) {
    return true;
  }
  const words = new Set(Function.prototype.toString.call(level).match(/[\w$]+/g));
  if (kind !== "shape" && [...words].some((word) => OTHER_WAITS.test(word))) return true;
  const asFields = known.filter((name) => !Object.hasOwn(level, name));
  return [...Object.keys(GRAVE), ...asFields].some((name) => words.has(name)) ||
    [...words].some((word) => (RIGHT[kind].get(lettersOf(word)) ?? word) !== word);
}

function staticsOf(owner: TaskOwner, kind: ClassKind): readonly string[] {
  if (kind === "user") return needsHost(owner) ? [...USER_STATICS, ...CLIENT_STATICS] : USER_STATICS;
  return kind === "set" ? ["tasks"] : ["abstract"];
}

function readLevel(level: TaskOwner) {
  const statics = new Set(Object.getOwnPropertyNames(level));
  const source = readClassSource(Function.prototype.toString.call(level));
  const fields = new Set(source?.fields.map(({ name }) => name));
  const waits =
    source?.fields.filter(({ name, initializer }) => OTHER_WAITS.test(name) && WAIT_CALL.test(initializer)) ??
      [];
  const methods = Object.getOwnPropertyNames(level.prototype ?? {});
  return {
    level,
    statics,
    fields,
    waits: waits.map(({ name }) => name),
    all: new Set([...statics, ...fields, ...methods]),
  };
}
