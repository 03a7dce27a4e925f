/**
 * One user from its constructor to its end: start, hooks, task loop, stop. Owns the bounds of a stop; what the user may still do
 * meanwhile is decided by its `UserLife`.
 *
 * Invariant: whatever user code does short of blocking its thread, `ended` resolves within the bounds of the stop, and
 * nothing of the user is counted after that.
 */
import { findControlFlow, StopTest, StopUser } from "../../http/session/control_flow.ts";
import { planOf } from "../tasks/class_plans.ts";
import { TaskFrame } from "../tasks/task_frame.ts";
import { runTasks, stopSet } from "../tasks/task_loop.ts";
import { createUser, type User } from "../user.ts";
import type { UserClass } from "../user_class.ts";
import { UnusableLocustfile } from "./user_errors.ts";
import { type LifeKeeper, type StopMode, UserLife, type UserState } from "./user_life.ts";
import type { RunContext } from "./run_context.ts";
import { judgeConstructor } from "../tasks/wait_rule.ts";

/** How a user ended. */
export type UserEnd =
  | "stopped" // it was told to
  | "stoppedItself" // StopUser, StopTest, user.stop()
  | "failedStart" // its constructor or onStart threw
  | "died" // an exception that nothing survives left its task loop
  | "unresponsive" // it swallowed its end; its hooks have run
  | "timedOut"; // it did not end within the bounds of a stop

export interface RunningUser {
  readonly className: string;
  readonly index: number;
  readonly state: UserState;
  /** The user itself; undefined if its constructor threw. */
  readonly user: User | undefined;
  /** `finishRequest`: what is in flight is counted, then it ends. `finishTask`: the task may go on, for the stop timeout. */
  stop(mode: StopMode): void;
  /** Aborts what is in flight and gives the user up. */
  abort(): void;
  /** Resolves when the user has ended, and never rejects. */
  readonly ended: Promise<void>;
}

export interface StartUserOptions {
  readonly runContext: RunContext;
  readonly userClass: UserClass;
  /** Unique within the run: seeds its random numbers, and is its `index`. */
  readonly index: number;
  /** Called once, not before `startUser` has returned. */
  readonly onEnded?: (user: RunningUser, how: UserEnd) => void;
}

/** How long an aborted user may take to notice before it is given up. */
const ABORT_NOTICE_MS = 200;

/** Constructs a user and runs it. Never throws: a constructor that does makes a failed start. */
export function startUser(options: StartUserOptions): RunningUser {
  const run = new UserRun(options);
  void run.live(); // watches itself: it settles every exception
  return run;
}

class UserRun implements RunningUser, LifeKeeper {
  readonly #life: UserLife;
  readonly #userClass: UserClass;
  readonly #onEnded: StartUserOptions["onEnded"];
  #wasTold = false;
  #hooksTaken = false;
  #ending: PromiseWithResolvers<void> | undefined;
  #quiet: PromiseWithResolvers<void> | undefined;

  constructor(options: StartUserOptions) {
    this.#userClass = options.userClass;
    this.#onEnded = options.onEnded;
    this.#life = new UserLife(options.runContext, options.userClass.name, options.index);
    this.#life.keeper = this;
  }

  get className(): string {
    return this.#life.className;
  }

  get index(): number {
    return this.#life.index;
  }

  get state(): UserState {
    return this.#life.state;
  }

  get user(): User | undefined {
    return this.#life.user;
  }

