/**
 * Checks a user class beside its tasks and wait time: its weights and its host. Pure. The host of a user without
 * an HTTP client is whatever that user makes of it.
 */
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

function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
