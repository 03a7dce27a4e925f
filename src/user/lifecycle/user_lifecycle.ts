/**
 * The lifecycle of one user: may it continue, or must it stop? Owns its phase, the stop that was asked for, its waits and the timer
 * that bounds a stop. It decides and throws; running the hooks and ending is `user_run.ts`, its tasks are `task_loop.ts`.
 *
 * | asked to             | waiting      | in a request               | between requests              |
 * | -------------------- | ------------ | -------------------------- | ----------------------------- |
 * | stop "finishTask"    | ends at once | continues to the task's end | continues to the task's end  |
 * | stop "finishRequest" | ends at once | request counts, then ends  | ends at its next call or wait |
 *
 * A user ends by an exception (`UserStopped`). One that swallows it and calls again is unresponsive: that call never settles.
 */
import { ACTIVITY_CELL, STEP_CELL } from "../../protocol/activity_cells.ts";
import type { Timer } from "../../base/clock.ts";
import type { SampleTags } from "../../base/sample_tags.ts";
import { UserStopped } from "../../http/session/control_flow.ts";
import { cutOffTransactions, transactionOf } from "../measures/transaction.ts";
import type { WaitKind } from "../timing/waits.ts";
import type { IterationGate } from "./iteration_gate.ts";
import type { IterationQuota } from "./iteration_quota.ts";
import type { RunContext } from "./run_context.ts";
import type { TaskPacer } from "./task_pacer.ts";
import { UserRequests } from "./user_requests.ts";

/** The key of a user's lifecycle, on the user. */
export const LIFECYCLE: unique symbol = Symbol("lifecycle");

/** The key of the method that releases what a user holds: the connections of its client. */
export const CLOSE: unique symbol = Symbol("close");

/** The key of the method that is called when `host` has become another one. */
export const HOST_CHANGED: unique symbol = Symbol("host changed");

/** The user rests between two tasks, and nothing of its loop is left. */
export const RESTING: unique symbol = Symbol("resting");
export type Resting = typeof RESTING;

export type StopMode = "finishRequest" | "finishTask";
export type UserState = "running" | "waiting" | "stopping" | "ended";

/** The user itself, as its lifecycle sees it. */
export interface LivingUser {
  readonly tags?: SampleTags | undefined;
  context(): Record<string, unknown>;
  [CLOSE]?(): void;
}

/** Runs the user, and acts where its lifecycle can only decide. */
export interface LifecycleOwner {
  /** The user asked for its own end. */
  stopItself(mode: StopMode): void;
  /** Its rest is over; `refusal` is the exception that ends it, where it must stop. */
  goOn(refusal: Error | undefined): void;
  /** It swallowed its end and called again: its hooks must run without it. */
  unresponsive(): void;
  /** The last request in flight has ended. */
  quiet(): void;
  /** Its `onStop` hooks have taken as long as a stop may. */
  hooksOverdue(): void;
}

/** What decides when the iterations of a user begin, where that is not its wait time alone. */
export interface IterationTerms {
  /** Of a user that serves arrivals: decides when its next iteration begins. */
  readonly gate?: IterationGate | undefined;
  /** Of a user that makes a number of iterations, or has a part in one. */
  readonly quota?: IterationQuota | undefined;
  /** Of a user whose class has a target rate: decides when its next task begins. */
  readonly pacer?: TaskPacer | undefined;
}

interface OwnTerms extends IterationTerms {
  heldBackMs: number;
}

/** What the end of a user takes. */
interface Ending {
  /** Of `user.signal`. */
  abort?: AbortController;
  /** One bound at a time watches a user that stops. */
  timer?: Timer | undefined;
  /** It has got the exception that ends it. */
  hasThrown?: true;
}

/** That of users that go on, never written to. */
const NO_ENDING: Readonly<Ending> = {};

/** Those of most users, never written to. */
const NO_TERMS: OwnTerms = { heldBackMs: 0 };

