/**
 * Makes the settings of a capacity search from the options, and finds what cannot be searched beside what the
 * locustfile selects. Pure.
 */
import { parseArrivalRate } from "../../../load/arrivals/arrival_rate.ts";
import {
  type CapacitySettings,
  DEFAULT_START_USERS,
  planCapacity,
} from "../../../master/capacity/capacity_settings.ts";
import { DEFAULT_MAX_USERS } from "../../../master/arrivals/plan_arrivals.ts";
import type { RunOptions } from "../reading/options.ts";
import type { Selection } from "./selection.ts";

type SearchOptions = Pick<
  RunOptions,
  "findMax" | "slo" | "rate" | "users" | "spawnRate" | "maxUsers" | "stepSeconds" | "atLeast" | "given"
>;

/** Undefined: the load is not searched for. */
export function readCapacity(options: SearchOptions): CapacitySettings | undefined {
  const { findMax, slo, rate, users, spawnRate, maxUsers, stepSeconds, atLeast, given } = options;
  if (!findMax) return undefined;
  return planCapacity({
    slo,
    unit: rate === undefined ? "users" : "/s",
    start: rate === undefined
      ? given.has("users") ? Math.max(1, users) : DEFAULT_START_USERS
      : parseArrivalRate(rate).curve.points[0]?.[1] ?? 1,
    maxUsers,
    poolUsers: maxUsers ?? DEFAULT_MAX_USERS,
    stepSeconds,
    spawnRate: given.has("spawn-rate") ? spawnRate : undefined,
    atLeast,
  });
}

export function findUnsearchable(
  { findMax, rate }: Pick<RunOptions, "findMax" | "rate">,
  { shape, scenarios, userClasses }: Pick<Selection, "shape" | "scenarios" | "userClasses">,
): readonly string[] {
  if (!findMax) return [];
  const open = userClasses.filter(({ arrivalRate }) => arrivalRate !== undefined).map(({ name }) => name);
  const paced = userClasses.filter(({ targetRate }) => targetRate !== undefined).map(({ name }) => name);
  return [
    ...(scenarios === undefined ? [] : [
      "Cannot use --find-max with scenarios: each of them has its own load; add --scenario none, which leaves them out, and " +
      "name the user classes to search with",
    ]),
    ...(paced.length === 0 || rate !== undefined ? [] : [
      `Cannot use --find-max with the targetRate of ${
        paced.join(", ")
      }: more users do not raise it; give --rate with the rate to begin with`,
    ]),
    ...(shape === undefined || rate !== undefined ? [] : [
      `Cannot use --find-max with the load shape ${shape}: the search decides the load; add --shape Default, which leaves it out`,
    ]),
    ...(open.length === 0 || rate !== undefined ? [] : [
      `Cannot use --find-max with the arrivalRate of ${
        open.join(", ")
      }: there are two loads to be searched for; give --rate with the rate to ` +
      "begin with, which takes the place of it",
    ]),
  ];
}
