/**
 * One user from its constructor to its end: start, hooks, task loop, stop. Owns the bounds of a stop; what the user may
 * still do meanwhile is decided by its lifecycle.
 *
 * Invariant: whatever user code does short of blocking its thread, `ended` resolves within the bounds of the stop, and
 * nothing of the user is counted after that.
 */
import { findControlFlow, StopTest, StopUser, UnusableLocustfile } from "../../http/session/control_flow.ts";
import { planOf } from "../tasks/class_plans.ts";
import { inSequence } from "../tasks/task_plan.ts";
import { classifyThrown, describeStrayInterrupt } from "../tasks/task_outcome.ts";
import { TaskFrame } from "../tasks/task_frame.ts";
import { resumeTasks, runTasks, stopSet } from "../tasks/task_loop.ts";
import type { Environment } from "../environment.ts";
import { LOOP, type LoopState } from "../tasks/loop_state.ts";
import type { User } from "../user.ts";
import type { UserRole } from "../scenarios/user_role.ts";
import type { UserClass } from "../user_class.ts";
import { createUser } from "../lifecycle/create_user.ts";
import {
  type LifecycleOwner,
  RESTING,
  type StopMode,
  UserLifecycle,
  type UserState,
} from "../lifecycle/user_lifecycle.ts";
import type { RunningUser, StartUserOptions, UserEnd } from "./running_user.ts";
import { judgeConstructor } from "../tasks/wait_rule.ts";

/** How long an aborted user may take to notice before it is given up. */
const ABORT_NOTICE_MS = 200;

function isReschedule(thrown: unknown): boolean {
  const outcome = classifyThrown(thrown);
  return outcome === "reschedule" || outcome === "rescheduleImmediately";
}

/** What somebody waits for, which is rare before the end of a run. */
interface Expected {
  ending?: PromiseWithResolvers<void>;
  quiet?: PromiseWithResolvers<void>;
}

const roles = new WeakMap<UserClass, UserRole>();

/** That of a user that is its class and no more. */
function roleOf(userClass: UserClass): UserRole {
  let role = roles.get(userClass);
  if (role === undefined) roles.set(userClass, role = { key: userClass.name, userClass });
  return role;
}

export class UserRun implements RunningUser, LifecycleOwner {
  readonly #lifecycle: UserLifecycle;
  readonly #role: UserRole;
  readonly #onEnded: StartUserOptions["onEnded"];
  #stoppedBy: "run" | "itself" | "stopTest" | undefined;
  /** Its `onStop` hooks are taken once. */
  #stage: "start" | "tasks" | "hooks" = "start";
  #awaited: Expected | undefined;

  constructor(options: StartUserOptions) {
    this.#role = options.role ?? roleOf(options.userClass);
    this.#onEnded = options.onEnded;
    this.#lifecycle = new UserLifecycle(options.runContext, options.index, options.scenario);
    this.#lifecycle.owner = this;
    this.#lifecycle.agree(options);
  }

  get className(): string {
    return this.#role.userClass.name;
  }

  get key(): string {
    return this.#role.key;
  }

  get index(): number {
    return this.#lifecycle.index;
  }

  get state(): UserState {
    return this.#lifecycle.state;
  }

  get expectedIntervalMs(): number {
    return this.#lifecycle.requests.expectedIntervalMs;
  }

  get isStarting(): boolean {
    return this.#stage === "start" && this.state !== "ended";
  }

  get user(): User | undefined {
    return this.#lifecycle.user as User | undefined; // set by the constructor of User
  }