export class UserLifecycle extends UserRequests {
  readonly runContext: RunContext;
  readonly index: number;
  /** The automatic tag `scenario` of its samples; undefined for a user of no scenario. */
  readonly scenario: string | undefined;
  /** Set by the constructor of `User`. */
  user: LivingUser | undefined;
  owner: LifecycleOwner | undefined;
  #terms = NO_TERMS;
  #stop: StopMode | undefined;
  #phase: "tasks" | "hooks" | "ended" = "tasks";
  #activity = 0;
  #ending = NO_ENDING;

  constructor(runContext: RunContext, index: number, scenario?: string) {
    super();
    this.scenario = scenario;
    this.runContext = runContext;
    this.index = index;
  }

  // No fields: there are as many lifecycles as users.

  get className(): string {
    return this.user?.constructor.name ?? "";
  }

  /** The part of it that requests see. */
  get requests(): UserRequests {
    return this;
  }

  get gate(): IterationGate | undefined {
    return this.#terms.gate;
  }

  get quota(): IterationQuota | undefined {
    return this.#terms.quota;
  }

  get pacer(): TaskPacer | undefined {
    return this.#terms.pacer;
  }

  /** Of the iteration that it is in: what its `onStop` sends belongs to none. */
  get heldBackMs(): number {
    return this.#phase === "tasks" ? this.#terms.heldBackMs : 0;
  }

