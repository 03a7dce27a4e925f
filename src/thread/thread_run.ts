/**
 * One run inside a thread: its users and its recorder. `thread_reports.ts` posts what they count. Made at `startRun`, gone after `stopped`.
 *
 * Invariant: the last delta is posted after the last user has ended (or was left behind), so what was counted is reported.
 */
import { deepFreeze } from "../base/deep_freeze.ts";
import { createRandom } from "../base/random.ts";
import { createNextTrace } from "../base/trace_share.ts";
import type { MachineClock } from "../platform/machine/machine_clock.ts";
import type { Clock, Timer } from "../base/clock.ts";
import type { Alarm } from "../platform/threads/alarm.ts";
import type { Logger } from "../base/logger.ts";
import type { ArrivalOrder } from "../protocol/arrivals_message.ts";
import { iterationsLease } from "../protocol/iterations_message.ts";
import { type DeltaMessage, EMPTY_DELTA } from "../protocol/delta_message.ts";
import type { FromThread } from "../protocol/thread_message.ts";
import type { IndexesByClass, RunPlan, UsersByClass } from "../protocol/worker_message.ts";
import { HOST_CHANGED } from "../user/lifecycle/user_lifecycle.ts";
import { Recorder } from "../stats/recording/recorder.ts";
import type { Environment } from "../user/environment.ts";
import { createRoles, type UserRole } from "../user/scenarios/user_role.ts";
import type { RunningUser, UserEnd } from "../user/running/running_user.ts";
import { startUser } from "../user/running/start_user.ts";
import { leaseOf } from "../user/cluster/lease.ts";
import { masterPort } from "../user/cluster/master_port.ts";
import type { UserClass } from "../user/user_class.ts";
import type { IterationGate } from "../user/lifecycle/iteration_gate.ts";
import { createRunContext, type RunContext } from "../user/lifecycle/run_context.ts";
import { ArrivalDriver } from "./arrivals/arrival_driver.ts";
import { IterationKeeper } from "./iterations/iteration_keeper.ts";
import type { PoolRules } from "./arrivals/class_pool.ts";
import type { FrictionMeter } from "./friction_meter.ts";
import type { LatenessMeter, LoopMeter } from "./lag_meters.ts";
import type { UserQuota } from "./iterations/user_quota.ts";
import { UNWIND_GRACE_MS, usersEndWithinMs } from "./stop_grace.ts";
import { ThreadReports, type UsersHealth } from "./thread_reports.ts";
import { type OnUserEnded, UserKeeper } from "./user_keeper.ts";

/** Users that wait end at once, but not within the call that ends them: so long may a count of users wait for them. */
const SETTLING_MS = 20;

/** Of arrivals: none will follow. */
const IS_DONE = () => true;

/** Random numbers of traces are no user's: users have streams by their index. */
const TRACE_STREAM = 2 ** 30;

export interface ThreadRunOptions {
  readonly plan: RunPlan;
  readonly userClasses: ReadonlyMap<string, UserClass>;
  readonly environment: Environment;
  readonly clientId: string;
  readonly threadIndex: number;
  readonly activity: Int32Array;
  readonly clock: Clock;
  readonly machineClock?: MachineClock | undefined;
  readonly logger: Logger;
  /** A finer timer than the clock's, for arrivals. */
  readonly openAlarm?: ((ring: () => void) => Alarm | undefined) | undefined;
  readonly loop: LoopMeter;
  readonly lateness: LatenessMeter;
  readonly friction: FrictionMeter;
  /** Reports the listener failures until now. */
  readonly flushFailures: () => void;
  readonly post: (message: FromThread) => void;
}

/** Keeps what the plan asks for. */
function createRecorder(plan: RunPlan, clock: Clock): Recorder {
  return new Recorder({
    clock,
    phases: plan.phases ? "keep" : "drop",
    samples: plan.samples,
    failedTimes: plan.failedTimes === true ? "keep" : "drop",
    urlGrouping: plan.urlGrouping ?? "on",
    failureSamples: plan.failureSamples === true ? "keep" : "drop",
    traces: plan.traceShare === undefined ? "none" : "some",
    scenarios: plan.scenarios === undefined ? "none" : "some",
  });
}

