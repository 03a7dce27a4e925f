/**
 * What can be wrong with a user class beside its tasks and wait time: its weights, its host, and names that a Locust user carries
 * over from Python. Pure. The host of a user without an HTTP client is whatever that user makes of it.
 */
import { chainOf } from "../tasks/task_members.ts";
import type { UserClass } from "../user_class.ts";
import { needsHost } from "./needs_host.ts";

/** A mistake in a static: a clause that follows the class's name. */
export interface StaticProblem {
  readonly member: "weight" | "fixedCount" | "host";
  readonly problem: string;
}

const BASE_URL = /^https?(?:\+unix)?:\/\/./i;

/** Mistakes in the statics of a class. */
export function checkUserClass(userClass: UserClass): StaticProblem[] {
  const { weight, fixedCount, host }: { weight: unknown; fixedCount: unknown; host?: unknown } = userClass;
  const problems: StaticProblem[] = [];
  const isFixed = typeof fixedCount === "number" && fixedCount > 0;
  const isWeight = typeof weight === "number" && Number.isFinite(weight) && weight >= 0;
  if (!isWeight || (weight === 0 && !isFixed)) {
    problems.push({
      member: "weight",
      problem: `its weight is ${show(weight)}; give a number above 0, or a fixedCount`,
    });
  }
  if (typeof fixedCount !== "number" || !Number.isInteger(fixedCount) || fixedCount < 0) {
    problems.push({
      member: "fixedCount",
      problem: `its fixedCount is ${show(fixedCount)}; give a whole number from 0`,
    });
  }
  if (host !== undefined && host !== null && typeof host !== "string") {
    problems.push({ member: "host", problem: `its host is ${show(host)}; give a URL` });
  } else if (typeof host === "string" && host !== "" && needsHost(userClass) && !BASE_URL.test(host)) {
    problems.push({
      member: "host",
      problem: `its host is "${host}", which is no URL; begin it with http:// or https://`,
    });
  }
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

function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
