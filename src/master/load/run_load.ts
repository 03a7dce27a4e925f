/**
 * The load of one run: how many users it wants now, by a number and a rate, by a shape or by scenarios, and until when.
 * Owns the ramp, the shape and the timer of the run time. Says what it wants; who gets which users is decided by
 * `user_dispatch.ts`.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { ScenarioMoment } from "../../load/scenarios/scenario_progress.ts";
import type { ShapeTick } from "../../protocol/control_message.ts";
import { RampDriver } from "./ramp_driver.ts";
import type { LoadRequest } from "../run_settings.ts";
import type { StopReason } from "../run_event.ts";
import type { RunScenarios } from "../scenarios/run_scenarios.ts";
import { ShapeDriver } from "./shape_driver.ts";

export interface RunLoadOptions {
  readonly clock: Clock;
  /** Another number of users is wanted now. */
  readonly onUsers: (users: number) => void;
  /** A shape, or the request of the run, asks for a ramp. */
  readonly onTarget: (users: number, spawnRate: number, only?: readonly string[]) => void;
  /** The run time is over, or the shape has ended. */
  readonly onEnd: (reason: StopReason) => void;
  /** Absent where the run has none. */
  readonly scenarios?: RunScenarios | undefined;
  readonly askShape: (runTimeSeconds: number, timeoutMs: number) => Promise<ShapeTick | null>;
}

export class RunLoad {
  readonly ramp: RampDriver;
  readonly #options: RunLoadOptions;
  #shape: ShapeDriver | undefined;
  #limit: Timer | undefined;
  #isOver = false;

  constructor(options: RunLoadOptions) {
    this.#options = options;
    this.ramp = new RampDriver(options.clock, options.onUsers);
  }

  /** Users wanted at the end of the ramp that is on. */
  get target(): number {
    return this.#options.scenarios?.driver.target ?? this.ramp.target;
  }

  get isRampComplete(): boolean {
    return this.#options.scenarios?.driver.isRampComplete ?? this.ramp.isComplete;
  }

  /** What the users that run are held against: how many are wanted now, and how many by the whole of the plan that is known. */
  get asked(): { readonly wanted: number; readonly target: number } {
    return this.#options.scenarios?.asked ?? this.ramp;
  }

  /** Asks for the first target. `elapsedMs`: how long the run has been on already, if it is resumed. */
  start(load: LoadRequest, elapsedMs: number, moments?: readonly ScenarioMoment[]): void {
    const { clock, scenarios, onTarget, onEnd, askShape } = this.#options;
    if (load.kind === "scenarios") return scenarios?.start(moments);
    if (load.kind === "users") return onTarget(load.users, load.spawnRate);
    this.#shape = new ShapeDriver({
      clock,
      shape: load.shape,
      ask: askShape,
      onTarget: ({ users, spawnRate, userClasses }) => onTarget(users, spawnRate, userClasses),
      onEnd,
    });
    this.#shape.start(elapsedMs / 1000);
  }

  /** Sets the time limit of a run that has been on for `elapsedMs`; undefined: none. One that is over ends the run at once. */
  setRunTime(seconds: number | undefined, elapsedMs: number): void {
    this.#limit?.cancel();
    this.#options.scenarios?.setRunTime(seconds);
    if (seconds === undefined || this.#isOver) return;
    const leftMs = Math.max(0, seconds * 1000 - elapsedMs);
    this.#limit = this.#options.clock.schedule(leftMs, () => this.#options.onEnd({ kind: "runTime", seconds }));
  }

  /** No more users are wanted, and none fewer: the run ends. */
  cancel(): void {
    this.#isOver = true;
    this.#limit?.cancel();
    this.ramp.cancel();
    this.#options.scenarios?.driver.cancel();
    this.#shape?.cancel();
  }
}
