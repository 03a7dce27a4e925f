/**
 * The scenarios of a run on the master's side: which users each wants now, when arrivals begin and end, and how far
 * each is. Decided by the clock (`scenario_driver.ts`) and by which users have ended.
 */
import type { Clock } from "../../base/clock.ts";
import { findSteadyStretch, type Stretch } from "../../load/scenarios/steady_stretch.ts";
import type { ScenarioMoment } from "../../load/scenarios/scenario_progress.ts";
import { readScenarioClassKey, type ScenarioPlan } from "../../protocol/scenario_message.ts";
import type { ScenarioSnapshot } from "../../protocol/snapshot_message.ts";
import { peakOfScenarios, scenarioCurve } from "./plan_scenarios.ts";
import type { Roster } from "../workers/roster.ts";
import type { RunArrivals } from "../arrivals/run_arrivals.ts";
import type { RunEventSink } from "../run_event.ts";
import type { RunIterations } from "../users/run_iterations.ts";
import type { RunSettings } from "../run_settings.ts";
import { ScenarioDriver, type ScenarioDriverOptions } from "./scenario_driver.ts";

/**
 * The arrivals that were due just before the end of a stream have reached their threads by then, and those that wait
 * are no longer waited for.
 */
const LAST_ARRIVALS_MS = 50;
/** What the limits of one user add up to beside `--stop-timeout`: its request in flight, its hooks, the last promises. */
const USER_END_MS = 11_000;

export interface RunScenariosOptions
  extends Pick<ScenarioDriverOptions, "clock" | "runMs" | "onRamp" | "onUsers" | "onEnd"> {
  readonly clock: Clock;
  readonly roster: Pick<Roster, "usersByClass" | "isSettled" | "isAwaited" | "ready">;
  readonly arrivals: RunArrivals | undefined;
  readonly iterations: RunIterations | undefined;
  readonly events: RunEventSink;
}

/** Undefined where the run has none. */
export function createScenarios(settings: RunSettings, options: RunScenariosOptions): RunScenarios | undefined {
  return settings.load.kind === "scenarios" ? new RunScenarios(settings.load.scenarios, settings, options) : undefined;
}

export class RunScenarios {
  readonly driver: ScenarioDriver;
  readonly #plans: readonly ScenarioPlan[];
  /** Of those with arrivals, in the order of their streams. */
  readonly #open: readonly string[];
  readonly #options: RunScenariosOptions;
  /** Streams that are over with their last user, as workers have said. */
  readonly #endedStreams = new Map<string, readonly number[]>();
  #limitMs = Infinity;
  #peak = 0;

  constructor(plans: readonly ScenarioPlan[], settings: RunSettings, options: RunScenariosOptions) {
    this.#plans = plans;
    this.#options = options;
    this.#open = plans.filter(({ load }) => load.kind === "arrivals").map(({ name }) => name);
    this.setRunTime(settings.runTimeSeconds);
    this.driver = new ScenarioDriver({
      ...options,
      plans,
      usersOf: (name) => this.#isSettled ? this.#usersOf(name, options.roster.usersByClass()) : Infinity,
      hasEnded: (name) => this.#isSettled && this.#hasEnded(this.#open.indexOf(name)),
      isDone: (name) =>
        options.iterations?.isPlanDone(name, this.#isSettled && this.driver.isRampCompleteOf(name)) === true,
      endWithinMs: settings.plan.stopTimeoutSeconds * 1000 + USER_END_MS,
      onMoved: (moment, plan) => this.#moved(moment, plan),
    });
  }

  /** `moments`: where an earlier master left off. */
  start(moments?: readonly ScenarioMoment[]): void {
    for (const { name, overMs } of moments ?? []) if (overMs !== undefined) this.#endStream(name);
    this.driver.start(moments);
  }

  /** Something was heard of the users of a worker, or counted. `endedStreams`: of its arrivals. */
  heard(workerId?: string, endedStreams?: readonly number[]): void {
    if (workerId !== undefined && endedStreams !== undefined) this.#endedStreams.set(workerId, endedStreams);
    this.driver.look();
  }

  /** The limit of the whole run; undefined: it has none. */
  setRunTime(seconds: number | undefined): void {
    this.#limitMs = (seconds ?? Infinity) * 1000;
    this.#peak = peakOfScenarios(this.#plans, this.#limitMs);
  }

  /** How many users are wanted now, and how many at the time of the most. */
  get asked(): { readonly wanted: number; readonly target: number } {
    return { wanted: this.driver.wantedOf(), target: this.#peak };
  }

  /** The steady part of the run, as far as it is known now. */
  steadyStretch(): Stretch | undefined {
    return findSteadyStretch(this.#plans, this.driver.moments, this.#options.runMs(), this.#limitMs);
  }

  snapshot(): readonly ScenarioSnapshot[] {
    const users = this.#options.roster.usersByClass();
    return this.driver.moments.map((moment) => ({
      ...moment,
      users: this.#usersOf(moment.name, users),
      wantedUsers: this.driver.wantedOf(moment.name),
    }));
  }

  /** Whether it is known which users there are. */
  get #isSettled(): boolean {
    const { roster } = this.#options;
    return roster.isSettled && !roster.isAwaited;
  }

  #hasEnded(stream: number): boolean {
    return this.#options.roster.ready().every(({ id }) => this.#endedStreams.get(id)?.includes(stream) === true);
  }

  #moved(moment: ScenarioMoment, plan: ScenarioPlan): void {
    const { arrivals, clock, events, runMs } = this.#options;
    events({ kind: "scenarioMoved", scenario: moment, elapsedMs: runMs() });
    const stream = this.#open.indexOf(plan.name);
    if (stream < 0) return;
    // What starts at a time has its place on the curve from the beginning.
    if (moment.state === "running" && plan.start.kind === "scenario") {
      arrivals?.beginStream(stream, scenarioCurve(plan, moment.startMs));
    } else if (moment.state === "ending") clock.schedule(LAST_ARRIVALS_MS, () => this.#endStream(plan.name));
    else if (moment.state === "ended") this.#endStream(plan.name);
  }

  #endStream(name: string): void {
    const stream = this.#open.indexOf(name);
    if (stream >= 0) this.#options.arrivals?.endStream(stream);
  }

  #usersOf(scenario: string, users: Readonly<Record<string, number>>): number {
    return Object.entries(users).reduce(
      (sum, [key, count]) => sum + (readScenarioClassKey(key)?.scenario === scenario ? count : 0),
      0,
    );
  }
}
