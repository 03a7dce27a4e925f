/**
 * Runs the scenarios of a run by the clock: looks at what is on whenever a time comes or users have ended, and tells
 * what has changed. The steps are `load/scenarios/scenario_progress.ts`; this class owns the timer and the moments.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import {
  ScenarioClockwork,
  type ScenarioMoment,
  type ScenarioProgress,
  type WantedScenario,
} from "../../load/scenarios/scenario_progress.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";

/** Changes closer together than this are made as one, as in `ramp_driver.ts`. */
const FINEST_STEP_MS = 10;

export interface ScenarioDriverOptions {
  readonly clock: Clock;
  readonly plans: readonly ScenarioPlan[];
  /** Since the start of the run. */
  readonly runMs: () => number;
  /** Users of a scenario that have not ended; Infinity while that is not known. */
  readonly usersOf: (name: string) => number;
  /** Every worker has said that the arrivals of a scenario are over, and its last user has ended. */
  readonly hasEnded: (name: string) => boolean;
  readonly isDone: (name: string) => boolean;
  readonly endWithinMs: number;
  /** A scenario has begun, is over, or has ended. */
  readonly onMoved: (moment: ScenarioMoment, plan: ScenarioPlan) => void;
  /** Another ramp is on, over all scenarios together. */
  readonly onRamp: (target: number, perSecond: number) => void;
  /** Users wanted now, in the order of the plans. */
  readonly onUsers: (users: readonly number[]) => void;
  /** The load of every scenario is over. */
  readonly onEnd: () => void;
}

export class ScenarioDriver {
  readonly #options: ScenarioDriverOptions;
  readonly #clockwork: ScenarioClockwork;
  #moments: readonly ScenarioMoment[];
  #wanted: readonly WantedScenario[] = [];
  #target = 0;
  #timer: Timer | undefined;
  #sinceMs = 0;
  #isOn = false;

  constructor(options: ScenarioDriverOptions) {
    this.#options = options;
    this.#clockwork = new ScenarioClockwork(options.plans);
    this.#moments = this.#clockwork.begin();
  }

  get moments(): readonly ScenarioMoment[] {
    return this.#moments;
  }

  /** Users wanted now, of one scenario or of all. */
  wantedOf(name?: string): number {
    return this.#wanted.reduce((sum, each) => sum + (name === undefined || each.name === name ? each.users : 0), 0);
  }

  /** Users wanted at the end of the ramps that are on. */
  get target(): number {
    return this.#target;
  }

  get isRampComplete(): boolean {
    return this.#wanted.every(({ users, target }) => users === target);
  }

  /** The same of one scenario; false before it has begun. */
  isRampCompleteOf(name: string): boolean {
    return this.#wanted.some((each) => each.name === name && each.target > 0 && each.users === each.target);
  }

  /** `moments`: where an earlier master left off. */
  start(moments?: readonly ScenarioMoment[]): void {
    this.#isOn = true;
    if (moments !== undefined) {
      this.#moments = moments;
      this.#sinceMs = this.#options.runMs();
    }
    this.look();
  }

  /** Something may have changed: a time has come, users have ended. */
  look(): void {
    if (!this.#isOn) return;
    const { clock, plans, runMs, usersOf, hasEnded, isDone, endWithinMs, onMoved, onEnd } = this.#options;
    const before = this.#moments;
    const sinceMs = this.#sinceMs;
    const progress = this.#clockwork.step(before, { runMs: runMs(), usersOf, hasEnded, isDone, endWithinMs, sinceMs });
    this.#moments = progress.moments;
    progress.moments.forEach((moment, i) => {
      if (moment.state !== before[i]?.state) onMoved(moment, plans[i] as ScenarioPlan);
    });
    if (progress.isOver) {
      this.cancel();
      return onEnd(); // its users end with the run
    }
    this.#want(progress);
    this.#timer?.cancel();
    if (!this.#isOn || progress.nextMs === Infinity) return;
    this.#timer = clock.schedule(Math.max(FINEST_STEP_MS, progress.nextMs - runMs()), () => this.look());
  }

  cancel(): void {
    this.#isOn = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #want({ wanted }: ScenarioProgress): void {
    const { onRamp, onUsers } = this.#options;
    const changed = wanted.some(({ users }, i) => users !== (this.#wanted[i]?.users ?? 0));
    const target = wanted.reduce((sum, each) => sum + each.target, 0);
    const isNewTarget = target !== this.#target;
    const step = Math.abs(target - this.wantedOf());
    this.#wanted = wanted;
    this.#target = target;
    if (isNewTarget) onRamp(target, wanted.reduce((sum, { perSecond }) => sum + perSecond, 0) || step);
    if (changed) onUsers(wanted.map(({ users }) => users));
  }
}
