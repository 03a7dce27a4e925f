/**
 * `User`: one simulated person, as a locustfile extends it. Its lifecycle (may it continue?) and the state of its task loop are
 * kept behind symbols, so that a locustfile may name its members freely.
 */
import { createRandom, type Random } from "../base/random.ts";
import { LocustError } from "../base/errors.ts";
import { describeKind } from "../base/given_text.ts";
import { type SampleTags, SCENARIO_TAG, tagsOfUser } from "../base/sample_tags.ts";
import type { Environment } from "./environment.ts";
import type { TaskList, UserStatics } from "./user_class.ts";
import type { Iteration, WhenLate } from "./lifecycle/iteration_gate.ts";
import { takePendingLifecycle } from "./lifecycle/create_user.ts";
import { HOST_CHANGED, LIFECYCLE, UserLifecycle } from "./lifecycle/user_lifecycle.ts";
import { LOOP, LoopState } from "./tasks/loop_state.ts";
import { type CheckOptions, checkTagsOf, countCheck } from "./measures/checks.ts";
import { runTransaction } from "./measures/transaction.ts";
import { createDetachedContext } from "./lifecycle/run_context.ts";
import { refuseTasksOf } from "./tasks/refuse_tasks.ts";
import { waitSeconds } from "./tasks/wait_rule.ts";
import { BEGIN_PACE, createPace, PACE, type Pace, restartPace, type WaitOwner } from "./timing/wait_time.ts";

/**
 * One simulated person. Extend it (or `HttpUser`, `FastHttpUser`), give it tasks, and export the class: `weight` and `fixedCount`
 * decide how many there are, `waitTime` how long they rest after each task.
 *
 * @example
 * ```ts
 * export class Publisher extends User {
 *   override waitTime = between(1, 5); // seconds
 *
 *   @task
 *   async publish() {
 *     await events.request.measure("MQTT", "publish", () => this.sleep(0.01));
 *   }
 * }
 * ```
 */
export abstract class User implements WaitOwner {
  /** Share of the users, relative to the weights of the other classes; above 0. */
  static weight = 1;
  /** Exactly this number of users of this class, started before users by weight; 0: by weight. */
  static fixedCount = 0;
  /** True: an exported class is not run. Only the value of the class itself counts, not that of its base. */
  static abstract = true;
  /** Base URL; `-H` and the web UI override it. */
  static host?: string;
  /** Tasks beside the decorated ones: `[fn, Browse, ["search", 3]]`, or a Map of weights. A string names a method. */
  static tasks: TaskList = [];
  /**
   * Iterations of this class that start in a second, even if the system is slow: `"50/s"`, `"10/m"`, `"2/h"`, a number a second, or
   * stages as in `"1m:50/s, 5m:200/s, 30s:0"`; with `poisson` after it at random times instead of evenly. `weight`, `fixedCount`
   * and `waitTime` have no effect then: users are taken from a pool, as many as needed.
   */
  static arrivalRate?: string | number;
  /** What an arrival starts: one task by weight, or all tasks in their order. */
  static iteration: Iteration = "task";
  /** Whether each arrival has a new user, with `onStart` and `onStop`; else users keep cookies and connections. */
  static freshUsers = false;
  /** With an arrival rate: users of this class at a time over the whole test; 1,000 if not set. */
  static maxUsers?: number;
  /** If all users are in use, an arrival waits (its wait is in the corrected latency), or is dropped and counted. */
  static whenLate: WhenLate = "queue";
  /**
   * Tasks that all users of this class together start in a second, over all threads and machines: `"200/s"`, or as `arrivalRate`. The
   * users wait for each other instead of a `waitTime`: with more of them each is slower. If they are too few or too slow for the rate, they
   * do what they can, and the verdict says so.
   */
  static targetRate?: string | number;

  /** Tags of the samples of this class's users, as in `{ plan: "free" }`: rows of the statistics can be split by them. */
  static tags?: SampleTags;

  /** The fields of this class that a class picker may edit. Override it to add your own fields. */
  static json(this: UserStatics): Record<string, unknown> {
    return { host: this.host ?? null, weight: this.weight, fixedCount: this.fixedCount };
  }

  readonly environment: Environment;
  /** Tags of the samples of this user; at first those of its class. Change them with `this.tags = { ...this.tags, region: "eu" }`. */
  tags: SampleTags | undefined;
  /** @internal */
  readonly [LIFECYCLE]: UserLifecycle;
  /** @internal */
  readonly [LOOP]: LoopState;
  #random: Random | undefined;
  #pace: Pace | number; // until it is used: the time it counts from

  constructor(environment: Environment) {
    if (!isEnvironment(environment)) throw new LocustError(describeMissingEnvironment(new.target.name, environment));
    this.environment = environment;
    const lifecycle = takePendingLifecycle() ??
      new UserLifecycle(createDetachedContext(environment), 0);
    lifecycle.user = this;
    this[LIFECYCLE] = lifecycle;
    this[LOOP] = new LoopState(lifecycle);
    this.tags = firstTags((this.constructor as typeof User).tags, lifecycle.scenario);
    this.#pace = lifecycle.runContext.clock.nowMs();
  }

