/**
 * What stands behind a `LocalRunner`: the same master, worker, thread and control as of the command line, joined by the same
 * messages, all in the caller's JavaScript thread and with the caller's own classes and environment.
 *
 * Invariant: each event of the environment fires once. The control's side fires those of the test, the thread's users their own.
 */
import { systemClock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import { PRINTED, toLogLevel } from "../base/logger.ts";
import { ControlThread } from "../control/control_thread.ts";
import { serveControl } from "../control/serve_control.ts";
import { createMemoryLink } from "../link/memory_link.ts";
import { Master } from "../master/master.ts";
import type { StopReason } from "../master/run_event.ts";
import type { Run } from "../master/run.ts";
import type { RunEventSink } from "../master/run_event.ts";
import type { LoadRequest, RunSettings } from "../master/run_settings.ts";
import { deliverUserMessage, FROM_CONTROL, type UserMessageOutlets } from "../master/deliver_user_message.ts";
import { inProcessThreads } from "../platform/in_process_threads.ts";
import { createProcessMeter } from "../platform/process_stats.ts";
import type { ThreadPort } from "../platform/threads.ts";
import type { FromControl, ToControl } from "../protocol/control_message.ts";
import { OUR_PROTOCOL } from "../protocol/negotiate.ts";
import type { FromThread, ToThread } from "../protocol/thread_message.ts";
import type { ToMaster, ToWorker } from "../protocol/worker_message.ts";
import { serveThread } from "../thread/serve_thread.ts";
import type { Environment } from "../user/environment.ts";
import { Events } from "../user/events/events.ts";
import type { RunnerState, RunSummary } from "../user/runner_facade.ts";
import type { UserClass } from "../user/user_class.ts";
import { openThreadPool, startThreads } from "../worker/thread_pool.ts";
import { Worker } from "../worker/worker.ts";
import { createLocalSettings, summarizeOutcome } from "./local_settings.ts";

const WORKER_ID = "local";
/** How the classes are called where a file would be named. */
const SOURCE = "this program";
const LOAD_MS = 60_000;
const HOOK_MS = 5 * 60_000;
const SEED_LIMIT = 2 ** 32;

export interface LocalLoadReceiver {
  readonly event: RunEventSink;
  /** User code asked for these. */
  quit(): void;
  start(users: number, spawnRate: number): void;
}

export interface LocalLoad {
  readonly state: RunnerState;
  readonly isRunning: boolean;
  readonly userCount: number;
  readonly targetUserCount: number;
  /** Resolves when the run is on. Its `ended` rejects when it could not do what was asked of it. */
  begin(load: LoadRequest, only: readonly string[] | undefined): Promise<{ readonly ended: Promise<RunSummary> }>;
  change(users: number, spawnRate: number, only: readonly string[] | undefined): void;
  stop(): void;
  close(): Promise<void>;
}

/** @throws {UsageError} with everything that is wrong with the classes */
export async function openLocalLoad(environment: Environment, receiver: LocalLoadReceiver): Promise<LocalLoad> {
  const load = new InProcessLoad(environment, receiver);
  try {
    await load.open();
    return load;
  } catch (error) {
    await load.abandon();
    throw error;
  }
}

class InProcessLoad implements LocalLoad {
  readonly #environment: Environment;
  readonly #receiver: LocalLoadReceiver;
  readonly #logger: Logger;
  readonly #userClasses: readonly UserClass[];
  readonly #control: ControlThread;
  readonly #master: Master;
  #worker: Worker | undefined;
  #run: Run | undefined;
  #early: StopReason | undefined; // user code may ask for the end while a run is being prepared
  readonly #outlets: UserMessageOutlets = {
    log: ({ level, message }, { kind }) => {
      if (kind === "control") this.#write(level, message); // the worker writes its own lines
    },
    customToWorkers: ({ type, data, workerId }) => this.#master.sendCustom(type, data, workerId),
    customToControl: ({ type, data }, workerId) => this.#master.deliverCustom(type, data, workerId),
    report: (data, workerId) => this.#master.deliverReport(data, workerId),
    stop: (reason) => {
      if (reason.kind === "quit") return this.#receiver.quit();
      this.#early = reason;
      this.#run?.stop(reason);
    },
    listenerFailed: ({ times }) => this.#run?.observeListenerFailures(times),
    changeUsers: (users, spawnRate) => this.#receiver.start(users, spawnRate),
  };

  constructor(environment: Environment, receiver: LocalLoadReceiver) {
    this.#environment = environment;
    this.#receiver = receiver;
    this.#logger = environment.logger;
    this.#userClasses = environment.userClasses;
    this.#control = new ControlThread({
      entry: new URL(import.meta.url),
      startThread: inProcessThreads((port) => {
        serveControl({ port: port as ThreadPort<ToControl, FromControl>, environment, modules: this.#modules() });
      }),
      clock: systemClock,
      receiver: {
        userMessage: (message) => deliverUserMessage(message, FROM_CONTROL, this.#outlets),
        failed: (problem) => this.#logger.critical(problem),
      },
    });
    this.#master = new Master({
      clock: systemClock,
      logger: this.#logger,
      control: this.#control,
      locustfile: {
        hash: WORKER_ID,
        userClasses: this.#userClasses.map(({ name }) => name),
        message: () => Promise.reject(new Error("nobody asks for it")),
      },
      events: (event) => receiver.event(event),
      onUserMessage: (message, source) => deliverUserMessage(message, source, this.#outlets),
    });
  }

  get state(): RunnerState {
    return this.#run?.state ?? "ready";
  }

  get isRunning(): boolean {
    return this.state === "spawning" || this.state === "running";
  }

  get userCount(): number {
    return this.#run?.snapshot().userCount ?? 0;
  }

  get targetUserCount(): number {
    return this.#run?.targetUserCount ?? 0;
  }

  async open(): Promise<void> {
    const { shapeClass, host, parsedOptions } = this.#environment;
    const control = this.#control;
    control.start();
    await control.ask({ kind: "load", source: { files: [SOURCE] }, logLevel: "INFO" }, LOAD_MS);
    await control.ask({
      kind: "init",
      options: parsedOptions,
      ...(host === undefined ? {} : { host }),
      userClasses: this.#userClasses.map(({ name }) => name),
      ...(shapeClass === undefined ? {} : { shape: shapeClass.constructor.name }),
      mode: "local",
    }, HOOK_MS);
    const worker = this.#worker = this.#createWorker();
    await worker.start();
    this.#master.start();
    const [masterEnd, workerEnd] = createMemoryLink<ToWorker, ToMaster>();
    this.#master.accept(masterEnd, {
      kind: "hello",
      protocol: OUR_PROTOCOL,
      version: "",
      workerId: WORKER_ID,
      host: "localhost",
      threads: 1,
    });
    worker.attach(workerEnd);
    await this.#master.waitForWorkers(1, LOAD_MS, new AbortController().signal);
  }

  async begin(
    load: LoadRequest,
    only: readonly string[] | undefined,
  ): Promise<{ readonly ended: Promise<RunSummary> }> {
    await this.#run?.ended; // one that is stopping
    let shared: unknown = null;
    this.#early = undefined;
    try {
      shared = await this.#control.ask({ kind: "runSetup" }, HOOK_MS);
      const run = this.#run = await this.#master.startRun({
        ...this.#settings(load, only, shared),
        stopped: () => this.#early,
      });
      return { ended: this.#summarize(run, shared) };
    } catch (error) {
      await this.#control.ask({ kind: "runTeardown", shared }, HOOK_MS).catch((failure: unknown) =>
        this.#logger.error(String(failure))
      );
      throw error;
    }
  }

  change(users: number, spawnRate: number, only: readonly string[] | undefined): void {
    this.#run?.setTarget(users, spawnRate, only);
  }

  stop(): void {
    this.#run?.stop({ kind: "requested" });
  }

  async close(): Promise<void> {
    const control = this.#control;
    const asked = async (request: { kind: "quitting" } | { kind: "quit"; exitCode: number }) => {
      await control.ask(request, HOOK_MS).catch((error: unknown) => this.#logger.error(String(error)));
    };
    await asked({ kind: "quitting" });
    await asked({ kind: "quit", exitCode: this.#environment.processExitCode ?? 0 });
    await this.abandon();
  }

  /** Lets everything go, whatever state it is in. */
  async abandon(): Promise<void> {
    this.#master.close("the runner has quit");
    await this.#worker?.[Symbol.asyncDispose]();
    this.#control.terminate();
  }

  #createWorker(): Worker {
    const handles = startThreads({
      count: 1,
      entry: new URL(import.meta.url),
      startThread: inProcessThreads((port) => {
        serveThread({
          port: port as ThreadPort<ToThread, FromThread>,
          environment: this.#environment,
          events: new Events(), // those of the test are fired by the control's side
          modules: this.#modules(),
        });
      }),
    });
    return new Worker({
      clock: systemClock,
      logger: this.#logger,
      meter: createProcessMeter({ threads: 1, nowMs: () => systemClock.nowMs() }),
      masterTimeoutMs: Infinity,
      onLog: ({ level, message }) => this.#write(level, message),
      source: {
        own: async (receiver) => ({
          hash: WORKER_ID,
          pool: await openThreadPool({
            handles,
            source: { files: [SOURCE] },
            options: this.#environment.parsedOptions,
            workerId: WORKER_ID,
            workerIndex: 0,
            logLevel: "INFO",
            logger: this.#logger,
            clock: systemClock,
            receiver,
          }),
        }),
        shipped: () => Promise.reject(new Error("the worker has its classes")),
      },
    });
  }

  #modules() {
    return [{ file: SOURCE, exports: Object.fromEntries(this.#userClasses.map((each) => [each.name, each])) }];
  }

  #settings(load: LoadRequest, only: readonly string[] | undefined, shared: unknown): RunSettings {
    return createLocalSettings({
      environment: this.#environment,
      userClasses: this.#userClasses.filter(({ name }) => only === undefined || only.includes(name)),
      load,
      shared,
      runId: crypto.randomUUID(),
      seed: Math.floor(Math.random() * SEED_LIMIT),
    });
  }

  async #summarize(run: Run, shared: unknown): Promise<RunSummary> {
    const outcome = await run.ended;
    await this.#control.ask({ kind: "runTeardown", shared }, HOOK_MS);
    return summarizeOutcome(outcome);
  }

  #write(level: string, message: string): void {
    const logger = this.#logger;
    if (level === PRINTED) return console.log(message);
    switch (toLogLevel(level)) {
      case "DEBUG":
        return logger.debug(message);
      case "INFO":
        return logger.info(message);
      case "WARNING":
        return logger.warning(message);
      case "ERROR":
        return logger.error(message);
      case "CRITICAL":
        return logger.critical(message);
    }
  }
}
