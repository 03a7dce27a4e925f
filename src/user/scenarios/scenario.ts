/**
 * The types of `export const scenarios` in a locustfile. What they mean is checked by `collect_scenarios.ts` when the
 * file is loaded.
 */
import type { UserClass } from "../user_class.ts";

/** The load of a scenario and its users. `userCount`, `stages` and `arrivalRate` exclude each other. */
export interface Scenario {
  /** The class of its users; several share the load by their weights. The same class may be in several scenarios. */
  readonly users: UserClass | readonly UserClass[];
  /**
   * Users over time: `"1m:100, 5m:100, 30s:0"` goes to 100 users within a minute, stays there for five, and ends them
   * within 30 s.
   */
  readonly stages?: string;
  /** This number of users all the time; 1 if only a number of iterations is given. */
  readonly userCount?: number;
  /** Users of `userCount` to start in a second; 1 if not given. */
  readonly spawnRate?: number;
  /**
   * Iterations to start in a second, even if the system is slow: `"10/s"`, `"1m:50/s, 5m:200/s"`, a number, with
   * `poisson` at random.
   */
  readonly arrivalRate?: string | number;
  /** Users at a time that serve the arrivals; that of the class, or 1,000, if not given. */
  readonly maxUsers?: number;
  /**
   * Number of iterations of all its users together, over all machines; then it ends. An iteration is a task; see
   * `User.iteration`. With `arrivalRate`: the number of arrivals.
   */
  readonly iterations?: number;
  /** Number of iterations of each of its users; it ends with the last of them. */
  readonly iterationsPerUser?: number;
  /** When it starts: a time after the start of the run (`"1m"`, or seconds), or the name of the scenario that must end first. */
  readonly startAfter?: string | number;
  /** How long it lasts: `"4m"`, or seconds. */
  readonly runTime?: string | number;
  /** Base URL instead of that of the class; `-H` overrides both. */
  readonly host?: string;
  /** Only tasks with one of these tags. */
  readonly tags?: readonly string[];
  /** No tasks with one of these tags. */
  readonly excludeTags?: readonly string[];
  /** Values that its users find in `this.environment.parsedOptions`; they override the command line. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * Scenarios by name: separate loads that run side by side, or one after the other, in one run.
 *
 * @example
 * ```ts
 * export const scenarios = {
 *   browse: { users: Visitor, stages: "1m:100, 5m:100, 30s:0" },
 *   checkout: { users: Buyer, arrivalRate: "10/s", startAfter: "1m", runTime: "4m", maxUsers: 200 },
 *   cleanup: { users: Janitor, iterations: 1, startAfter: "checkout" },
 * } satisfies Scenarios;
 * ```
 */
export type Scenarios = Readonly<Record<string, Scenario>>;
