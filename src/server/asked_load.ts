/** The load that a run was asked for, as far as a person may change it in mid-run. Pure. */
import type { RunEvent } from "../master/run_event.ts";
import type { ApiPlan } from "./api_types.ts";

export type AskedLoad = Pick<ApiPlan, "users" | "spawnRate" | "rate" | "runTimeSeconds">;

export const NO_LOAD: AskedLoad = { users: null, spawnRate: null, runTimeSeconds: null };

export function askedLoad(
  { targetUsers, spawnRate, runTimeSeconds, arrivals }: Extract<RunEvent, { kind: "runStarted" }>,
): AskedLoad {
  const [only, ...others] = targetUsers === 0 ? arrivals ?? [] : [];
  const rate = only === undefined || others.length > 0 ? {} : { rate: only.rate };
  return { users: targetUsers, spawnRate, runTimeSeconds, ...rate };
}
