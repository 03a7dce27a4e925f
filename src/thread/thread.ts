/**
 * One thread of a worker: loads the locustfile, keeps as many users as assigned, reports once a second. Knows nothing of Web
 * Workers: its host passes messages in and answers on (`serve_thread.ts`).
 *
 * Messages that change a run are handled one after the other, because `testStart` is awaited before the first user; custom
 * messages and events are delivered at once, because a listener may be waiting for just those. A stop is noticed at once as well.
 */
import { BEAT_CELL, NUMBER_CELL, STEP_CELL } from "../protocol/activity_cells.ts";
import type { Clock } from "../base/clock.ts";
import { deepFreeze } from "../base/deep_freeze.ts";
import { describeWithCauses } from "../base/error_causes.ts";
import { describeThrown, UsageError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { needsControl } from "../control/control_need.ts";
import { ListenerRunner } from "../control/listener_runner.ts";
import { ControlFlow, StopTest, UnusableLocustfile } from "../http/session/control_flow.ts";
import type { Alarm } from "../platform/threads/alarm.ts";
import { type MachineClock, ownTimeOf } from "../platform/machine/machine_clock.ts";
import type { OnceEvent } from "../protocol/once_message.ts";
import { compileAsUsual } from "../platform/threads/compilation.ts";
import { chooseSocket } from "../platform/sockets/connect_socket.ts";
import { ownThreadNumber } from "../platform/linux/own_threads.ts";
import { openThreadCpu } from "../platform/machine/thread_cpu.ts";
import type { FromThread, PrepareMessage, ToThread } from "../protocol/thread_message.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import type { LocustfileSource } from "../protocol/locustfile_description.ts";
import type { RunPlan } from "../protocol/worker_message.ts";
import { Environment } from "../user/environment.ts";
import type { Events } from "../user/events/events.ts";
import { applyPlan } from "../user/loading/apply_plan.ts";
import type { CollectedLocustfile } from "../user/loading/locustfile.ts";
import type { UserClass } from "../user/user_class.ts";
import { createLatenessMeter, type LatenessMeter, type LoopMeter, startLoopMeter } from "./lag_meters.ts";
import { FrictionMeter } from "./friction_meter.ts";
import { exceptionOf, runClassesOnce } from "./run_classes_once.ts";
import { rehearse } from "./rehearsal.ts";
import { ThreadQuestions } from "./thread_questions.ts";
import { ThreadRun } from "./thread_run.ts";
import { ThreadRunner } from "./thread_runner.ts";

type LoadMessage = Extract<ToThread, { kind: "load" }>;
type StartRunMessage = Extract<ToThread, { kind: "startRun" }>;

/** The result of importing a locustfile: its classes, or every problem. */
export type LoadResult = CollectedLocustfile | { readonly problems: readonly string[] };

export interface ThreadOptions {
  readonly post: (message: FromThread) => void;
  /** Called before each delta and before the last message: listener failures until then are reported. */
  readonly flushFailures: () => void;
  readonly clock: Clock;
  readonly events: Events;
  /** A program's own environment, in library use; else the thread makes one. */
  readonly environment?: Environment;
  /** Makes a timer that is finer than those of the clock; absent: there is none. */
  readonly openAlarm?: ((ring: () => void) => Alarm | undefined) | undefined;
  /** The clock that the worker's other threads have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  readonly createLogger: (level: string) => Logger;
  readonly loadLocustfile: (source: LocustfileSource) => Promise<LoadResult>;
}

/** The state once the locustfile is loaded. */
interface Loaded {
  readonly collected: CollectedLocustfile;
  readonly environment: Environment;
  readonly runner: ThreadRunner;
  readonly activity: Int32Array;
  readonly listeners: ListenerRunner;
}

export class Thread {
  readonly #options: ThreadOptions;
  readonly #lateness: LatenessMeter = createLatenessMeter();
  #friction: FrictionMeter | undefined;
  #logger: Logger;
  #queue: Promise<void> = Promise.resolve();
  #loop: LoopMeter | undefined;
  #prepared: LoadResult | undefined;
  #loaded: Loaded | undefined;
  #run: ThreadRun | undefined;
  readonly #questions: ThreadQuestions;
  #isLoading = false;
  #tellUncaught: ((error: unknown, where: string) => void) | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#questions = new ThreadQuestions({ clock: options.clock, say: (message) => this.#say(message) });
    this.#logger = options.createLogger("INFO");
  }

  /** The locustfile is being imported: what it prints now, every thread prints. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  receive(message: ToThread): void {
    switch (message.kind) {
      case "custom":
        this.#loaded?.runner.listeners.deliver(
          { type: message.type, data: message.data, workerId: undefined },
          this.#loaded.runner.environment,
        );
        return;
      case "event":
        this.#loaded?.listeners.fireByName(message.name, { environment: this.#loaded.environment, ...message.fields });
        return;
      case "answer":
        return this.#questions.answer(message);
      case "master":
        return this.#questions.noteMaster(message.state);
      case "stop":
        this.#loaded?.listeners.skipWait();
    }
    this.#queue = this.#queue.then(() => this.#handle(message)).catch((error: unknown) => {
      this.#logger.critical(`The thread failed at "${message.kind}": ${describeThrown(error)}`);
    });
  }

  /** An uncaught error of code that is not awaited. It is an exception of the user's code like any other. */
  uncaught(error: unknown, where: string): void {
    if (error instanceof StopTest) {
      return this.#say({ kind: "stopTest", message: error.message, failed: false });
    }
    if (error instanceof ControlFlow) return; // a request that was not awaited, of a user that was stopped
    if (this.#run !== undefined) return this.#run.countUncaught(error, where);
    if (this.#tellUncaught !== undefined) return this.#tellUncaught(error, where);
    this.#logger.error(`${where}: ${describeThrown(error)}`);
  }

  async #handle(message: ToThread): Promise<void> {
    switch (message.kind) {
      case "prepare":
        return await this.#prepareLoad(message);
      case "load":
        return await this.#load(message);
      case "startRun":
        this.#learnIndex(message.workerIndex);
        return await this.#startRun(message);
      case "runOnce":
        return await this.#runOnce(message.plan);
      case "assign":
        if (message.runId === this.#run?.plan.runId) this.#run.assign(message.epoch, message.users, message.fresh);
        return;
      case "arrivals":
        if (message.order.runId === this.#run?.plan.runId) {
          this.#run.arrive(message.order, ownTimeOf(this.#options.machineClock, message.order.reading));
        }
        return;
      case "pauseArrivals":
        if (message.runId === this.#run?.plan.runId) this.#run.pauseArrivals();
        return;
      case "spawningComplete":
        return this.#spawningComplete(message.userCount);
      case "resetStats":
        if (message.runId === this.#run?.plan.runId) this.#run.resetStats(message.resets);
        return;
      case "changeHost":
        if (message.runId === this.#run?.plan.runId) this.#run.changeHost(message.host);
        return;
      case "changeOptions":
        if (message.runId === this.#run?.plan.runId) this.#run.changeOptions(message.options);
        return;
      case "stop":
        return await this.#stop(message.runId);
      case "quit":
        return await this.#quit(message.exitCode);
    }
  }

  async #prepareLoad({ source, logLevel, socket }: PrepareMessage): Promise<void> {
    if (this.#prepared !== undefined) return;
    const collected = this.#prepared = await this.#collect(source, logLevel);
    const isPlain = "shapes" in collected && !needsControl(collected, this.#options.events);
    this.#options.post({ kind: "prepared", ...(isPlain ? { plain: collected.description } : {}) });
    chooseSocket(socket);
    void rehearse(); // while the worker gets ready
  }

  async #collect(source: LocustfileSource, logLevel: string): Promise<LoadResult> {
    this.#logger = this.#options.createLogger(logLevel);
    this.#isLoading = true;
    return await this.#options.loadLocustfile(source).finally(() => this.#isLoading = false);
  }

  async #load(message: LoadMessage): Promise<void> {
    const { post, clock, events } = this.#options;
    const activity = new Int32Array(message.activity);
    if (activity.length > NUMBER_CELL) Atomics.store(activity, NUMBER_CELL, ownThreadNumber());
    const friction = this.#friction = new FrictionMeter({ clock, cpu: openThreadCpu(), activity });
    this.#loop = startLoopMeter(clock, (lateMs) => {
      Atomics.add(activity, BEAT_CELL, 1);
      friction.beat(lateMs);
    }, () => activity[STEP_CELL] ?? 0);
    const collected = this.#prepared ?? await this.#collect(message.source, message.logLevel);
    const logger = this.#logger;
    if (collected.problems.length > 0 || !("userClasses" in collected)) {
      return post({ kind: "loadFailed", problems: collected.problems });
    }
    const userClasses = [...collected.userClasses.values()];
    const parsedOptions = deepFreeze(message.options);
    const host = hostIn(parsedOptions);
    const environment = this.#options.environment ??
      new Environment({ userClasses, events, parsedOptions, logger, ...(host === undefined ? {} : { host }) });
    const runner = new ThreadRunner({
      clientId: message.workerId,
      workerIndex: message.workerIndex,
      threadIndex: message.threadIndex,
      threads: message.threads,
      countUsers: () => this.#run?.userCount ?? 0,
      say: (message) => this.#say(message),
    });
    environment.runner ??= runner;
    runner.environment = environment;
    const listeners = new ListenerRunner({ events, clock, logger });
    this.#loaded = { collected, environment, runner, activity, listeners };
    const { thrown } = await events.init.collect({ environment, runner, webUi: undefined });
    if (thrown.length > 0) {
      const problems = thrown.map((error) => `Cannot start: a listener of "init" threw ${describeWithCauses(error)}`);
      return post({ kind: "loadFailed", problems });
    }
    const socket = chooseSocket(message.socket);
    post({ kind: "loaded", description: collected.description, activities: collected.activities, socket });
  }

  /** The master may have given this worker its index after the locustfile was loaded. */
  #learnIndex(workerIndex: number | undefined): void {
    if (this.#loaded !== undefined && workerIndex !== undefined) this.#loaded.runner.workerIndex = workerIndex;
  }

  async #startRun({ plan, askedWallMs, turns }: StartRunMessage): Promise<void> {
    const { post, clock, flushFailures } = this.#options;
    if (this.#loaded === undefined || this.#loop === undefined || this.#friction === undefined) return; // it has reported that it could not load
    await this.#run?.stop(); // an earlier run that its master forgot
    const { environment, runner, activity, listeners } = this.#loaded;
    const userClasses = this.#prepare(this.#loaded, plan);
    if (userClasses === undefined) return;
    compileAsUsual(); // before the first user
    this.#run = new ThreadRun({
      plan,
      userClasses,
      environment,
      clientId: runner.clientId,
      threadIndex: runner.threadIndex,
      activity,
      clock,
      machineClock: this.#options.machineClock,
      openAlarm: this.#options.openAlarm,
      logger: this.#logger,
      loop: this.#loop,
      lateness: this.#lateness,
      friction: this.#friction,
      flushFailures,
      post,
    });
    this.#questions.open(plan, runner, turns);
    runner.state = "spawning";
    this.#run.start(askedWallMs);
    await this.#questions.openFeeds();
    await this.#fireAndWait("testStart", listeners, { environment });
  }

  /** `--once`: in place of a run. Its users live one after the other, and nothing is counted. */
  async #runOnce(plan: RunPlan): Promise<void> {
    const { post, clock } = this.#options;
    if (this.#loaded === undefined) return; // it has reported that it could not load
    const { environment, runner, listeners } = this.#loaded;
    const userClasses = this.#prepare(this.#loaded, plan);
    if (userClasses === undefined) return post({ kind: "onceEnded" });
    this.#questions.open(plan, runner);
    const tell = (event: OnceEvent) => post({ kind: "once", event });
    this.#tellUncaught = (error, where) => tell(exceptionOf(where, error));
    await this.#fireAndWait("testStart", listeners, { environment });
    try {
      await runClassesOnce({ plan, userClasses, environment, clock, logger: this.#logger, tell });
    } catch (thrown) {
      if (!(thrown instanceof StopTest)) throw thrown;
      this.#say({ kind: "stopTest", message: thrown.message, failed: thrown instanceof UnusableLocustfile });
    }
    await this.#fireAndWait("testStopping", listeners, { environment });
    await this.#fireAndWait("testStop", listeners, { environment });
    this.#questions.close();
    this.#options.flushFailures();
    post({ kind: "onceEnded" });
  }

  /** The classes that run, and what user code sees of the plan. Undefined when they cannot run, which has been reported. */
  #prepare({ collected, environment }: Loaded, plan: RunPlan): Map<string, UserClass> | undefined {
    const userClasses = this.#applyPlan(collected, plan);
    if (userClasses === undefined) return undefined;
    environment.host = plan.host;
    environment.userClasses = [...userClasses.values()];
    environment.tags = plan.tags;
    environment.excludeTags = plan.excludeTags;
    environment.stopTimeout = plan.stopTimeoutSeconds;
    environment.parsedOptions = deepFreeze(plan.options);
    environment.shared = deepFreeze(plan.shared);
    return userClasses;
  }

  #applyPlan(collected: CollectedLocustfile, plan: RunPlan): Map<string, UserClass> | undefined {
    try {
      return applyPlan(collected, plan);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#say({ kind: "stopTest", message: error.message, failed: true });
      return undefined;
    }
  }

  #spawningComplete(userCount: number): void {
    if (this.#loaded === undefined || this.#run === undefined) return;
    const { runner, listeners } = this.#loaded;
    runner.targetUserCount = userCount;
    runner.state = "running";
    this.#run.noteRamped();
    listeners.fireByName("spawningComplete", { userCount });
  }

  async #stop(runId: string): Promise<void> {
    const run = this.#run;
    if (this.#loaded === undefined || run === undefined || run.plan.runId !== runId) {
      return this.#options.post({ kind: "stopped", runId, leftBehind: 0 });
    }
    const { environment, runner, listeners } = this.#loaded;
    runner.state = "stopping";
    run.markStop();
    this.#questions.noteStop();
    await this.#fireAndWait("testStopping", listeners, { environment });
    const leftBehind = await run.stop();
    await this.#questions.conclude();
    runner.state = "stopped";
    await this.#fireAndWait("testStop", listeners, { environment });
    this.#questions.close();
    run.finish();
    this.#run = undefined;
    this.#options.post({ kind: "stopped", runId, leftBehind });
  }

  async #quit(exitCode: number): Promise<void> {
    await this.#run?.stop();
    this.#questions.close();
    if (this.#loaded !== undefined) {
      const { environment, listeners } = this.#loaded;
      await this.#fireAndWait("quitting", listeners, { environment });
      listeners.fireByName("quit", { exitCode });
    }
    this.#loop?.stop();
    this.#options.flushFailures();
    this.#options.post({ kind: "left" });
  }

  /** A listener may end the test by `StopTest`; every other way of ending it early has been reported. */
  async #fireAndWait(
    name: "testStart" | "testStopping" | "testStop" | "quitting",
    listeners: ListenerRunner,
    fields: { readonly environment: Environment },
  ): Promise<void> {
    const stopTest = await listeners.fireAndWait(name, fields);
    if (stopTest !== undefined) this.#say({ kind: "stopTest", message: stopTest.message, failed: false });
  }

  #say(message: UserMessage): void {
    this.#options.post({ kind: "userMessage", message });
  }
}

/** `--host`, which user code finds in `environment.host` from `init` on. */
function hostIn({ host }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof host === "string" ? host : undefined;
}
