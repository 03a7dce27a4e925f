/**
 * One run in the threads of a worker: who runs which users, which assignment every thread has taken, and the orderly end. Owned
 * by the pool, which hands it what the threads say and the passing of time.
 */
import { formatAmount, formatCounts } from "../../base/text/text.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { type MachineClock, ownTimeOf, readingAt } from "../../platform/machine/machine_clock.ts";
import type { ArrivalOrder } from "../../protocol/arrivals_message.ts";
import type { IndexesByClass, RunPlan, UsersByClass } from "../../protocol/worker_message.ts";
import { LISTENER_GRACE_MS } from "../../control/listener_runner.ts";
import { stopGraceMs, UNWIND_GRACE_MS } from "../../thread/stop_grace.ts";
import { RunTime } from "../../thread/arrivals/run_time.ts";
import { DividedArrivals, type ShareHolder } from "./divided_arrivals.ts";
import type { ThreadHandle } from "./thread_handle.ts";
import { type ThreadChange, ThreadShares } from "./thread_shares.ts";

/** Users that could not be ended in order, with what their thread was doing. */
export interface LeftBehind {
  readonly thread: number;
  readonly users: number;
  readonly doing: string;
}

export interface PoolRunReceiver {
  /** Every thread that answers runs its share of this epoch. */
  applied(runId: string, epoch: number, users: UsersByClass, endedStreams: readonly number[]): void;
  /** To an order with this `hold`: no thread starts an arrival of that time of the run or later before the next order. */
  arrivalsHeld(runId: string, hold: number, atMs: number): void;
  /** All users are gone, or their threads are; the last deltas have come before this. */
  stopped(runId: string, leftBehind: readonly LeftBehind[]): void;
}

/** What the worker sees of it. */
export type ShownRun = Pick<
  PoolRun,
  "plan" | "epoch" | "users" | "placed" | "spareIndexes" | "stopping" | "arrivalsEndInMs"
>;

interface Member {
  readonly handle: ThreadHandle;
  /** Epochs between pool and thread. They are the pool's own: a lost thread changes shares without a new assignment. */
  sentEpoch: number;
  appliedEpoch: number;
  users: UsersByClass; // alive, as last reported
  endedStreams: readonly number[]; // of arrivals, as last reported
}

/** The master wants to know how far the arrivals are. */
interface Hold {
  readonly number: number;
  readonly pending: Set<Member>;
  atMs: number;
}

interface Stop {
  readonly pending: Set<Member>;
  readonly leftBehind: LeftBehind[];
  forMs: number;
}

export class PoolRun {
  readonly plan: RunPlan;
  readonly #members: readonly Member[];
  readonly #shares: ThreadShares;
  readonly #arrivals = new DividedArrivals();
  readonly #time = new RunTime();
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #machineClock: MachineClock | undefined;
  readonly #receiver: PoolRunReceiver;
  readonly #logger: Logger;
  readonly #wake: (handle: ThreadHandle) => void;
  #assigned: UsersByClass = {};
  #epoch = 0; // the master's
  #toldEpoch = 0;
  #lastSent = 0;
  #stop: Stop | undefined;
  #hold: Hold | undefined;

