/** The effect of a key that asks for more or less load: users, arrivals a second where those are the whole load, or a target rate. */
import type { Logger } from "../../base/logger.ts";
import { formatRate } from "../../load/arrivals/arrival_rate.ts";
import type { ArrivalSchedule } from "../../master/arrivals/arrival_schedule.ts";
import type { RunArrivals } from "../../master/arrivals/run_arrivals.ts";
import type { Run } from "../../master/run.ts";
import { changedTarget, KEY_SPAWN_RATE, type KeyCommand, type KeyedLoad } from "./keyboard.ts";

/** The part of a run that keys change. */
export type KeyedRun = Pick<Run, "state" | "setTarget" | "snapshot"> & {
  readonly arrivals:
    | Pick<RunArrivals, "setRate"> & {
      readonly schedule: Pick<ArrivalSchedule, "planned" | "classes">;
    }
    | undefined;
  readonly settings: Pick<Run["settings"], "classes" | "load" | "capacity" | "targets">;
};

export type LoadKey = Extract<KeyCommand, { readonly by: number }>;

export function changeLoad(run: KeyedRun, { kind, by }: LoadKey, logger: Pick<Logger, "warning">): void {
  const { arrivals, settings } = run;
  if (settings.load.kind === "scenarios") return logger.warning("Scenarios decide the load; keys cannot change it");
  if (settings.capacity !== undefined) {
    return logger.warning("A capacity search decides the load; press Ctrl-C to end it");
  }
  if (kind === "changeTargetRate") return changeTargetRate(run, by, logger);
  const planned = arrivals?.schedule.planned();
  if (arrivals !== undefined && planned !== undefined && changesArrivals(run)) {
    const { plannedPerSecond: now } = planned;
    if (now + by <= 0) return logger.warning(`There are ${formatRate(now)} arrivals; press Ctrl-C to end the run`);
    return arrivals.setRate(formatRate(now + by));
  }
  if (run.state === "spawning") return logger.warning("Spawning users, can't change the number of users now");
  run.setTarget(changedTarget(run.snapshot().userCount, by), KEY_SPAWN_RATE);
}

/** Of all classes that have one, together. Without one the keys mean nothing. */
function changeTargetRate({ arrivals }: KeyedRun, by: number, logger: Pick<Logger, "warning">): void {
  const targets = arrivals?.schedule.classes().filter(({ kind }) => kind === "target") ?? [];
  if (arrivals === undefined || targets.length === 0) return;
  const now = targets.reduce((sum, { plannedPerSecond }) => sum + plannedPerSecond, 0);
  if (now + by <= 0) return logger.warning(`The target rate is ${formatRate(now)}; press Ctrl-C to end the run`);
  arrivals.setRate(formatRate(now + by), "targets");
}

/** Whether arrivals are the whole load. */
function changesArrivals({ arrivals, settings }: KeyedRun): boolean {
  return arrivals?.schedule.planned() !== undefined && settings.classes.length === 0;
}

/** What keys change in this run. */
export function keyedLoad(run: KeyedRun): KeyedLoad {
  return { load: changesArrivals(run) ? "arrival/s" : "user", hasTargetRate: run.settings.targets !== undefined };
}
