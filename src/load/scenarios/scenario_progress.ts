/**
 * Which scenarios of a run are on at a moment, and what users each wants then. Pure: a step from the moments of before
 * to those of now.
 *
 *   waiting ──its time, or the end of another──▶ running ──time over or iterations done──▶ ending ──last user gone──▶ ended
 */
import type { ScenarioPlan, ScenarioState } from "../../protocol/scenario_message.ts";
import { scenarioLengthMs } from "./scenario_times.ts";
import { ScenarioUsers } from "./scenario_users.ts";

/** Where a scenario is. Times are since the start of the run, and known once the state is reached. */
export interface ScenarioMoment {
  readonly name: string;
  readonly state: ScenarioState;
  readonly startMs?: number;
  /** The end of its load. */
  readonly overMs?: number;
  /** The end of its last user. */
  readonly endMs?: number;
}

/** Arrivals that begin when another scenario ends begin so much later: time for every thread to know of it. */
const ARRIVALS_LEAD_MS = 400;

/**
 * Of workers that do not say when arrivals have ended, users in use are known once a second: by then what was in use
 * has been heard of.
 */
const ARRIVALS_SETTLE_MS = 1500;

export interface ProgressInput {
  readonly runMs: number;
  /** Users of the scenario that have not ended; Infinity while that is not known. */
  readonly usersOf: (name: string) => number;
  /** Whether every worker has said that its arrivals are over, and the last user of them has ended. Absent: no. */
  readonly hasEnded?: (name: string) => boolean;
  /** Whether all iterations that it asks for are done. */
  readonly isDone: (name: string) => boolean;
  /** How long users may take to end once their scenario is over: one that hangs must not hold back what waits for it. */
  readonly endWithinMs: number;
  /** Since when users are told to end: a master that resumes the run has told nobody before it began. 0 if absent. */
  readonly sinceMs?: number;
}

export interface WantedScenario {
  readonly name: string;
  readonly users: number;
  /** At the end of the ramp that is on. */
  readonly target: number;
  /** Of that ramp; 0 where none is on. */
  readonly perSecond: number;
}

export interface ScenarioProgress {
  readonly moments: readonly ScenarioMoment[];
  /** In the order of the plans. */
  readonly wanted: readonly WantedScenario[];
  /** When to look again, if nothing happens before; Infinity: no time changes anything. */
  readonly nextMs: number;
  /** Whether the load of every scenario is over. */
  readonly isOver: boolean;
}

export class ScenarioClockwork {
  readonly #plans: readonly ScenarioPlan[];
  readonly #users: ReadonlyMap<string, ScenarioUsers>;

  constructor(plans: readonly ScenarioPlan[]) {
    this.#plans = plans;
    this.#users = new Map(plans.map(({ name, load }) => [name, new ScenarioUsers(load)]));
  }

  begin(): readonly ScenarioMoment[] {
    return this.#plans.map(({ name }) => ({ name, state: "waiting" }));
  }

  step(before: readonly ScenarioMoment[], input: ProgressInput): ScenarioProgress {
    const moments = new Map(before.map((moment) => [moment.name, moment]));
    for (let isMoving = true; isMoving;) {
      isMoving = false;
      for (const plan of this.#plans) {
        const moment = moments.get(plan.name) ?? { name: plan.name, state: "waiting" };
        const next = move(plan, moment, (name) => moments.get(name), input);
        if (next.state === moment.state) continue;
        moments.set(plan.name, next);
        isMoving = true;
      }
    }
    const now = this.#plans.map(({ name }) => moments.get(name) ?? { name, state: "waiting" as const });
    const looks = this.#plans.map((plan, i) => this.#lookAt(plan, now[i] as ScenarioMoment, input));
    return {
      moments: now,
      wanted: looks.map(({ wanted }) => wanted),
      nextMs: Math.min(...looks.map(({ nextMs }) => nextMs)),
      isOver: now.every(({ state }) => state === "ending" || state === "ended"),
    };
  }

  #lookAt(
    plan: ScenarioPlan,
    { state, startMs = Infinity, overMs = Infinity }: ScenarioMoment,
    input: ProgressInput,
  ): { readonly wanted: WantedScenario; readonly nextMs: number } {
    const { name, start } = plan;
    const { runMs } = input;
    if (state === "running") {
      const { nextMs, ...wanted } = (this.#users.get(name) as ScenarioUsers).at(runMs - startMs);
      return {
        wanted: { name, ...wanted },
        nextMs: startMs + Math.min(nextMs, scenarioLengthMs(plan)),
      };
    }
    const nextMs = state === "waiting" && start.kind === "time"
      ? start.seconds * 1000
      : state === "ending"
      ? nextOfEnding(plan, overMs, input)
      : Infinity;
    return { wanted: { name, users: 0, target: 0, perSecond: 0 }, nextMs };
  }
}

/** How long its users are given to be heard of. Those that have made all iterations have ended, whatever is heard. */
function settleMs({ name, load }: ScenarioPlan, { isDone }: ProgressInput): number {
  return load.kind === "arrivals" && !isDone(name) ? ARRIVALS_SETTLE_MS : 0;
}

function nextOfEnding(plan: ScenarioPlan, overMs: number, input: ProgressInput): number {
  const { runMs, endWithinMs, sinceMs = 0 } = input;
  const fromMs = Math.max(overMs, sinceMs);
  const settledMs = fromMs + settleMs(plan, input);
  return runMs < settledMs ? settledMs : fromMs + endWithinMs;
}

function move(
  plan: ScenarioPlan,
  moment: ScenarioMoment,
  momentOf: (name: string) => ScenarioMoment | undefined,
  input: ProgressInput,
): ScenarioMoment {
  const { name, start } = plan;
  const { runMs, usersOf, hasEnded, isDone, endWithinMs, sinceMs = 0 } = input;
  switch (moment.state) {
    case "waiting": {
      if (start.kind === "time") {
        const startMs = start.seconds * 1000;
        return runMs >= startMs ? { name, state: "running", startMs } : moment;
      }
      const { endMs } = momentOf(start.name) ?? {};
      if (endMs === undefined) return moment;
      const leadMs = plan.load.kind === "arrivals" ? ARRIVALS_LEAD_MS : 0;
      return { name, state: "running", startMs: endMs + leadMs };
    }
    case "running": {
      const plannedMs = (moment.startMs ?? 0) + scenarioLengthMs(plan);
      if (runMs < plannedMs && !isDone(name)) return moment;
      // Arrivals end by themselves; users run until they are told to end, which a master that stood still does late.
      const overMs = plan.load.kind === "arrivals" ? Math.min(runMs, plannedMs) : runMs;
      return { ...moment, state: "ending", overMs };
    }
    case "ending": {
      const endForMs = runMs - Math.max(moment.overMs ?? 0, sinceMs);
      const isEmpty = endForMs >= settleMs(plan, input) && usersOf(name) === 0;
      return isEmpty || hasEnded?.(name) === true || endForMs >= endWithinMs
        ? { ...moment, state: "ended", endMs: runMs }
        : moment;
    }
    case "ended":
      return moment;
  }
}