  get ended(): Promise<void> {
    if (this.state === "ended") return Promise.resolve();
    return (this.#ending ??= Promise.withResolvers<void>()).promise;
  }

  stop(mode: StopMode): void {
    const life = this.#life;
    if (!life.askToStop(mode)) return;
    this.#wasTold = true;
    if (!life.isInTasks) return; // its hooks run, and are bounded already
    const { clock, graceMs, stopTimeoutMs } = life.runContext;
    if (mode === "finishRequest") life.setTimer(clock.schedule(graceMs, () => this.#abortThenGiveUp()));
    else if (stopTimeoutMs > 0) life.setTimer(clock.schedule(stopTimeoutMs, () => this.stop("finishRequest")));
  }

  abort(): void {
    if (this.state === "ended") return;
    this.#wasTold = true;
    this.#life.askToStop("finishRequest");
    this.#life.abortRequests();
    this.#life.setTimer(this.#life.clock.schedule(0, () => this.#finish("timedOut")));
  }

  unresponsive(): void {
    void this.#endParked(); // settles its own exceptions
  }

  quiet(): void {
    this.#quiet?.resolve();
  }

  hooksOverdue(): void {
    this.#abortThenGiveUp();
  }

  /** The user's whole life. Never rejects. One async frame: there are as many as users. */
  async live(): Promise<void> {
    const failed = await this.#start();
    if (failed !== undefined) return this.#finish(failed);
    let left: UserEnd = "timedOut";
    try {
      if (this.#life.frame !== undefined && this.state !== "ended") await runTasks(this.#life.frame);
    } catch (thrown) {
      left = this.#judge(thrown);
    }
    if (this.state === "ended" || this.#hooksTaken) return; // given up or unresponsive meanwhile
    if (left !== "died") await this.#runHooks();
    await this.#whenQuiet();
    this.#finish(left);
  }

  /** Constructor and `onStart`. Returns how it ended if that was all. */
  async #start(): Promise<UserEnd | undefined> {
    const life = this.#life;
    let user: User;
    try {
      user = createUser(this.#userClass, life);
      life.frame = new TaskFrame(life, user, planOf(this.#userClass), undefined);
    } catch (thrown) {
      return this.#failStart(judgeConstructor(thrown, this.className), "constructor");
    }
    life.where = `${life.className}.onStart`;
    try {
      await user.onStart();
      return undefined;
    } catch (caught) {
      const thrown = findControlFlow(caught) ?? caught;
      if (!(thrown instanceof StopUser) && !(thrown instanceof StopTest)) return this.#failStart(thrown, "onStart");
      if (thrown instanceof StopTest) this.#stopTest(thrown);
      if (this.state === "ended" || this.#hooksTaken) return undefined;
      await this.#runHooks();
      await this.#whenQuiet();
      return this.#howStopped();
    }
  }

  #failStart(thrown: unknown, place: "constructor" | "onStart"): UserEnd {
    if (thrown instanceof StopTest) this.#stopTest(thrown);
    else if (!(thrown instanceof StopUser)) {
      this.#life.recorder.countFailedStart();
      this.#life.runContext.errors.count(thrown, `${this.className}.${place}`);
    }
    return "failedStart";
  }

  /** What left the task loop. */
  #judge(thrown: unknown): UserEnd {
    const life = this.#life;
    if (life.state === "ended") return "timedOut"; // too late to count: the run may be over
    if (thrown instanceof StopTest) this.#stopTest(thrown);
    else if (!(thrown instanceof StopUser)) {
      if (life.escaping?.thrown !== thrown) life.runContext.errors.count(thrown, life.where);
      return "died";
    }
    return this.#howStopped();
  }

  /** `onStop` of the user, after that of sets which serve flattened tasks. */
  async #runHooks(): Promise<void> {
    const life = this.#life;
    this.#hooksTaken = true;
    life.beginHooks();
    const sets = [...life.flattened?.values() ?? []].toReversed();
    for (const set of sets) await this.#runHook(`${this.className}.${set.constructor.name}.onStop`, () => set.onStop());
    await this.#runHook(`${this.className}.onStop`, () => life.user?.onStop());
  }

  async #runHook(where: string, hook: () => unknown): Promise<void> {
    this.#life.where = where;
    try {
      await hook();
    } catch (caught) {
      const thrown = findControlFlow(caught) ?? caught;
      if (this.state === "ended") return;
      if (thrown instanceof StopTest) this.#stopTest(thrown);
      else if (!(thrown instanceof StopUser)) this.#life.runContext.errors.count(thrown, where);
    }
  }

  /** The user's own code hangs where it swallowed its end: its hooks run beside it. */
  async #endParked(): Promise<void> {
    const life = this.#life;
    if (this.#hooksTaken || !life.beginHooks()) return;
    this.#hooksTaken = true;
    for (let frame = life.frame; frame !== undefined; frame = frame.parent) {
      const here = frame;
      await this.#runHook(life.where, () => stopSet(here));
    }
    await this.#runHooks();
    await this.#whenQuiet();
    this.#finish("unresponsive");
  }

  /** Resolves when no request is in flight any more. */
  async #whenQuiet(): Promise<void> {
    this.#life.endForgottenBlocks();
    if (this.#life.inFlight === 0) return;
    this.#quiet = Promise.withResolvers<void>();
    await this.#quiet.promise;
  }

  #abortThenGiveUp(): void {
    const life = this.#life;
    life.abortRequests();
    life.setTimer(life.clock.schedule(ABORT_NOTICE_MS, () => {
      life.runContext.errors.warnOnce(`"${life.where}" did not end when its user had to stop; it was given up`);
      this.#finish("timedOut");
    }));
  }

  #stopTest(thrown: StopTest): void {
    const message = thrown.message === "" ? `"${this.#life.where}" stopped the test` : thrown.message;
    this.#life.runContext.onStopTest(message, thrown instanceof UnusableLocustfile ? "failed" : "asked");
  }

  #howStopped(): UserEnd {
    return this.#wasTold ? "stopped" : "stoppedItself";
  }

  #finish(how: UserEnd): void {
    if (!this.#life.end()) return;
    const onEnded = this.#onEnded;
    if (onEnded !== undefined) queueMicrotask(() => onEnded(this, how));
    this.#quiet?.resolve();
    this.#ending?.resolve();
  }
}