  get ended(): Promise<void> {
    if (this.state === "ended") return Promise.resolve();
    return ((this.#awaited ??= {}).ending ??= Promise.withResolvers<void>()).promise;
  }

  stop(mode: StopMode): void {
    this.#askToStop(mode, "run");
  }

  stopItself(mode: StopMode): void {
    this.#askToStop(mode, "itself");
  }

  #askToStop(mode: StopMode, by: "run" | "itself"): void {
    const lifecycle = this.#lifecycle;
    if (!lifecycle.askToStop(mode)) return;
    this.#stoppedBy ??= by;
    if (!lifecycle.isInTasks) return; // its hooks run, and are bounded already
    const { clock, graceMs, stopTimeoutMs } = lifecycle.runContext;
    if (mode === "finishRequest") lifecycle.setTimer(clock.schedule(graceMs, () => this.#abortThenGiveUp()));
    else if (stopTimeoutMs > 0) {
      lifecycle.setTimer(clock.schedule(stopTimeoutMs, () => this.#askToStop("finishRequest", by)));
    }
  }

  abort(): void {
    if (this.state === "ended") return;
    this.#stoppedBy ??= "run";
    this.#lifecycle.askToStop("finishRequest");
    this.#lifecycle.requests.abort();
    this.#lifecycle.setTimer(this.#lifecycle.runContext.clock.schedule(0, () => this.#finish("timedOut")));
  }

  unresponsive(): void {
    void this.#endUnresponsive(); // settles its own exceptions
  }

  quiet(): void {
    this.#awaited?.quiet?.resolve();
  }

  hooksOverdue(): void {
    this.#abortThenGiveUp();
  }

  /** The user's life up to its first rest. Never rejects. */
  async live(environment: Environment): Promise<void> {
    const failed = await this.#start(environment);
    if (this.#stage === "start") this.#stage = "tasks";
    if (failed !== undefined) return this.#finish(failed);
    void this.#serve();
  }

  goOn(refusal: Error | undefined): void {
    void this.#serve(refusal);
  }

  /**
   * Tasks up to the next rest, or to the end of the user. Never rejects. A user that rests has no async frame: there
   * may be ten thousand.
   */
  async #serve(refusal?: Error): Promise<void> {
    let left: UserEnd = "timedOut";
    try {
      const { user } = this;
      if (user !== undefined && this.state !== "ended" && await this.#runTasks(user, refusal) === RESTING) return;
    } catch (thrown) {
      left = this.#judge(thrown);
    }
    if (this.state === "ended" || this.#hasTakenHooks) return; // given up or unresponsive meanwhile
    if (left !== "died") await this.#runHooks();
    await this.#whenQuiet();
    this.#finish(left);
  }

  get #hasTakenHooks(): boolean {
    return this.#stage === "hooks";
  }

  get #loop(): LoopState | undefined {
    return this.user?.[LOOP];
  }

  /** What runs, for error reports. */
  get #where(): string {
    return this.#loop?.where ?? this.className;
  }

  #runTasks(user: User, refusal: Error | undefined): Promise<unknown> {
    const frame = user[LOOP].frame;
    return frame instanceof TaskFrame ? resumeTasks(frame, refusal) : runTasks(this.#createFrame(user));
  }

  #createFrame(user: User): TaskFrame {
    const plan = this.#role.tasks ?? planOf(this.#role.userClass);
    const { gate, quota } = this.#lifecycle;
    const ordered = (gate ?? quota)?.iteration === "sequence" ? inSequence(plan) : plan;
    return new TaskFrame(user[LOOP], user, ordered, undefined);
  }

  /** Constructor and `onStart`. Says how it ended if that was all. */
  #start(environment: Environment): Promise<UserEnd | undefined> | UserEnd | undefined {
    const { userClass } = this.#role;
    let user: User;
    try {
      user = createUser(userClass, environment, this.#lifecycle);
    } catch (thrown) {
      return this.#failStart(judgeConstructor(thrown, userClass), "constructor");
    }
    user[LOOP].where = `${this.className}.onStart`;
    try {
      const starting = user.onStart();
      return starting === undefined ? undefined : this.#whenStarted(starting); // most users have none
    } catch (caught) {
      return this.#leaveStart(caught);
    }
  }

  async #whenStarted(starting: Promise<void> | void): Promise<UserEnd | undefined> {
    try {
      await starting;
      return undefined;
    } catch (caught) {
      return await this.#leaveStart(caught);
    }
  }

  async #leaveStart(caught: unknown): Promise<UserEnd | undefined> {
    const thrown = findControlFlow(caught) ?? caught;
    if (isReschedule(thrown)) return undefined; // it ends onStart; the tasks begin
    if (!(thrown instanceof StopUser) && !(thrown instanceof StopTest)) {
      return this.#failStart(describeStrayInterrupt(thrown), "onStart");
    }
    if (thrown instanceof StopTest) this.#stopTest(thrown);
    if (this.state === "ended" || this.#hasTakenHooks) return undefined;
    await this.#runHooks();
    await this.#whenQuiet();
    return this.#howStopped();
  }

  #failStart(thrown: unknown, place: "constructor" | "onStart"): UserEnd {
    const { recorder } = this.#lifecycle.runContext;
    if (thrown instanceof StopTest) this.#stopTest(thrown);
    else if (thrown instanceof StopUser) recorder.countQuitUser();
    else {
      recorder.countFailedStart();
      this.#lifecycle.runContext.errors.count(thrown, `${this.className}.${place}`);
    }
    return "failedStart";
  }

  /** What left the task loop. */
  #judge(thrown: unknown): UserEnd {
    if (this.state === "ended") return "timedOut"; // too late to count: the run may be over
    if (thrown instanceof StopTest) this.#stopTest(thrown);
    else if (!(thrown instanceof StopUser)) {
      if (this.#loop?.escaping?.thrown !== thrown) this.#lifecycle.runContext.errors.count(thrown, this.#where);
      return "died";
    }
    return this.#howStopped();
  }

  /** `onStop` of the user, after that of sets which serve flattened tasks. */
  async #runHooks(): Promise<void> {
    this.#stage = "hooks";
    this.#lifecycle.beginHooks();
    const sets = [...this.#loop?.flattened?.values() ?? []].toReversed();
    for (const set of sets) await this.#runHook(`${this.className}.${set.constructor.name}.onStop`, () => set.onStop());
    await this.#runHook(`${this.className}.onStop`, () => this.user?.onStop());
  }

  async #runHook(where: string, hook: () => unknown): Promise<void> {
    if (this.#loop !== undefined) this.#loop.where = where;
    try {
      await hook();
    } catch (caught) {
      const thrown = findControlFlow(caught) ?? caught;
      if (this.state === "ended") return;
      if (thrown instanceof StopTest) this.#stopTest(thrown);
      else if (!(thrown instanceof StopUser) && !isReschedule(thrown)) {
        this.#lifecycle.runContext.errors.count(describeStrayInterrupt(thrown), where);
      }
    }
  }

  /** The user's own code hangs where it swallowed its end: its hooks run beside it. */
  async #endUnresponsive(): Promise<void> {
    if (this.#hasTakenHooks || !this.#lifecycle.beginHooks()) return;
    this.#stage = "hooks";
    const loop = this.#loop;
    for (let frame = loop?.frame; loop !== undefined && frame !== undefined; frame = frame.parent) {
      const here = frame;
      await this.#runHook(this.#where, () => stopSet(loop, here));
    }
    await this.#runHooks();
    await this.#whenQuiet();
    this.#finish("unresponsive");
  }

  /** Resolves when no request is in flight any more. */
  async #whenQuiet(): Promise<void> {
    this.#lifecycle.requests.endForgottenBlocks(this.#where);
    if (this.#lifecycle.requests.inFlight === 0) return;
    const quiet = Promise.withResolvers<void>();
    (this.#awaited ??= {}).quiet = quiet;
    await quiet.promise;
  }

  #abortThenGiveUp(): void {
    const lifecycle = this.#lifecycle;
    lifecycle.requests.abort();
    lifecycle.setTimer(lifecycle.runContext.clock.schedule(ABORT_NOTICE_MS, () => {
      lifecycle.runContext.errors.warnOnce(
        `"${this.#where}" did not end when its user had to stop; its user was abandoned`,
      );
      this.#finish("timedOut");
    }));
  }

  #stopTest(thrown: StopTest): void {
    this.#stoppedBy ??= "stopTest";
    const message = thrown.message === "" ? `"${this.#where}" stopped the test` : thrown.message;
    this.#lifecycle.runContext.onStopTest(message, thrown instanceof UnusableLocustfile ? "failed" : "asked");
  }

  #howStopped(): UserEnd {
    return this.#stoppedBy === "run" ? "stopped" : "stoppedItself";
  }

  /** An end that the run did not ask for leaves it with a user less than it reports to have started. */
  #countEnd(how: UserEnd): void {
    if (this.#stoppedBy === "run" || this.#stoppedBy === "stopTest" || how === "failedStart") return;
    const { recorder } = this.#lifecycle.runContext;
    if (how === "died" && this.#stoppedBy === undefined) recorder.countLostUser();
    else recorder.countQuitUser();
  }

  #finish(how: UserEnd): void {
    if (!this.#lifecycle.end()) return;
    this.#countEnd(how);
    const onEnded = this.#onEnded;
    if (onEnded !== undefined) queueMicrotask(() => onEnded(this, how));
    this.#awaited?.quiet?.resolve();
    this.#awaited?.ending?.resolve();
  }
}
