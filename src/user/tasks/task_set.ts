/**
 * `TaskSet`: tasks that belong together and can be nested to any depth. A new instance is made each time the set is
 * entered. The loop that runs it is `task_loop.ts`; here are the members that a locustfile uses and may override.
 */
import { LocustError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import type { Random } from "../../base/random.ts";
import { InterruptTaskSet } from "../../http/session/control_flow.ts";
import type { CheckOptions } from "../measures/checks.ts";
import type { Environment } from "../environment.ts";
import type { HttpUser } from "../http_user.ts";
import { frameOf } from "./frame_of.ts";
import { refuseAssignment, refuseTasksOf } from "./refuse_tasks.ts";
import { SET_KIND, type SetKind } from "./set_kind.ts";
import { TaskFrame } from "./task_frame.ts";
import { executeTask } from "./task_loop.ts";
import { planTaskSet, SILENT_CONTEXT } from "./task_plan.ts";
import type { User } from "../user.ts";
import type { TaskList, TaskReference, TaskSetClass } from "../user_class.ts";
import { LIFECYCLE } from "../lifecycle/user_lifecycle.ts";
import { LOOP } from "./loop_state.ts";
import { BEGIN_PACE, createPace, PACE, type Pace, restartPace, type WaitOwner } from "../timing/wait_time.ts";

/** The client of a user class that has one. */
export type ClientOf<U> = U extends { readonly client: infer Client } ? Client : unknown;

/**
 * Tasks that belong together: a page of a site, a mode of use. The user stays in it until a task calls
 * `this.interrupt()`. Name your user class to get its members: `class Browse extends TaskSet<Shopper>`.
 *
 * @example
 * ```ts
 * class Browse extends TaskSet {
 *   @task(5)
 *   async list() {
 *     await this.client.get("/items");
 *   }
 *
 *   @task
 *   leave() {
 *     this.interrupt();
 *   }
 * }
 *
 * export class Shopper extends HttpUser {
 *   static override tasks = [Browse];
 * }
 * ```
 */
export abstract class TaskSet<U extends User = HttpUser> implements WaitOwner {
  /** @internal */
  static readonly [SET_KIND]: SetKind = "set";
  /** Tasks beside the decorated ones, as in `User.tasks`. */
  static tasks: TaskList = [];

  readonly #user: U;
  readonly #parent: U | TaskSet<U>;
  #pace: Pace | number; // until it is used: the time it counts from

  constructor(parent: U | TaskSet<U>) {
    if (!(parent instanceof TaskSet) && parent?.[LIFECYCLE] === undefined) {
      throw new LocustError(
        `Cannot make a task set: its constructor got ${describeKind(parent)}; pass the user or set that contains it, ` +
          "as in constructor(parent) { super(parent); … }",
      );
    }
    this.#parent = parent;
    this.#user = parent instanceof TaskSet ? parent.user : parent;
    this.#pace = this.user[LIFECYCLE].runContext.clock.nowMs();
  }

  /** The user that runs this set. */
  get user(): U {
    return this.#user;
  }

  /** The set this one is nested in, or the user. */
  get parent(): U | TaskSet<U> {
    return this.#parent;
  }

  /** Seconds to wait after a task of this set. Without one the user's wait time counts. */
  waitTime?(): number;

  /** The user's client. */
  get client(): ClientOf<U> {
    return (this.user as { readonly client?: unknown }).client as ClientOf<U>;
  }

  get environment(): Environment {
    return this.user.environment;
  }

  /** The user's random numbers. */
  get random(): Random {
    return this.user.random;
  }

  /** Aborted when the user must stop. */
  get signal(): AbortSignal {
    return this.user.signal;
  }

  /** Runs each time the set is entered. `this.interrupt()` in it leaves at once, without `onStop`. */
  onStart(): Promise<void> | void {}

  /** Runs when the set is left or the user stops. */
  onStop(): Promise<void> | void {}

  /** Leaves this set: its parent picks another task at once, or with `false` waits first. Never returns. */
  interrupt(reschedule = true): never {
    throw new InterruptTaskSet(reschedule);
  }

  /** Puts a task into the queue that runs before tasks are picked: at its end, or with `first` in front. */
  scheduleTask(task: TaskReference, first = false): void {
    frameIn(this).schedule(task, first ? "first" : "last");
  }

  /** Waits once, by this set's wait time or else the user's. A stop ends it. */
  wait(): Promise<void> {
    return this.user.wait();
  }

  /** Sleeps for this number of seconds, at most until the user must stop. */
  sleep(seconds: number): Promise<void> {
    return this.user.sleep(seconds);
  }

  /** Counts a condition under a name, and returns it: `User.check`. */
  check(name: string, condition: unknown, options?: CheckOptions): boolean {
    return this.user.check(name, condition, options);
  }

  /** Counts a block as one transaction: `User.transaction`. */
  transaction<T>(name: string, block: () => T | PromiseLike<T>): Promise<T> {
    return this.user.transaction(name, block);
  }

  /** The next task if nothing is scheduled. Override it for your own order. */
  getNextTask(): TaskReference {
    return frameIn(this).pick().target.reference as TaskReference; // it came from such a list
  }

  /** Runs a task: a method, a function, or a nested set. */
  executeTask(task: TaskReference): Promise<void> {
    return executeTask(frameIn(this), task);
  }

  /** Runs the head of the scheduled tasks, or the next one picked. */
  executeNextTask(): Promise<void> {
    return this.executeTask(frameIn(this).takeScheduled() as TaskReference | undefined ?? this.getNextTask());
  }

  /** @internal */
  [BEGIN_PACE](nowMs: number): void {
    if (typeof this.#pace === "number") this.#pace = nowMs;
    else restartPace(this.#pace, nowMs);
  }

  /** @internal */
  [PACE](): Pace {
    if (typeof this.#pace === "number") this.#pace = createPace(this.user[LIFECYCLE].runContext, this.#pace);
    return this.#pace;
  }
}

refuseTasksOf(TaskSet.prototype);
refuseAssignment(TaskSet.prototype, "user", "it is the user that runs the set");
refuseAssignment(TaskSet.prototype, "parent", "it is the set or user that this one is nested in");

/**
 * Tasks one after the other, in the order of their declaration, over and over; `@task(3)` runs a step three times in a
 * row. If a set mixes methods and nested sets, state the order: `static override tasks = ["login", Browse, ["search",
 * 3], "logout"]`.
 */
export abstract class SequentialTaskSet<U extends User = HttpUser> extends TaskSet<U> {
  static override readonly [SET_KIND]: SetKind = "sequential";
}

/**
 * A walk over tasks: after each, one of its `@transition`s decides what follows. It starts with the first that was
 * declared.
 *
 * @example
 * ```ts
 * class Visit extends MarkovTaskSet {
 *   @transition("search", 2)
 *   @transition("leave")
 *   async look() {
 *     await this.client.get("/");
 *   }
 *
 *   @transition("look")
 *   async search() {
 *     await this.client.get("/search?q=x");
 *   }
 *
 *   @transition("look")
 *   leave() {
 *     this.interrupt();
 *   }
 * }
 * ```
 */
export abstract class MarkovTaskSet<U extends User = HttpUser> extends TaskSet<U> {
  static override readonly [SET_KIND]: SetKind = "markov";
  /** True for a base that has no states of its own. Only a class's own value counts. */
  static abstract = true;
}

/** The frame of a set; one of its own if the set does not run, as in a test of the set alone. */
function frameIn(set: TaskSet<User>): TaskFrame {
  return frameOf(set, () => {
    const parent = set.parent instanceof TaskSet ? frameIn(set.parent) : undefined;
    const plan = planTaskSet(set.constructor as unknown as TaskSetClass, SILENT_CONTEXT);
    return new TaskFrame(set.user[LOOP], set, plan, parent);
  });
}