/** What the users of the run have in common. */
function createContext(
  { plan, clock, environment, threadIndex, activity, logger, lateness, friction, post }: ThreadRunOptions,
  recorder: Recorder,
): RunContext<Environment> {
  return createRunContext({
    environment,
    recorder,
    clock,
    seed: plan.seed,
    nextTrace: createNextTrace(plan.traceShare ?? 0, createRandom(plan.seed, TRACE_STREAM + threadIndex)),
    stopTimeoutMs: plan.stopTimeoutSeconds * 1000,
    logger,
    sharedLog: (message, about, level) =>
      post({
        kind: "userMessage",
        message: { kind: "log", level, logger: "locust.user", message, repeats: "counted", about },
      }),
    activity,
    onStopTest: (message, cause) =>
      post({ kind: "userMessage", message: { kind: "stopTest", message, failed: cause === "failed" } }),
    onWoke: (lateMs) => lateness.record(lateMs),
    watch: friction,
  });
}

export class ThreadRun {
  readonly plan: RunPlan;
  readonly #options: ThreadRunOptions;
  readonly #recorder: Recorder;
  readonly #runContext: RunContext<Environment>;
  readonly #users: UserKeeper;
  /** Of users, by their keys in assignments and arrivals. */
  readonly #roles: ReadonlyMap<string, UserRole>;
  readonly #arrivals: ArrivalDriver;
  readonly #iterations: IterationKeeper;
  readonly #reports: ThreadReports;
  #epoch = 0;
  #stopping: Promise<number> | undefined;
  #settling: Timer | undefined;
  /** Pooled users that did not end within the bounds of a stop. */
  #timedOut = 0;
  #pooledEnded: (() => void) | undefined;

