/**
 * One user's life as its clients, waits and task loop see it: may it go on, or must it stop? The only view that `http/` has of a
 * user (`SessionOwner`). It decides and throws; running the hooks and ending is `running_user.ts`.
 *
 * | told to              | waiting      | in a request               | between requests             |
 * | -------------------- | ------------ | -------------------------- | ---------------------------- |
 * | stop "finishTask"    | ends at once | goes on to the task's end  | goes on to the task's end    |
 * | stop "finishRequest" | ends at once | request counts, then ends  | ends at its next call or wait |
 *
 * It ends by an exception (`UserStopped`). A user that swallows it and calls again is unresponsive: that promise never settles.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { ResponseValidation } from "../../http/session/response_validation.ts";
import { UserStopped } from "../../http/session/control_flow.ts";
import type { RequestEvent, SessionOwner } from "../../http/session/session_owner.ts";
import type { WireTap } from "../../http/engine/tapped_engine.ts";
import type { Recorder } from "../../stats/recorder.ts";
import type { TaskFrame } from "../tasks/task_frame.ts";
import type { TaskSet } from "../tasks/task_set.ts";
import type { User } from "../user.ts";
import type { TaskSetClass } from "../user_class.ts";
import type { RunContext } from "./run_context.ts";
import { type WaitKind, Waits, type WaitWatcher } from "../timing/waits.ts";

/** The key of a user's life, on the user. */
export const LIFE: unique symbol = Symbol("life");

/** The key of what a user gives back at its end: the connections of its client. */
export const CLOSE: unique symbol = Symbol("close");

export type StopMode = "finishRequest" | "finishTask";
export type UserState = "running" | "waiting" | "stopping" | "ended";

/** Who runs the user and hears what its life cannot settle. */
export interface LifeKeeper {
  /** The user asked for its own end. */
  stop(mode: StopMode): void;
  /** It swallowed its end and called again: its hooks must be run without it. */
  unresponsive(): void;
  /** The last request in flight has ended. */
  quiet(): void;
  /** Its `onStop` hooks have taken as long as a stop may. */
  hooksOverdue(): void;
}

export class UserLife implements SessionOwner, WaitWatcher {
  readonly runContext: RunContext;
  readonly className: string;
  readonly index: number;
  expectedIntervalMs = 0;
  /** Set by the constructor of `User`. */
  user: User | undefined;
  /** The innermost set of tasks that runs. */
  frame: TaskFrame | undefined;
  /** What runs, for error reports: `Shopper.order`. */
  where: string;
  /** Under equal weights: the sets that have become receivers of flattened tasks. */
  flattened: Map<TaskSetClass, TaskSet<User>> | undefined;
  /** An exception that was counted and leaves its set: it must not be counted again further out. */
  escaping: { readonly thrown: unknown } | undefined;
  keeper: LifeKeeper | undefined;

  #stop: StopMode | undefined;
  #phase: "tasks" | "hooks" | "ended" = "tasks";
  #killed = false;
  #inFlight = 0;
  #requestsEnded = 0;
  #activity = 0;
  #openBlocks: Set<ResponseValidation> | undefined;
  readonly #waits = new Waits();
  #requestAbort: AbortController | undefined;
  #stopAbort: AbortController | undefined;
  #timer: Timer | undefined;

  constructor(runContext: RunContext, className: string, index: number) {
    this.runContext = runContext;
    this.className = className;
    this.index = index;
    this.where = className;
  }

  get recorder(): Recorder {
    return this.runContext.recorder;
  }

  get clock(): Clock {
    return this.runContext.clock;
  }

  get tap(): WireTap | undefined {
    return this.runContext.tap;
  }