  set heldBackMs(ms: number) {
    if (this.#terms === NO_TERMS) this.#terms = { heldBackMs: ms };
    else this.#terms.heldBackMs = ms;
  }

  /** Called before the user is constructed, at most once. */
  agree(terms: IterationTerms): void {
    const { gate, quota, pacer } = terms;
    if (gate === undefined && quota === undefined && pacer === undefined) return;
    this.#terms = { gate, quota, pacer, heldBackMs: 0 };
    gate?.open(this);
    quota?.open(this);
  }

  get state(): UserState {
    if (this.#phase === "ended") return "ended";
    if (this.#stop !== undefined || this.#phase === "hooks") return "stopping";
    return this.hasWait("wait") ? "waiting" : "running";
  }

  /** True until its `onStop` hooks begin. */
  get isInTasks(): boolean {
    return this.#phase === "tasks";
  }

  /** `user.signal`: aborted when the user must stop. Its reason passes through `measure()`, so that what ends by it is no failure. */
  get stopSignal(): AbortSignal {
    let { abort } = this.#ending;
    if (abort === undefined) {
      abort = this.#ownEnding.abort = new AbortController();
      if (this.#stop === "finishRequest" || this.#phase === "ended") abort.abort(new UserStopped());
    }
    return abort.signal;
  }

  beforeRequest(): Promise<never> | undefined {
    this.showActivity(this.#activity); // when requests of several users end in one turn, the cell shows the last of them
    if (this.#stop === undefined && this.#phase === "tasks") return undefined;
    if (this.#phase === "hooks" || (this.#phase === "tasks" && this.#stop === "finishTask")) return undefined;
    return this.#refuse();
  }

  protected afterRequest(left: number): void {
    this.showActivity(this.#activity);
    if (this.#phase === "tasks" && this.#stop !== "finishRequest") return;
    if (left === 0) this.owner?.quiet();
    if (this.#phase !== "hooks") throw this.#end();
  }

  /** Between two tasks: throws if there must not be another. */
  checkStop(): void {
    if (this.#stop !== undefined) throw this.#end();
  }

  /** Sleeps, or throws when the user must stop. `wait` counts as waiting: a stop always ends it. */
  pause(kind: WaitKind, seconds: number): Promise<void> {
    if (this.#mustNotPause(kind)) return this.#refuse();
    const waiting = this.startWait(kind, this.#beginPause(seconds), this.runContext.wakes);
    const transaction = transactionOf(this);
    return transaction === undefined ? waiting : transaction.follow(waiting);
  }

  /** `pause("wait")` between two tasks: who called it is gone, and `owner` is told to go on. Returns a promise where it is awaited all the same. */
  rest(seconds: number): Promise<void> | Resting {
    if (this.#mustNotPause("wait") || transactionOf(this) !== undefined) return this.pause("wait", seconds);
    this.startRest(this.#beginPause(seconds), this.runContext.wakes);
    return RESTING;
  }

  rested(refusal: Error | undefined): void {
    this.owner?.goOn(refusal);
  }

  #mustNotPause(kind: WaitKind): boolean {
    if (this.#phase !== "hooks" && (this.#stop === "finishRequest" || this.#phase === "ended")) return true;
    return kind === "wait" && this.#stop === "finishTask" && this.#phase === "tasks";
  }

  /** When it is over. */
  #beginPause(seconds: number): number {
    const { clock, watch } = this.runContext;
    const nowMs = clock.nowMs();
    this.showActivity(this.#activity);
    watch?.called(nowMs);
    return nowMs + Math.max(0, seconds * 1000);
  }

  /** Waits for `endIdle`, or throws when the user must stop. */
  idle(): Promise<void> {
    return this.#stop === undefined && this.#phase === "tasks" ? this.startIdle() : this.#refuse();
  }

  /** Shows the watchdog of this thread what runs, by its number in the list of activities. */
  showActivity(activity: number): void {
    this.#activity = activity;
    const cells = this.runContext.activity;
    if (cells === undefined) return;
    cells[ACTIVITY_CELL] = activity;
    cells[STEP_CELL]!++;
  }

  /** Asks the user to end. A milder stop after a sharper one does nothing. Returns false if nothing changed. */
  askToStop(mode: StopMode): boolean {
    if (this.#phase === "ended" || this.#stop === "finishRequest" || this.#stop === mode) return false;
    this.#stop = mode;
    if (mode === "finishRequest") this.#ending.abort?.abort(new UserStopped());
    if (this.#phase === "tasks") {
      this.endWaits(this.runContext.wakes, () => this.#end(), mode === "finishTask" ? "wait" : undefined);
    } else this.#boundHooks();
    return true;
  }

  /** From here on requests and waits are allowed again: the `onStop` hooks run. Returns false if they have run. */
  beginHooks(): boolean {
    if (this.#phase !== "tasks") return false;
    this.#phase = "hooks";
    this.setTimer(undefined);
    if (this.#stop !== undefined) this.#boundHooks();
    this.requests.clearAbort();
    return true;
  }

  /** The user is gone: whatever of it still runs ends at its next call, or hangs there. Returns false if it was gone before. */
  end(): boolean {
    if (this.#phase === "ended") return false;
    this.#phase = "ended";
    this.setTimer(undefined);
    this.#ending.abort?.abort(new UserStopped());
    cutOffTransactions(this);
    this.endWaits(this.runContext.wakes, () => this.#end());
    this.user?.[CLOSE]?.();
    return true;
  }

  /** Takes the place of the bound before. */
  setTimer(timer: Timer | undefined): void {
    this.#ending.timer?.cancel();
    if (timer !== this.#ending.timer) this.#ownEnding.timer = timer;
  }

  /** To be written to. */
  get #ownEnding(): Ending {
    if (this.#ending === NO_ENDING) this.#ending = {};
    return this.#ending;
  }

  override woke(lateMs: number): void {
    this.runContext.onWoke?.(lateMs);
    this.showActivity(this.#activity);
  }

  #boundHooks(): void {
    const { clock, graceMs } = this.runContext;
    this.setTimer(clock.schedule(graceMs, () => this.owner?.hooksOverdue()));
  }

  #end(): UserStopped {
    this.#ownEnding.hasThrown = true;
    return new UserStopped();
  }

  #refuse(): Promise<never> {
    if (this.#ending.hasThrown === undefined) throw this.#end();
    this.owner?.unresponsive();
    return new Promise<never>(() => {});
  }
}