  constructor(
    options: {
      readonly plan: RunPlan;
      readonly handles: readonly ThreadHandle[];
      readonly receiver: PoolRunReceiver;
      readonly logger: Logger;
      readonly clock: Pick<Clock, "nowMs">;
      readonly machineClock?: MachineClock | undefined;
      /** Starts a thread that waits for something to do. */
      readonly wake: (handle: ThreadHandle) => void;
    },
  ) {
    this.plan = options.plan;
    this.#members = options.handles.map((handle) => ({
      handle,
      sentEpoch: 0,
      appliedEpoch: 0,
      users: {},
      endedStreams: [],
    }));
    this.#shares = new ThreadShares(options.handles.length);
    this.#receiver = options.receiver;
    this.#logger = options.logger;
    this.#clock = options.clock;
    this.#machineClock = options.machineClock;
    this.#wake = options.wake;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get stopping(): boolean {
    return this.#stop !== undefined;
  }

  /** Users alive, by class, as the threads last reported. */
  get users(): UsersByClass {
    const sum: Record<string, number> = {};
    for (const { users } of this.#members) {
      for (const [name, count] of Object.entries(users)) sum[name] = (sum[name] ?? 0) + count;
    }
    return sum;
  }

  /** Users that the threads are to run. `users` follows it, later. A run that is ending keeps none. */
  get placed(): UsersByClass {
    return this.#stop === undefined ? this.#shares.users : {};
  }

  get spareIndexes(): IndexesByClass {
    return this.#stop === undefined ? this.#shares.spareIndexes : {};
  }

  /** Time until the last arrival that was given to this worker; 0: there is none. Infinity: there is no last one. */
  get arrivalsEndInMs(): number {
    if (this.#stop !== undefined) return 0;
    return Math.max(0, this.#arrivals.lastMs - this.#time.toRunMs(this.#clock.nowMs()));
  }

  /** Takes in an absolute assignment. One that was seen before starts and stops no user, and is reported as applied again. */
  assign(epoch: number, users: UsersByClass, fresh: IndexesByClass): void {
    if (this.#stop !== undefined) return;
    if (epoch > this.#epoch) {
      this.#epoch = epoch;
      for (const change of describeChanges(this.#assigned, users)) this.#logger.debug(change);
      this.#assigned = users;
      const changes = this.#shares.assign(users, fresh);
      this.#send(this.#lastSent === 0 ? this.#forEveryThread(changes) : changes);
    } else {
      this.#toldEpoch = Math.min(this.#toldEpoch, this.#epoch - 1); // the answer was lost on its way
    }
    this.#tellApplied();
  }

  /** Divides the arrivals of this worker among its threads. */
  arrive(order: ArrivalOrder): void {
    if (this.#stop !== undefined) return;
    for (const { handle } of this.#members) if (handle.state === "waiting") this.#wake(handle);
    const living = this.#living();
    const readMs = ownTimeOf(this.#machineClock, order.reading);
    if (readMs === undefined) this.#time.note(order.runMs, this.#clock.nowMs());
    else this.#time.set(order.runMs, readMs);
    if (order.hold !== undefined) this.#hold = { number: order.hold, pending: new Set(living), atMs: 0 };
    this.#orderArrivals(living, this.#arrivals.take(order, this.#sharesOf(living)));
  }

  heldBy(handle: ThreadHandle, hold: number, atMs: number): void {
    if (this.#hold?.number !== hold) return;
    this.#hold.atMs = Math.max(this.#hold.atMs, atMs);
    this.#hold.pending.delete(this.#memberOf(handle));
    this.#tellHeld();
  }

  #tellHeld(): void {
    const hold = this.#hold;
    if (hold === undefined || hold.pending.size > 0) return;
    this.#hold = undefined;
    this.#receiver.arrivalsHeld(this.plan.runId, hold.number, hold.atMs);
  }

  /** The master cannot be reached; when it is back it may be another one, with a clock of its own. */
  masterLost(): void {
    this.#time.forget();
    this.#arrivals.pause();
    this.#hold = undefined;
  }

  appliedBy(handle: ThreadHandle, epoch: number, users: UsersByClass): void {
    const member = this.#memberOf(handle);
    member.appliedEpoch = Math.max(member.appliedEpoch, epoch);
    member.users = users;
    this.#tellApplied();
  }

  /** The thread's users as its health reports them once a second. */
  usersToldBy(
    handle: ThreadHandle,
    { users, endedStreams = [] }: { readonly users: UsersByClass; readonly endedStreams?: readonly number[] },
  ): void {
    const hadUsers = hasAny(this.users);
    const member = this.#memberOf(handle);
    const isStreamOver = endedStreams.length > member.endedStreams.length;
    member.users = users;
    member.endedStreams = endedStreams;
    const isLastUser = this.plan.iterations !== undefined && hadUsers && !hasAny(this.users);
    if (!isLastUser && !isStreamOver) return;
    // The last one has made its iterations, or a scenario has ended: the master is not to wait for the next heartbeat.
    this.#toldEpoch = Math.min(this.#toldEpoch, this.#epoch - 1);
    this.#tellApplied();
  }

  /** Ends all users; `stopped` is reported once they are gone, never from inside this call. */
  stop(): void {
    if (this.#stop !== undefined) return;
    // Nothing is waited for where no user ever was.
    for (const { handle, sentEpoch } of this.#members) if (handle.isLate && sentEpoch === 0) handle.terminate();
    const living = this.#living();
    this.#stop = { pending: new Set(living), leftBehind: [], forMs: 0 };
    for (const { handle } of living) handle.post({ kind: "stop", runId: this.plan.runId });
  }

  stoppedBy(handle: ThreadHandle, leftBehind: number): void {
    const member = this.#memberOf(handle);
    member.users = {};
    if (leftBehind > 0) {
      this.#stop?.leftBehind.push({
        thread: handle.index,
        users: leftBehind,
        doing: "something that cannot be aborted",
      });
    }
    this.#stop?.pending.delete(member);
    this.#tellStopped();
  }

  /** The thread is gone: the others take its users, or, at a stop, they are reported as left behind. */
  lost(handle: ThreadHandle, doing: string): void {
    const member = this.#memberOf(handle);
    const users = this.#shares.totalOf(handle.index);
    this.#shares.close(handle.index, (className) => this.#hasQuota(className));
    member.users = {};
    if (this.#stop !== undefined) {
      if (this.#stop.pending.delete(member)) this.#stop.leftBehind.push({ thread: handle.index, users, doing });
      this.#tellStopped();
      return;
    }
    this.#send(this.#shares.assign(this.#assigned, {}));
    const living = this.#living();
    const runMs = this.#time.toRunMs(this.#clock.nowMs());
    this.#orderArrivals(living, this.#arrivals.lose(handle.index, runMs, this.#sharesOf(living)) ?? []);
    if (this.#hold !== undefined) {
      this.#hold.atMs = Math.max(this.#hold.atMs, runMs);
      this.#hold.pending.delete(member);
      this.#tellHeld();
    }
    this.#toldEpoch = Math.min(this.#toldEpoch, this.#epoch - 1); // the users by class are reported again
    this.#tellApplied();
  }

  /** Time has passed: threads that hang are not waited for any longer than they may. */
  tick(sinceMs: number): void {
    if (this.#stop === undefined) {
      this.#tellApplied(); // a thread that began to hang is no longer waited for
      return;
    }
    this.#stop.forMs += sinceMs;
    const graceMs = stopGraceMs(this.plan.stopTimeoutSeconds) + UNWIND_GRACE_MS;
    for (const { handle } of [...this.#stop.pending]) {
      const overdue = this.#stop.forMs >= graceMs + 2 * LISTENER_GRACE_MS;
      if (!overdue && !(handle.hung && this.#stop.forMs >= graceMs)) continue;
      const { doing } = handle;
      const users = this.#shares.totalOf(handle.index);
      this.#logger.error(
        `Thread ${handle.index} was ended by force with ${formatAmount(users, "user")}: it did not stop within ` +
          `${Math.round(this.#stop.forMs / 1000)} s and was last seen in ${doing}`,
      );
      handle.terminate();
      this.lost(handle, doing);
    }
    this.#tellStopped();
  }

  /** The first assignment goes to each thread, also without users: its answer says that listeners of `testStart` have ended there. */
  #forEveryThread(changes: readonly ThreadChange[]): readonly ThreadChange[] {
    const idle = this.#members.filter(({ handle }) =>
      handle.state !== "gone" && !handle.isLate && !changes.some(({ thread }) => thread === handle.index)
    );
    return [...changes, ...idle.map(({ handle }) => ({ thread: handle.index, users: {}, fresh: {} }))];
  }

  #send(changes: readonly ThreadChange[]): void {
    this.#lastSent++;
    for (const { thread, users, fresh } of changes) {
      const member = this.#members[thread] as Member;
      member.sentEpoch = this.#lastSent;
      if (member.handle.state === "waiting") this.#wake(member.handle);
      member.handle.post({ kind: "assign", runId: this.plan.runId, epoch: this.#lastSent, users, fresh });
    }
  }

  #living(): readonly Member[] {
    return this.#members.filter(({ handle }) => handle.state !== "gone");
  }

  #sharesOf(members: readonly Member[]): readonly ShareHolder[] {
    return members.map(({ handle: { index } }) => ({ thread: index, users: this.#shares.usersOf(index) }));
  }

  #orderArrivals(members: readonly Member[], orders: readonly ArrivalOrder[]): void {
    const nowMs = this.#clock.nowMs();
    const time = { runMs: this.#time.toRunMs(nowMs), ...readingAt(this.#machineClock, nowMs) };
    for (const [i, order] of orders.entries()) {
      const { reading: _masters, ...rest } = order;
      members[i]?.handle.post({ kind: "arrivals", order: { ...rest, ...time } });
    }
  }

  #tellApplied(): void {
    if (this.#toldEpoch >= this.#epoch || this.#stop !== undefined) return;
    const waited = this.#members.some(({ handle, sentEpoch, appliedEpoch }) =>
      appliedEpoch < sentEpoch && handle.state !== "gone" && !handle.hung
    );
    if (waited) return;
    this.#toldEpoch = this.#epoch;
    this.#receiver.applied(this.plan.runId, this.#epoch, this.users, this.#endedStreams);
  }

  /** Streams that are over in every thread. */
  get #endedStreams(): readonly number[] {
    const [first, ...others] = this.#living();
    return (first?.endedStreams ?? []).filter((id) => others.every(({ endedStreams }) => endedStreams.includes(id)));
  }

  #tellStopped(): void {
    if (this.#stop === undefined || this.#stop.pending.size > 0 || this.#stop.forMs === Infinity) return;
    this.#stop.forMs = Infinity; // reported once
    this.#receiver.stopped(this.plan.runId, this.#stop.leftBehind);
  }

  /** Whether each user of the class makes a number of iterations: one that was started is not started again. */
  #hasQuota(className: string): boolean {
    const plans = this.plan.iterations ?? [];
    return plans.some(({ kind, userClasses }) => kind === "perUser" && userClasses.includes(className));
  }

  #memberOf(handle: ThreadHandle): Member {
    return this.#members[handle.index] as Member;
  }
}

function hasAny(users: UsersByClass): boolean {
  return Object.values(users).some((count) => count > 0);
}

/** What an assignment changes, in the words of Locust's log. */
function describeChanges(before: UsersByClass, after: UsersByClass): readonly string[] {
  const describe = (sign: 1 | -1, verb: string, state: string) => {
    const changes = Object.entries({ ...before, ...after })
      .map(([name]) => ({ name, change: sign * ((after[name] ?? 0) - (before[name] ?? 0)) }))
      .filter(({ change }) => change > 0);
    if (changes.length === 0) return [];
    const some = Object.fromEntries(changes.map(({ name, change }) => [name, change]));
    const ran = Object.fromEntries(changes.map(({ name }) => [name, before[name] ?? 0]));
    return [`${verb} ${formatCounts(some)} (${formatCounts(ran)} ${state})...`];
  };
  return [...describe(1, "Spawning additional", "already running"), ...describe(-1, "Stopping", "running")];
}