  constructor(options: ThreadRunOptions) {
    const { plan, clock, environment, lateness, post } = options;
    this.plan = plan;
    this.#options = options;
    this.#recorder = createRecorder(plan, clock);
    this.#runContext = createContext(options, this.#recorder);
    this.#iterations = new IterationKeeper(plan.iterations ?? [], ({ name, count }, onGivenBack) => {
      const what = "begin another iteration";
      return leaseOf({ name: iterationsLease(name), size: count, master: masterPort(what), what, onGivenBack });
    }, (isSpent) => this.#reports.reportSoon(isSpent));
    this.#roles = createRoles(plan.scenarios, options.userClasses, environment);
    this.#users = new UserKeeper((key, index, onEnded) => this.#startKeptUser(key, index, onEnded));
    this.#arrivals = new ArrivalDriver({
      clock,
      openAlarm: options.openAlarm,
      rulesOf: (key) => this.#roleOf(key).userClass satisfies PoolRules,
      startUser: (key, index, gate, onEnded) => this.#startPooledUser(key, index, gate, onEnded),
      onWoke: (lateMs) => lateness.record(lateMs),
      onHeld: (hold, atMs) => post({ kind: "arrivalsHeld", runId: plan.runId, hold, atMs }),
      onFull: (className, maxUsers) =>
        this.#runContext.errors.warnOnce(
          `Arrivals of "${className}" find all users in use (at most ${maxUsers} over the whole test); ` +
            "raise maxUsers or --max-users if the system may have more at a time",
        ),
      onEnded: (how) => this.#noteEnd(how),
      onDone: () => plan.iterations !== undefined && this.#reports.reportSoon(IS_DONE),
      onEmptied: () => this.#reports.reportSoon(IS_DONE),
    });
    this.#reports = new ThreadReports({
      ...options,
      runId: plan.runId,
      events: environment.events,
      drain: () => this.#drain(),
      users: () => this.#usersHealth(),
      putOffMs: (forMs) => this.#arrivals.putOffMs(forMs),
    });
  }

  get userCount(): number {
    return this.#users.alive + this.#arrivals.alive;
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Begins to report. `askedWallMs`: when the other threads did; this one keeps their rhythm. */
  start(askedWallMs?: number): void {
    this.#reports.start(askedWallMs);
  }

  /** Brings the users to an absolute assignment and reports it, those that are to stop given a moment for it. One that was seen before, or comes after the stop, changes nothing. */
  assign(epoch: number, users: UsersByClass, fresh: IndexesByClass): void {
    if (epoch > this.#epoch && !this.isStopping) {
      this.#epoch = epoch;
      this.#users.assign(users, fresh, this.#stopMode);
    }
    const wanted = Object.values(users).reduce((sum, count) => sum + count, 0);
    if (this.#users.alive <= wanted || this.isStopping) return this.#postApplied();
    this.#settling ??= this.#options.clock.schedule(SETTLING_MS, () => this.#postApplied());
  }

  /** Takes in which arrivals this thread starts, and the time of the run. `readMs`: when that was read; unknown if absent. */
  arrive(order: ArrivalOrder, readMs?: number): void {
    this.#arrivals.take(order, readMs);
  }

  /** All users that the run asked for are there. */
  noteRamped(): void {
    this.#arrivals.ramped();
  }

  /** The master cannot be reached: no arrival starts until it is back. */
  pauseArrivals(): void {
    this.#arrivals.pause();
  }

  #postApplied(): void {
    this.#settling?.cancel();
    this.#settling = undefined;
    this.#options.post({
      kind: "applied",
      runId: this.plan.runId,
      epoch: this.#epoch,
      users: this.#usersByClass,
    });
  }

  /** Those that live, and of pooled ones those in use. */
  get #usersByClass(): UsersByClass {
    return { ...this.#users.usersByClass, ...this.#arrivals.busyByClass };
  }

  /** Counts an uncaught error; `where` says what kind. */
  countUncaught(error: unknown, where: string): void {
    this.#runContext.errors.count(error, where);
  }

  /** Clears the counts: only samples that start from now on count. A reset that was seen before changes nothing. */
  resetStats(resets: number): void {
    if (resets > this.#recorder.resets) this.#arrivals.reset();
    this.#recorder.reset(resets);
  }

  /** Users that run and users to come take another base URL; undefined: that of their classes. */
  changeHost(host: string | undefined): void {
    const { environment } = this.#options;
    const living = [...this.#users.living(), ...this.#arrivals.living()];
    const before = new Map(living.map(({ user }) => [user, user?.host]));
    environment.host = host;
    for (const [user, was] of before) user?.[HOST_CHANGED](was ?? "");
  }

  /** Users that run and users to come find other values of these options. */
  changeOptions(options: Readonly<Record<string, unknown>>): void {
    const { environment } = this.#options;
    environment.parsedOptions = deepFreeze({ ...environment.parsedOptions, ...options });
  }

  /** The load has been stopped: what is counted from now on is marked as such. */
  markStop(): void {
    this.#arrivals.close();
    this.#recorder.markStop();
  }

  /**
   * Ends all users, each within its own bounds. Resolves with the number of users that did not end and were left behind.
   * Reports continue meanwhile.
   */
  stop(): Promise<number> {
    this.#reports.expectEnd();
    return this.#stopping ??= this.#stopUsers();
  }

  /** Posts the last delta. */
  finish(): void {
    this.#reports.finish();
  }

  async #stopUsers(): Promise<number> {
    if (this.#settling !== undefined) this.#postApplied();
    this.#arrivals.close();
    // What has just started sends its request first.
    if (this.#arrivals.alive > 0) await this.#options.clock.sleep(0);
    this.#users.stopAll(this.#stopMode);
    this.#arrivals.stopAll(this.#stopMode);
    if (!await this.#emptyWithin(usersEndWithinMs(this.plan.stopTimeoutSeconds))) {
      this.#users.abortAll();
      this.#arrivals.abortAll();
      await this.#emptyWithin(UNWIND_GRACE_MS);
    }
    return this.#users.timedOut + this.#timedOut + this.userCount;
  }

  async #emptyWithin(ms: number): Promise<boolean> {
    let timer: Timer | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = this.#options.clock.schedule(ms, resolve);
    });
    await Promise.race([this.#whenEmpty(), timeUp]);
    timer?.cancel();
    return this.userCount === 0;
  }

  async #whenEmpty(): Promise<void> {
    await this.#users.whenEmpty();
    if (this.#arrivals.alive > 0) await new Promise<void>((resolve) => this.#pooledEnded = resolve);
  }

  /** A pooled user has ended. */
  #noteEnd(how: UserEnd): void {
    if (how === "timedOut") this.#timedOut++;
    if (this.#arrivals.alive === 0) this.#pooledEnded?.();
  }

  get #stopMode(): "finishRequest" | "finishTask" {
    return this.plan.stopTimeoutSeconds > 0 ? "finishTask" : "finishRequest";
  }

  /** A user that runs until it is stopped, or has made its iterations. */
  #startKeptUser(key: string, index: number, onEnded: OnUserEnded): RunningUser {
    const quota = this.#iterations.quotaFor(key, this.#roleOf(key).userClass.iteration);
    if (quota === undefined) return this.#startUser(key, index, { onEnded });
    const running = this.#startUser(key, index, {
      quota,
      onEnded: (user, how) => {
        quota.close(how);
        onEnded(user, how);
        if (this.userCount === 0) this.#reports.reportSoon(this.#isEmpty);
      },
    });
    quota.running = running;
    return running;
  }

  /** A user that serves arrivals. */
  #startPooledUser(key: string, index: number, gate: IterationGate, onEnded: OnUserEnded): RunningUser {
    const quota = this.#iterations.counterFor(key, gate.iteration);
    if (quota === undefined) return this.#startUser(key, index, { gate, onEnded });
    return this.#startUser(key, index, {
      gate,
      quota,
      onEnded: (user, how) => {
        quota.close(how);
        onEnded(user, how);
      },
    });
  }

  readonly #isEmpty = (): boolean => this.userCount === 0;

  #startUser(
    key: string,
    index: number,
    how: { readonly onEnded: OnUserEnded; readonly gate?: IterationGate; readonly quota?: UserQuota },
  ): RunningUser {
    const role = this.#roleOf(key);
    const { userClass, scenario } = role;
    const isPaced = how.gate === undefined && userClass.targetRate !== undefined;
    const pacer = isPaced ? { pacer: this.#arrivals.pacerOf(key) } : {};
    return startUser({ userClass, role, scenario, index, runContext: this.#runContext, ...how, ...pacer });
  }

  #roleOf(key: string): UserRole {
    const role = this.#roles.get(key);
    if (role === undefined) throw new Error(`the locustfile of this thread has no user class "${key}"`);
    return role;
  }

  /** What was counted since the last report. */
  #drain(): DeltaMessage {
    const arrivals = this.#arrivals.takeCounts();
    const iterations = this.#iterations.takeCounts();
    if (iterations !== undefined) this.#recorder.countIterations(iterations);
    if (arrivals !== undefined) this.#recorder.countArrivals(arrivals.arrivals, arrivals.byClass);
    return this.#recorder.drain() ?? EMPTY_DELTA;
  }

  #usersHealth(): UsersHealth {
    const starting = this.#users.starting(this.#options.clock.nowMs());
    const pacedPerSecond = this.isStopping ? 0 : this.#users.pacedPerSecond;
    const { endedStreams } = this.#arrivals;
    return {
      users: this.#usersByClass,
      ...(endedStreams.length === 0 ? {} : { endedStreams }),
      ...(pacedPerSecond === 0 ? {} : { pacedPerSecond }),
      ...(starting.length === 0 ? {} : { starting }),
    };
  }
}
