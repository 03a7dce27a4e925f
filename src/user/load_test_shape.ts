/**
 * `LoadTestShape`: the number of users that a test shall have at each moment. Exported shapes are collected as user
 * classes are; the control thread asks `tick()` once a second. A shape holds no clock: `runTime` and `currentUsers` are
 * set before each tick.
 */
import type { RunnerFacade } from "./runner_facade.ts";
import type { UserClass } from "./user_class.ts";

export const TIME_ORIGIN: unique symbol = Symbol("time origin");

/** Users wanted, users started or stopped per second, and which classes new users may be of. */
export type ShapeResult =
  | readonly [users: number, spawnRate: number]
  | readonly [users: number, spawnRate: number, userClasses: readonly (UserClass | string)[] | null]
  | null;

/**
 * Extend it and export the class. `tick()` returns the target; null ends the test.
 *
 * @example
 * ```ts
 * export class UpAndDown extends LoadTestShape {
 *   override tick(): ShapeResult {
 *     if (this.runTime < 60) return [100, 10];
 *     if (this.runTime < 120) return [20, 10];
 *     return null;
 *   }
 * }
 * ```
 */
export abstract class LoadTestShape {
  /** True keeps an exported class from being used. Only a class's own value counts, not its base's. */
  static abstract = true;

  /** True: `--users`, `--spawn-rate` and `--run-time` are meant for `tick()`, and giving them is no mistake. */
  useCommonOptions = false;
  /** Seconds since the run started, or since `resetTime()`. */
  runTime = 0;
  /** Users that run now. */
  currentUsers = 0;
  /** The master's runner; undefined until there is one. */
  runner: RunnerFacade | undefined;

  /** @internal When `runTime` was 0: seconds since the run started. */
  [TIME_ORIGIN] = 0;

  /** Lets `runTime` count from this tick on, as for a stage that begins when all its users are there. */
  resetTime(): void {
    this[TIME_ORIGIN] += this.runTime;
    this.runTime = 0;
  }

  /** Users and spawn rate from now on, or null to end the test. */
  abstract tick(): ShapeResult | Promise<ShapeResult>;

  /** Locust's name of `runTime`. */
  getRunTime(): number {
    return this.runTime;
  }

  /** Locust's name of `currentUsers`. */
  getCurrentUserCount(): number {
    return this.currentUsers;
  }
}

/** A shape class that can be used. */
export type ShapeClass = (new () => LoadTestShape) & { readonly abstract: boolean };
