/**
 * What can be wrong with a user class beside its tasks: its weights, its host, and names that a Locust user carries over from
 * Python. Pure.
 */
import { chainOf } from "../tasks/task_members.ts";
import type { UserClass } from "../user_class.ts";

/** Mistakes in the statics of a class, each a clause that follows its name. */
export function checkUserClass(userClass: UserClass): string[] {
  const { weight, fixedCount, host }: { weight: unknown; fixedCount: unknown; host?: unknown } = userClass;
  const problems: string[] = [];
  const isFixed = typeof fixedCount === "number" && fixedCount > 0;
  if (!isFixed && !(typeof weight === "number" && weight > 0 && Number.isFinite(weight))) {
    problems.push(`its weight is ${show(weight)}; give a number above 0, or a fixedCount`);
  }
  if (typeof fixedCount !== "number" || !Number.isInteger(fixedCount) || fixedCount < 0) {
    problems.push(`its fixedCount is ${show(fixedCount)}; give a whole number from 0`);
  }
  if (host !== undefined && host !== null && typeof host !== "string") {
    problems.push(`its host is ${show(host)}; give a URL`);
  } else if (typeof host === "string" && host !== "" && !/^https?:\/\/./i.test(host)) {
    problems.push(`its host is "${host}", which is no URL; begin it with http:// or https://`);
  }
  const probed = probeWaitTime(userClass);
  if (probed !== undefined) problems.push(`its waitTime() returns ${probed}; return a number of seconds`);
  return problems;
}

const LOCUST_NAMES: Readonly<Record<string, string>> = {
  on_start: "onStart",
  on_stop: "onStop",
  wait_time: "waitTime",
  fixed_count: "fixedCount",
  default_headers: "defaultHeaders",
  connection_timeout: "connectionTimeout",
  network_timeout: "networkTimeout",
  max_redirects: "maxRedirects",
  max_retries: "maxRetries",
};

/** Members with Locust's Python names, which do nothing here. */
export function findLocustNames(userClass: UserClass): string[] {
  const names = new Set(
    chainOf(userClass).flatMap((level) => [
      ...Object.getOwnPropertyNames(level),
      ...Object.getOwnPropertyNames(level.prototype ?? {}),
    ]),
  );
  return Object.entries(LOCUST_NAMES)
    .filter(([python]) => names.has(python))
    .map(([python, here]) => `"${python}" does nothing here; rename it to "${here}"`);
}

/**
 * What a `waitTime` method that is sure to fail returns. Only methods can be tried before a user exists, and on an empty stand-in:
 * one that needs more of its user throws, and is found out when it runs.
 */
function probeWaitTime(userClass: UserClass): string | undefined {
  const { prototype } = userClass;
  try {
    const seconds: unknown = Reflect.apply(prototype.waitTime, Object.create(prototype), []);
    if (typeof seconds === "number") return Number.isNaN(seconds) ? "NaN" : undefined;
    return show(seconds);
  } catch {
    return undefined; // it needs a living user
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
