/**
 * When each scenario of a run starts and ends, as far as that is known before. What waits for the end of another one
 * starts there at the earliest: the users of the other have to end first. Pure.
 */
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import { parseArrivalRate } from "../arrivals/arrival_rate.ts";
import { CurveReader } from "../arrivals/rate_curve.ts";
import { ScenarioUsers } from "./scenario_users.ts";

export interface ScenarioTime {
  readonly name: string;
  /** Since the start of the run; Infinity: not known before. */
  readonly startMs: number;
  /** Infinity: not known before, or never. */
  readonly endMs: number;
}

/** Milliseconds from the start of a scenario to the end of its load; Infinity: until its iterations are done or the run ends. */
export function scenarioLengthMs({ load, runTimeSeconds }: ScenarioPlan): number {
  const ownMs = load.kind === "arrivals"
    ? parseArrivalRate(load.rate).curve.endMs ?? Infinity
    : new ScenarioUsers(load).endMs;
  return Math.min(ownMs, (runTimeSeconds ?? Infinity) * 1000);
}

/** The same as far as it is known before: a number of arrivals is over when the last of them is due, if users are free for it. */
export function expectedLengthMs(plan: ScenarioPlan): number {
  const { load, iterations } = plan;
  const lengthMs = scenarioLengthMs(plan);
  if (load.kind !== "arrivals" || iterations === undefined) return lengthMs;
  return Math.min(lengthMs, new CurveReader(parseArrivalRate(load.rate).curve).timeOf(iterations));
}

/** In the order of the plans, none of which waits for itself. */
export function scenarioTimes(plans: readonly ScenarioPlan[]): readonly ScenarioTime[] {
  const known = new Map<string, ScenarioTime>();
  const timeOf = (plan: ScenarioPlan): ScenarioTime => {
    const found = known.get(plan.name);
    if (found !== undefined) return found;
    const { start } = plan;
    const before = start.kind === "scenario" ? plans.find(({ name }) => name === start.name) : undefined;
    const startMs = start.kind === "time"
      ? start.seconds * 1000
      : before === undefined
      ? Infinity
      : timeOf(before).endMs;
    const time = { name: plan.name, startMs, endMs: startMs + expectedLengthMs(plan) };
    known.set(plan.name, time);
    return time;
  };
  return plans.map(timeOf);
}

/** Names in a circle of scenarios that wait for each other, the first one twice; undefined: there is none. */
export function findCircle(plans: readonly Pick<ScenarioPlan, "name" | "start">[]): readonly string[] | undefined {
  const starts = new Map(plans.map(({ name, start }) => [name, start]));
  for (const { name } of plans) {
    const path: string[] = [];
    let at: string | undefined = name;
    while (at !== undefined && !path.includes(at)) {
      path.push(at);
      const start = starts.get(at);
      at = start?.kind === "scenario" ? start.name : undefined;
    }
    if (at === name) return [...path, name];
  }
  return undefined;
}
