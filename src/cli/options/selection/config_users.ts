/**
 * `--config-users`: settings of user classes, as JSON on the command line or in `*.json` files. Their effect on a class
 * is decided where classes are; here they are read and checked against what the locustfile has.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../../base/errors.ts";
import { describeUnreadable } from "../../../base/given_file.ts";
import type { TaskDescription, UserClassDescription } from "../../../protocol/locustfile_description.ts";
import { nearest } from "../../../base/hints/near_miss.ts";

/** One object of `--config-users`: `user_class_name`, perhaps `tasks`, and attributes of the class. */
export type ClassSettings = Readonly<Record<string, unknown>>;

/**
 * All settings, in the order given.
 * @throws {UsageError} with every problem found
 */
export function readConfigUsers(
  values: readonly string[],
  options: { readonly cwd: string; readonly userClasses: readonly UserClassDescription[] },
): readonly ClassSettings[] {
  const problems: string[] = [];
  const settings: ClassSettings[] = [];
  for (const value of values) {
    const { label, text } = readText(value, options.cwd, problems);
    if (text === undefined) continue;
    for (const item of parseItems(label, text, problems)) {
      problems.push(...checkItem(label, item, options.userClasses));
      settings.push(normalizeNames(item));
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return settings;
}

function readText(value: string, cwd: string, problems: string[]): { readonly label: string; readonly text?: string } {
  if (!value.trim().endsWith(".json")) return { label: "--config-users", text: value };
  try {
    return { label: value, text: readFileSync(resolve(cwd, value), "utf8") };
  } catch (error) {
    problems.push(`Cannot use --config-users "${value}": ${describeUnreadable(error)}`);
    return { label: value };
  }
}

function parseItems(label: string, text: string, problems: string[]): readonly ClassSettings[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push(
      `Cannot read ${label}: it is not valid JSON (${why}); write {"user_class_name": "Shopper", "weight": 2}`,
    );
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((item: unknown) => {
    if (isRecord(item)) return [item];
    problems.push(
      `Cannot use ${label}: ${JSON.stringify(item)} is not an object; write {"user_class_name": "Shopper"}`,
    );
    return [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Locust's `user_class_name`, and the same by our naming rule. */
function nameOf(item: ClassSettings): unknown {
  return item["user_class_name"] ?? item["userClassName"];
}

/** One object, read and checked; `label` says where it comes from. */
export function readClassSettings(
  label: string,
  item: ClassSettings,
  userClasses: readonly UserClassDescription[],
): { readonly settings: ClassSettings; readonly problems: readonly string[] } {
  return { settings: normalizeNames(item), problems: checkItem(label, item, userClasses) };
}

/** Names that Locust's own files have, as ours. */
function normalizeNames(item: ClassSettings): ClassSettings {
  const { userClassName: _name, fixed_count: fixedCount, ...others } = item;
  return { ...others, user_class_name: nameOf(item), ...(fixedCount === undefined ? {} : { fixedCount }) };
}

function checkItem(
  label: string,
  item: ClassSettings,
  userClasses: readonly UserClassDescription[],
): readonly string[] {
  const name = nameOf(item);
  if (typeof name !== "string") {
    return [`Cannot use ${label}: an object has no "user_class_name"; name the class that it is about`];
  }
  const userClass = userClasses.find((candidate) => candidate.name === name);
  if (userClass === undefined) {
    const known = userClasses.map((candidate) => candidate.name);
    const meant = nearest(name, known);
    const advice = meant === undefined ? `choose from ${known.join(", ")}` : `did you mean "${meant}"?`;
    return [`Cannot use ${label}: there is no user class "${name}"; ${advice}`];
  }
  return [...checkNumbers(label, name, item), ...checkTasks(label, name, item["tasks"], userClass.tasks)];
}

function checkNumbers(label: string, name: string, item: ClassSettings): readonly string[] {
  const weight = item["weight"];
  const fixedCount = item["fixedCount"] ?? item["fixed_count"];
  const problems: string[] = [];
  if (weight !== undefined && (typeof weight !== "number" || !(weight >= 0) || weight === Infinity)) {
    problems.push(`Cannot use ${label}: the weight of ${name} is ${JSON.stringify(weight)}; write a number from 0`);
  }
  if (fixedCount !== undefined && (!Number.isInteger(fixedCount) || Number(fixedCount) < 0)) {
    problems.push(
      `Cannot use ${label}: the fixedCount of ${name} is ${
        JSON.stringify(fixedCount)
      }; write a whole number, 0 or more`,
    );
  }
  return problems;
}

function checkTasks(
  label: string,
  name: string,
  wanted: unknown,
  tasks: readonly TaskDescription[],
): readonly string[] {
  if (wanted === undefined) return [];
  if (!Array.isArray(wanted) || wanted.some((task) => typeof task !== "string")) {
    return [`Cannot use ${label}: "tasks" of ${name} is not a list of names; write ["${tasks[0]?.name ?? "browse"}"]`];
  }
  const known = tasks.map((task) => task.name);
  return wanted.filter((task) => !known.includes(task)).map((task) => {
    const meant = nearest(task, known);
    const advice = meant === undefined ? `choose from ${known.join(", ")}` : `did you mean "${meant}"?`;
    return `Cannot use ${label}: ${name} has no task "${task}"; ${advice}`;
  });
}