  /** Seconds to wait after a task. Assign `between(1, 5)` or another wait time, or write a method. */
  waitTime(): number {
    return 0;
  }

  /** 0… unique within the run, over all workers: pick credentials by it. */
  get index(): number {
    return this[LIFECYCLE].index;
  }

  /** Random numbers of this user; the same ones each time for the same `--seed` and index. */
  get random(): Random {
    return this.#random ??= createRandom(this[LIFECYCLE].runContext.seed, this.index);
  }

  /** Aborted when this user must stop: pass it to anything that waits. */
  get signal(): AbortSignal {
    return this[LIFECYCLE].stopSignal;
  }

  /** Base URL: of the test, else of the class; empty if there is none. */
  get host(): string {
    return this.environment.host ?? (this.constructor as typeof User).host ?? "";
  }

  /** Runs when the user starts. An exception here ends the user; `StopUser` runs `onStop` first. */
  onStart(): Promise<void> | void {}

  /** Runs when the user stops. Requests made here count; it has a few seconds. */
  onStop(): Promise<void> | void {}

  /** Fields for the context of each request. */
  context(): Record<string, unknown> {
    return {};
  }

  /** Waits once, by the wait time of the task set that runs, else of the user. A stop ends it. */
  wait(): Promise<void> {
    return this[LIFECYCLE].watchPause(() => this[LIFECYCLE].pause("wait", waitSeconds(this[LOOP].frame, this)));
  }

  /**
   * Sleeps for this number of seconds, at most until the user must stop.
   *
   * @throws LocustError if `seconds` is no number.
   */
  sleep(seconds: number): Promise<void> {
    if (typeof seconds !== "number" || Number.isNaN(seconds)) {
      return Promise.reject(new LocustError(`Cannot sleep ${String(seconds)} seconds: it is not a number`));
    }
    return this[LIFECYCLE].watchPause(() => this[LIFECYCLE].pause("sleep", seconds));
  }

  /**
   * Counts a condition under a name, and returns it. It fails nothing by itself: a threshold such as `checks > 99%` does.
   *
   * @example
   * ```ts
   * this.check("has items", items.length > 0);
   * ```
   * `tags` of the check are added to those of the user, and override them: `this.check("is fast", ms < 300, { tags: { region: "eu" } })`.
   *
   * @throws LocustError if `condition` is a promise: await it first.
   */
  check(name: string, condition: unknown, options?: CheckOptions): boolean {
    const { runContext, scenario } = this[LIFECYCLE];
    const own = options === undefined ? undefined : checkTagsOf(name, options);
    return countCheck(runContext.recorder, name, condition, tagsOfUser(this.tags, own, scenario));
  }

  /**
   * Counts a block as one transaction: its time as a whole and without think time (`wait` and `sleep`), failed if a request in it failed or
   * it threw. Returns the result of the block, and passes its exception on. A nested one has its own row, `checkout / pay`.
   *
   * @example
   * ```ts
   * await this.transaction("checkout", async () => {
   *   await this.client.post("/cart", { json: { item: 7 } });
   *   await this.sleep(2);
   *   await this.client.post("/orders", { json: { item: 7 } });
   * });
   * ```
   */
  transaction<T>(name: string, block: () => T | PromiseLike<T>): Promise<T> {
    return runTransaction(this[LIFECYCLE], this[LIFECYCLE].runContext, name, block);
  }

  /** Ends this user after its task; with `"force"` at its next request or wait. */
  stop(force?: "force"): void {
    if (force !== undefined && force !== "force") {
      throw new LocustError(
        `Cannot stop the user with ${describeKind(force)}; write this.stop(), or this.stop("force")`,
      );
    }
    this[LIFECYCLE].owner?.stopItself(force === "force" ? "finishRequest" : "finishTask");
  }

  /** @internal `host` was another one before. */
  [HOST_CHANGED](_before: string): void {}

  /** @internal */
  [BEGIN_PACE](nowMs: number): void {
    if (typeof this.#pace === "number") this.#pace = nowMs;
    else restartPace(this.#pace, nowMs);
  }

  /** @internal */
  [PACE](): Pace {
    if (typeof this.#pace === "number") this.#pace = createPace(this[LIFECYCLE].runContext, this.#pace);
    return this.#pace;
  }
}

/** By its members: the class is another one where a program has two copies of locust-ts. */
function isEnvironment(given: unknown): boolean {
  return typeof given === "object" && given !== null && "events" in given && "parsedOptions" in given;
}

function describeMissingEnvironment(className: string, given: unknown): string {
  return given === undefined
    ? `Cannot make a user of ${className}: its constructor passes no environment to super(); ` +
      "write constructor(environment) { super(environment); … }"
    : `Cannot make a user of ${className}: it got ${
      describeKind(given)
    } instead of an environment; pass new Environment()`;
}

/** Frozen, because users share the object of their class. */
function firstTags(ofClass: SampleTags | undefined, scenario: string | undefined): SampleTags | undefined {
  if (ofClass !== undefined) Object.freeze(ofClass);
  return scenario === undefined ? ofClass : Object.freeze({ ...ofClass, [SCENARIO_TAG]: scenario });
}

refuseTasksOf(User.prototype);
