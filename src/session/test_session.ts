/**
 * A test in this process: the control thread, the master and its load source, from the import of the locustfile to `quit`, and
 * any number of runs in it, one after the other. Each run has its own plan, numbers, journal and outputs. Terminal, library
 * and web UI differ only in what they do with the events and with what user code asks for.
 *
 * Invariant: at most one run at a time, from its `runSetup` to the end of its `runTeardown`.
 */
import type { Clock } from "../base/clock.ts";
import { describeThrown, LocustError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { ControlThread, type StartControl } from "../control/control_thread.ts";
import {
  deliverUserMessage,
  FROM_CONTROL,
  type MessageSource,
  type UserMessageOutlets,
} from "../master/deliver_user_message.ts";
import { ExpectedWorkers } from "../master/questions/expected_workers.ts";
import type { Journal } from "../master/journal/journal.ts";
import { Master, type PreparedRun } from "../master/master.ts";
import type { RecoveredRun } from "../master/journal/resume.ts";
import { snapshotWorkers } from "../master/workers/roster_view.ts";
import type { Run } from "../master/run.ts";
import type { RunEvent, RunEventSink, RunOutcome, StopReason } from "../master/run_event.ts";
import { featuresOf, type RunSettings } from "../master/run_settings.ts";
import type { MachineClock } from "../platform/machine/machine_clock.ts";
import type { ControlAnswers, ControlRequest } from "../protocol/control_message.ts";
import type { WebUiDescription } from "../protocol/web_ui_message.ts";
import type { WorkerSnapshot } from "../protocol/snapshot_message.ts";
import type { LocustfileDescription } from "../protocol/locustfile_description.ts";
import type { UserLogMessage } from "../protocol/user_message.ts";
import type { LoadSource } from "./load_source.ts";
import { type InitRequest, type RunLoad, TestLifecycle } from "./test_lifecycle.ts";

/** Code of the error when the workers that a run needs did not come. */
export const NO_WORKERS = "no_workers";

/** A question of the web UI to the locustfile. */
export type WebQuestion = Extract<ControlRequest, { kind: "webRequest" | "webRows" | "webLogin" | "drawShape" }>;

/** A shape is constructed, and nothing more. */
const SHAPE_MS = 10_000;

/** Of one run: options and host as user code sees them, classes, and what decides the load. */
export type RunConfiguration = Pick<InitRequest, "options" | "host" | "shape" | "stages" | "userClasses">;

export interface SessionReceiver {
  /** Of all runs, and of workers that come and go without one. */
  readonly event: RunEventSink;
  /** A line of user code, in the control thread or on a worker. */
  log(line: UserLogMessage, source: MessageSource): void;
  /** User code called `runner.quit()`. The run, if one is on, has been asked to end. */
  quitAsked?(): void;
  /** User code called `runner.start()` while no run was on. */
  startAsked?(users: number, spawnRate: number): void;
}

export interface SessionOptions {
  readonly clock: Clock;
  /** The one that workers on this machine have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  readonly logger: Logger;
  /** Of the master and its workers. */
  readonly runnersLogger: Logger;
  readonly controlEntry: URL;
  readonly startThread: StartControl;
  readonly receiver: SessionReceiver;
}

/** What one run needs beyond its session. The caller opens and closes outputs and journal. */
export interface RunInputs {
  readonly outputs: RunEventSink;
  readonly journal?: Journal | undefined;
  /** Aborts all waits before the load begins; `interruptedBy` says by what, if the run is to end with its reason. */
  readonly interrupt?: AbortSignal;
  readonly interruptedBy?: () => StopReason;
  /** Why the run is to end already: it was asked to while the caller opened its files. */
  readonly early?: StopReason | undefined;
}

export interface TestRun {
  /** State, target and snapshot of the run; takes `setTarget`, `resetStats` and `stop`. */
  readonly run: Run;
  /** Resolves after `runTeardown`: all numbers are in, all outputs have the last event. */
  readonly ended: Promise<RunOutcome>;
}

export class TestSession implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #control: ControlThread;
  readonly #lifecycle: TestLifecycle;
  #source: LoadSource | undefined;
  #master: Master | undefined;
  #joined: Promise<void> | undefined;
  #run: Run | undefined;
  #outputs: RunEventSink | undefined;
  #isOccupied = false;
  #early: StopReason | undefined; // user code may ask for the end while a run is being prepared
  #stopped = new AbortController();
  #listenerFailures = 0;
  #outputFailures = 0;

  readonly #outlets: UserMessageOutlets = {
    log: (line, source) => this.#options.receiver.log(line, source),
    customToWorkers: ({ type, data, workerId }) => this.#master?.sendCustom(type, data, workerId),
    customToControl: ({ type, data }, workerId) => this.#master?.deliverCustom(type, data, workerId),
    report: (data, workerId) => this.#master?.deliverReport(data, workerId),
    ask: (message, source) => this.#master?.questions.take(message, source),
    stop: (reason) => {
      this.stop(reason);
      if (reason.kind === "quit") this.#options.receiver.quitAsked?.();
    },
    listenerFailed: ({ times }) => {
      this.#listenerFailures += times;
      if (this.#isOccupied) this.#run?.observeListenerFailures(times);
    },
    changeUsers: (users, spawnRate) => this.#changeUsers(users, spawnRate),
  };

  constructor(options: SessionOptions) {
    this.#options = options;
    const { clock, controlEntry: entry, startThread, logger } = options;
    this.#control = new ControlThread({
      entry,
      startThread,
      clock,
      receiver: {
        userMessage: (message) => deliverUserMessage(message, FROM_CONTROL, this.#outlets),
        failed: (problem) => this.#controlFailed(problem),
      },
    });
    this.#lifecycle = new TestLifecycle({ control: this.#control, clock, logger });
  }

  /** Starts the control thread, which gets ready meanwhile. */
  start(): void {
    this.#control.start();
  }

  /** @throws {UsageError} with everything that is wrong with the locustfile */
  load(files: readonly string[], logLevel: string): Promise<LocustfileDescription> {
    return this.#lifecycle.load(files, logLevel);
  }

  /**
   * Fires `init` and opens the load source. `openSource` may do its work while listeners of `init` run. Resolves to what the locustfile
   * adds to the web UI.
   */
  async open(
    request: Omit<InitRequest, "kind">,
    openSource: (init: Promise<unknown>) => Promise<LoadSource>,
  ): Promise<WebUiDescription | null> {
    const { clock, machineClock, runnersLogger } = this.#options;
    const init = this.#lifecycle.init(request);
    const [source, webUi] = await Promise.all([openSource(init), init]);
    this.#source = source;
    this.#master = new Master({
      clock,
      machineClock,
      logger: runnersLogger,
      control: this.#control,
      locustfile: this.#source.locustfile,
      events: (event) => this.#publish(event),
      onUserMessage: (message, source) => deliverUserMessage(message, source, this.#outlets),
    });
    this.#master.start();
    return webUi;
  }

  /** Calls what the locustfile has added to the web UI, or asks what the start form shows of it. @throws {LocustError} with what went wrong in it */
  askWeb<Kind extends WebQuestion["kind"]>(
    request: Extract<WebQuestion, { kind: Kind }>,
    timeoutMs: number,
  ): Promise<ControlAnswers[Kind]> {
    return this.#control.ask<WebQuestion["kind"]>(request, timeoutMs) as Promise<ControlAnswers[Kind]>;
  }

  /** Lets workers come before a run is started. */
  async letWorkersJoin(): Promise<void> {
    await this.#join();
  }

  /** The next run is set up otherwise than the session was opened. @throws {LocustError} for a shape that cannot be used */
  async configure(run: RunConfiguration): Promise<void> {
    await this.#control.ask({ kind: "configure", ...run }, SHAPE_MS);
  }

  /** The run that is on has other values of options of the locustfile. */
  changeOptions(options: Readonly<Record<string, unknown>>): void {
    this.#control.tell({ kind: "changeOptions", options });
    this.#run?.change({ kind: "options", options });
  }

  /** The latest run, also when it has ended. */
  get run(): Run | undefined {
    return this.#run;
  }

  /** The workers that are connected, without what they have counted. */
  get workers(): readonly WorkerSnapshot[] {
    return this.#master === undefined ? [] : snapshotWorkers(this.#master.roster, () => 0);
  }

  /** Whether a run is being prepared, is on, or has not been torn down. */
  get isOccupied(): boolean {
    return this.#isOccupied;
  }

  /** Hooks, listeners and outputs that failed, in all runs so far. */
  get failures(): number {
    return this.#listenerFailures + this.#outputFailures + this.#lifecycle.failures;
  }

  /**
   * Waits for the workers and starts a run. `plan` makes the settings from what `runSetup` has returned. Resolves when
   * listeners of `testStart` have ended and the load has begun.
   *
   * @throws {LocustError} `no_workers` when too few came; `run_on` when a run is on
   */
  async startRun(plan: (shared: unknown) => RunSettings, inputs: RunInputs): Promise<TestRun> {
    const { master, source } = this.#opened();
    return await this.#occupy(inputs, async () => {
      await this.#join();
      return await this.#begin(inputs, async (shared) => {
        const settings = plan(shared);
        const expected = new ExpectedWorkers(featuresOf(settings), this.#options.logger);
        source.announceWait?.(expected.count(master.roster.ready()));
        await this.#waitForWorkers(inputs.interrupt, expected);
        return master.prepareRun(settings, inputs.journal);
      });
    });
  }

  /** Resumes the run of an earlier process. Its workers may dial in only when it has begun: they bring numbers of it. */
  async resumeRun(recovered: RecoveredRun, inputs: RunInputs): Promise<TestRun> {
    const { master } = this.#opened();
    return await this.#occupy(inputs, async () => {
      const { shared } = recovered.settings.plan;
      const prepare = () => master.prepareResumedRun(recovered, inputs.journal);
      const testRun = await this.#begin(inputs, prepare, { shared });
      if (recovered.stopping !== undefined) testRun.run.stop(recovered.stopping);
      await this.#join();
      return testRun;
    });
  }

  /** Ends the run, also one that is still being prepared. */
  stop(reason: StopReason): void {
    this.#early ??= reason;
    this.#stopped.abort();
    this.#run?.stop(reason);
  }

  /** Fires an event of user code in the control thread by its public name. No one waits for it. */
  fire(name: string, fields: Readonly<Record<string, unknown>>): void {
    this.#master?.fire(name, fields);
  }

  /** `quitting` and `quit`, after the last run. `decide` makes the exit code from `environment.processExitCode`. */
  async quit(decide: (processExitCode: number | null) => number): Promise<number> {
    const exitCode = await this.#lifecycle.quit(decide);
    this.#source?.announceExitCode(exitCode);
    return exitCode;
  }

  /** Sends workers away and ends threads, in whatever state the session is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#master?.close("the run is over");
    await this.#source?.[Symbol.asyncDispose]();
    this.#control.terminate();
  }

  /** Ends the control thread at once: a hook that hangs must not delay the exit. */
  terminate(): void {
    this.#control.terminate();
  }

  async #occupy(inputs: RunInputs, start: () => Promise<TestRun>): Promise<TestRun> {
    if (this.#isOccupied) {
      throw new LocustError("Cannot start a run: another one is in progress; stop it and wait for its end", {
        code: "run_on",
      });
    }
    this.#isOccupied = true;
    this.#early = inputs.early;
    this.#stopped = new AbortController();
    if (inputs.early !== undefined) this.#stopped.abort();
    this.#run = undefined;
    this.#outputs = inputs.outputs;
    const release = () => {
      this.#isOccupied = false;
      this.#outputs = undefined;
    };
    try {
      const testRun = await start();
      const ended = testRun.ended.finally(release);
      ended.catch(() => {}); // reported to its callers
      return { run: testRun.run, ended };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #begin(
    inputs: RunInputs,
    prepare: (shared: unknown) => Promise<PreparedRun>,
    resumed?: { readonly shared: unknown },
  ): Promise<TestRun> {
    const { master } = this.#opened();
    const begun = Promise.withResolvers<Run>();
    const body = async (shared: unknown): Promise<RunLoad<RunOutcome>> => {
      const prepared = await prepare(shared);
      const { run } = prepared;
      return {
        begin: async () => {
          this.#run = run;
          begun.resolve(run);
          const early = () =>
            this.#early ?? (inputs.interrupt?.aborted === true ? inputs.interruptedBy?.() : undefined);
          await master.beginRun(prepared, early, anyOf([this.#stopped.signal, inputs.interrupt]));
        },
        stopping: run.stopping,
        drained: run.drained,
        conclude: async () => {
          const outcome = run.conclude();
          await inputs.journal?.flush();
          return outcome;
        },
      };
    };
    const { ended } = await this.#lifecycle.start(body, resumed);
    return { run: await begun.promise, ended };
  }

  /** User code called `runner.start()`. */
  #changeUsers(users: number, spawnRate: number): void {
    if (!this.#isOccupied) return this.#options.receiver.startAsked?.(users, spawnRate);
    const { runnersLogger } = this.#options;
    if (this.#run?.settings.load.kind === "scenarios") {
      return runnersLogger.warning("runner.start() has no effect: scenarios decide how many users run");
    }
    if (this.#run?.settings.capacity !== undefined) {
      return runnersLogger.warning("runner.start() has no effect: a capacity search decides the load");
    }
    this.#run?.setTarget(users, spawnRate);
  }

  /** Workers may join from now on; they stay for later runs. */
  #join(): Promise<void> {
    const { master, source } = this.#opened();
    return this.#joined ??= source.join(master);
  }

  async #waitForWorkers(interrupt: AbortSignal | undefined, expected: ExpectedWorkers): Promise<void> {
    const { master, source } = this.#opened();
    // A source without `hopeless` has its workers in this process: they are ready at once.
    const signal = anyOf(source.hopeless === undefined ? [] : [interrupt, this.#stopped.signal, source.hopeless]);
    if (await master.waitForWorkers(source.expectWorkers, source.maxWaitMs, signal, expected)) return;
    if (this.#early !== undefined) return; // the run ends in its order, without a user
    throw new LocustError("Gave up waiting for workers to connect", { code: NO_WORKERS });
  }

  #opened(): { readonly master: Master; readonly source: LoadSource } {
    if (this.#master === undefined || this.#source === undefined) throw new Error("the session has not been opened");
    return { master: this.#master, source: this.#source };
  }

  #controlFailed(problem: string): void {
    this.#options.logger.critical(`The control thread died: ${problem}`);
    this.stop({ kind: "failed", problem: `the control thread died: ${problem}` });
  }

  /** An output that throws is reported and counted; the run and the other outputs continue. */
  #publish(event: RunEvent): void {
    for (const sink of [this.#options.receiver.event, this.#outputs]) {
      try {
        sink?.(event);
      } catch (error) {
        this.#outputFailures++;
        this.#options.logger.error(`An output failed at "${event.kind}": ${describeStack(error)}`);
      }
    }
  }
}

function anyOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}

function describeStack(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : describeThrown(error);
}