  get state(): UserState {
    if (this.#phase === "ended") return "ended";
    if (this.#stop !== undefined || this.#phase === "hooks") return "stopping";
    return this.#waits.has("wait") ? "waiting" : "running";
  }

  /** True until its `onStop` hooks begin. */
  get isInTasks(): boolean {
    return this.#phase === "tasks";
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many requests this user has had an end of. */
  get requestsEnded(): number {
    return this.#requestsEnded;
  }

  get abortSignal(): AbortSignal {
    return (this.#requestAbort ??= new AbortController()).signal;
  }

  /** `user.signal`: aborted when the user must stop. */
  get stopSignal(): AbortSignal {
    if (this.#stopAbort === undefined) {
      this.#stopAbort = new AbortController();
      if (this.#stop === "finishRequest" || this.#phase === "ended") this.#stopAbort.abort();
    }
    return this.#stopAbort.signal;
  }

  context(): Record<string, unknown> {
    return this.user?.context() ?? {};
  }

  warn(message: string): void {
    this.runContext.logger.warning(`${this.className}: ${message}`);
  }

  hasRequestListeners(): boolean {
    return this.runContext.environment.events.request.hasListeners;
  }

  fireRequest(event: RequestEvent): void {
    this.runContext.environment.events.request.notify(event);
  }

  beforeRequest(): Promise<never> | undefined {
    if (this.#stop === undefined && this.#phase === "tasks") return undefined;
    if (this.#phase === "hooks" || (this.#phase === "tasks" && this.#stop === "finishTask")) return undefined;
    return this.#killOrPark();
  }

  requestStarted(): void {
    this.#inFlight++;
  }

  requestEnded(): void {
    this.#inFlight--;
    this.#requestsEnded++;
    this.showActivity(this.#activity);
    if (this.#phase === "tasks" && this.#stop !== "finishRequest") return;
    if (this.#inFlight === 0) this.keeper?.quiet();
    if (this.#phase !== "hooks") throw this.#kill();
  }

  validationOpened(block: ResponseValidation): void {
    (this.#openBlocks ??= new Set()).add(block);
  }

  validationEnded(block: ResponseValidation): void {
    this.#openBlocks?.delete(block);
  }

  /**
   * A `catchResponse: true` response that nobody disposed by the end of its task is counted now, by its verdict or status: else
   * the server has seen a request that we do not know, and a stop would wait for it. Returns the control flow that came of it.
   */
  endForgottenBlocks(): unknown {
    if (this.#openBlocks === undefined || this.#openBlocks.size === 0) return undefined;
    let flow: unknown;
    for (const block of [...this.#openBlocks]) {
      const { method, name } = block.meta;
      this.runContext.errors.warnOnce(
        `"${this.where}" did not end the catchResponse block of ${method} ${name}, whose status decides now; ` +
          'write "await using res = await …", or pass a function as catchResponse',
      );
      try {
        block.end();
      } catch (thrown) {
        flow ??= thrown;
      }
    }
    return flow;
  }

  /** A task has ended before a single answer to the requests that it began with: somebody who knows Python forgot an `await`. */
  warnOfForgottenAwait(): void {
    if (this.#openBlocks !== undefined && this.#openBlocks.size > 0) return; // an answer waits for its verdict
    this.runContext.errors.warnOnce(
      `"${this.where}" ended before any answer to its requests, which go on beside the tasks after it; ` +
        'write "await this.client.get(…)"',
    );
  }

  /** Between two tasks: throws if there must not be another. */
  checkStop(): void {
    if (this.#stop !== undefined) throw this.#kill();
  }

  /** Sleeps, or throws when the user must stop. `wait` counts as waiting: a stop always ends it. */
  pause(kind: WaitKind, seconds: number): Promise<void> {
    const mustStop = this.#phase !== "hooks" && (this.#stop === "finishRequest" || this.#phase === "ended");
    if (mustStop || (kind === "wait" && this.#stop === "finishTask" && this.#phase === "tasks")) {
      return this.#killOrPark();
    }
    return this.#waits.start(kind, Math.max(0, seconds * 1000), this.clock, this.runContext.wakes, this);
  }

  /** Says to the watchers of this thread what runs, by its number in the list of activities. */
  showActivity(activity: number): void {
    this.#activity = activity;
    const cells = this.runContext.activity;
    if (cells !== undefined) cells[0] = activity;
  }

  /** Asks the user to end. A milder stop after a sharper one does nothing. Returns false if nothing changed. */
  askToStop(mode: StopMode): boolean {
    if (this.#phase === "ended" || this.#stop === "finishRequest" || this.#stop === mode) return false;
    this.#stop = mode;
    if (mode === "finishRequest") this.#stopAbort?.abort();
    if (this.#phase === "tasks") {
      this.#waits.end(this.runContext.wakes, () => this.#kill(), mode === "finishTask" ? "wait" : undefined);
    } else this.#boundHooks();
    return true;
  }

  /** Ends requests in flight now. */
  abortRequests(): void {
    (this.#requestAbort ??= new AbortController()).abort();
  }

  /** From here on requests and waits are allowed again: the `onStop` hooks run. Returns false if they have run. */
  beginHooks(): boolean {
    if (this.#phase !== "tasks") return false;
    this.#phase = "hooks";
    this.setTimer(undefined);
    if (this.#stop !== undefined) this.#boundHooks();
    if (this.#requestAbort?.signal.aborted) this.#requestAbort = undefined;
    return true;
  }

  /** After this the user is gone: whatever of it still runs is unresponsive or killed. Returns false if it was gone before. */
  end(): boolean {
    if (this.#phase === "ended") return false;
    this.#phase = "ended";
    this.setTimer(undefined);
    this.#stopAbort?.abort();
    this.#waits.end(this.runContext.wakes, () => this.#kill());
    const { user } = this;
    if (user !== undefined && CLOSE in user && typeof user[CLOSE] === "function") user[CLOSE]();
    return true;
  }

  /** One bound at a time watches a user that stops. */
  setTimer(timer: Timer | undefined): void {
    this.#timer?.cancel();
    this.#timer = timer;
  }

  #boundHooks(): void {
    this.setTimer(this.clock.schedule(this.runContext.graceMs, () => this.keeper?.hooksOverdue()));
  }

  /** A wait is over; the user goes on in the same turn. */
  woke(lateMs: number): void {
    this.runContext.onWoke?.(lateMs);
    this.showActivity(this.#activity);
  }

  #kill(): UserStopped {
    this.#killed = true;
    return new UserStopped();
  }

  #killOrPark(): Promise<never> {
    if (!this.#killed) throw this.#kill();
    this.keeper?.unresponsive();
    return new Promise<never>(() => {});
  }
}
