/** The load that a run was asked for, as far as a person may change it in mid-run. Pure. */
import { formatRate, parseArrivalRate } from "../../load/arrivals/arrival_rate.ts";
import type { RunEvent } from "../../master/run_event.ts";
import type { ApiPlan } from "../answers/api_types.ts";

export type AskedLoad = Pick<ApiPlan, "users" | "spawnRate" | "rate" | "targetRate" | "runTimeSeconds">;

export const NO_LOAD: AskedLoad = { users: null, spawnRate: null, runTimeSeconds: null };

export function askedLoad(
  { targetUsers, spawnRate, runTimeSeconds, arrivals, targets }: Extract<RunEvent, { kind: "runStarted" }>,
): AskedLoad {
  return {
    users: targetUsers,
    spawnRate,
    runTimeSeconds,
    ...(arrivals === undefined ? {} : { rate: sumRates(arrivals) }),
    ...(targets === undefined ? {} : { targetRate: sumRates(targets) }),
  };
}

/** Whether there are arrivals and nothing else. */
export function areArrivalsAll({ users, rate }: Pick<AskedLoad, "users" | "rate">): boolean {
  return rate !== undefined && users === 0;
}

/** As one text; empty where several rates are no plain numbers and have none. */
function sumRates(rates: readonly { readonly rate: string }[]): string {
  const [only, ...others] = rates;
  if (only !== undefined && others.length === 0) return only.rate;
  const plans = rates.map(({ rate }) => parseArrivalRate(rate));
  if (plans.some(({ curve, pattern }) => curve.points.length > 1 || pattern !== "even")) return "";
  return formatRate(plans.reduce((sum, { curve }) => sum + (curve.points[0]?.[1] ?? 0), 0));
}

type Ramp = Pick<Extract<RunEvent, { kind: "rampStarted" }>, "users" | "spawnRate">;

type Started = Extract<RunEvent, { kind: "runStarted" }>;

/** A shape or scenarios change the number of users, perhaps every second: the chart of the users shows that, and marks would hide it. */
export function movesByItself(started: Pick<Started, "scenarios" | "shape"> | undefined): boolean {
  return started?.scenarios !== undefined || started?.shape !== undefined;
}

/** Whether a ramp is to another number of users, or at another rate, as a person asked for. */
export function isEdit(
  { users, spawnRate }: Ramp,
  now: AskedLoad,
  started: Pick<Started, "scenarios" | "shape"> | undefined,
): boolean {
  return !movesByItself(started) && (now.users !== users || now.spawnRate !== spawnRate);
}

export function describeRamp({ users, spawnRate }: Ramp): string {
  return `${users} users at ${spawnRate} per second`;
}
