/** The effect of a key that asks for more or less load: users, or arrivals a second where those are the whole load. */
import type { Logger } from "../../base/logger.ts";
import { formatRate } from "../../load/arrivals/arrival_rate.ts";
import type { Run } from "../../master/run.ts";
import { changedTarget, KEY_SPAWN_RATE } from "./keyboard.ts";

/** The part of a run that keys change. */
export type KeyedRun = Pick<Run, "state" | "setTarget" | "snapshot"> & {
  readonly arrivals: Pick<NonNullable<Run["arrivals"]>, "planned" | "setRate"> | undefined;
  readonly settings: Pick<Run["settings"], "classes" | "load" | "capacity">;
};

export function changeLoad(run: KeyedRun, by: number, logger: Pick<Logger, "warning">): void {
  const { arrivals, settings } = run;
  if (settings.load.kind === "scenarios") return logger.warning("Scenarios decide the load; keys cannot change it");
  if (settings.capacity !== undefined) {
    return logger.warning("A capacity search decides the load; press Ctrl-C to end it");
  }
  const planned = arrivals?.planned();
  if (arrivals !== undefined && planned !== undefined && changesArrivals(run)) {
    const { plannedPerSecond: now } = planned;
    if (now + by <= 0) return logger.warning(`There are ${formatRate(now)} arrivals; press Ctrl-C to end the run`);
    return arrivals.setRate(formatRate(now + by));
  }
  if (run.state === "spawning") return logger.warning("Spawning users, can't change the number of users now");
  run.setTarget(changedTarget(run.snapshot().userCount, by), KEY_SPAWN_RATE);
}

/** Whether arrivals are the whole load. */
export function changesArrivals({ arrivals, settings }: Pick<KeyedRun, "arrivals" | "settings">): boolean {
  return arrivals?.planned() !== undefined && settings.classes.length === 0;
}
