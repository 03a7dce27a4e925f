/**
 * A `TestSession` in the caller's own JavaScript thread, for `LocalRunner`: the master, worker, thread and control of the command
 * line with the caller's classes and environment. The library's composition root: time and randomness enter here.
 *
 * Invariant: each event of the environment fires once. The control's side fires those of the test, the thread's users their own.
 */
import { systemClock } from "../base/clock.ts";
import { type Logger, PRINTED, toLogLevel } from "../base/logger.ts";
import { seedFromId } from "../base/random.ts";
import { serveControl } from "../control/serve_control.ts";
import type { RunEventSink } from "../master/run_event.ts";
import type { LoadRequest, RunSettings } from "../master/run_settings.ts";
import { inProcessThreads } from "../platform/threads/in_process_threads.ts";
import type { ThreadPort } from "../platform/threads/threads.ts";
import type { FromControl, ToControl } from "../protocol/control_message.ts";
import type { FromThread, ToThread } from "../protocol/thread_message.ts";
import { openLocalLoad as openLocalSource } from "../session/local_load.ts";
import { TestSession } from "../session/test_session.ts";
import { serveThread } from "../thread/serve_thread.ts";
import type { Environment } from "../user/environment.ts";
import { Events } from "../user/events/events.ts";
import type { RunnerState, RunSummary } from "../user/runner_facade.ts";
import type { UserClass } from "../user/user_class.ts";
import { startThreads } from "../worker/pool/start_threads.ts";
import type { ThreadHandle } from "../worker/pool/thread_handle.ts";
import { createLocalSettings, summarizeOutcome } from "./local_settings.ts";

/** Named where a file would be named. */
const SOURCE = "this program";
const LOG_LEVEL = "INFO";

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
  readonly #logger: Logger;
  readonly #userClasses: readonly UserClass[];
  readonly #session: TestSession;
  #ended: Promise<unknown> | undefined;

  constructor(environment: Environment, receiver: LocalLoadReceiver) {
    this.#environment = environment;
    this.#logger = environment.logger;
    this.#userClasses = environment.userClasses;
    this.#session = new TestSession({
      clock: systemClock,
      logger: this.#logger,
      runnersLogger: this.#logger,
      controlEntry: new URL(import.meta.url),
      startThread: inProcessThreads((port) => {
        serveControl({
          port: port as ThreadPort<ToControl, FromControl>,
          clock: systemClock,
          environment,
          modules: this.#modules(),
        });
      }),
      receiver: {
        event: receiver.event,
        log: ({ level, message }, { kind }) => {
          if (kind === "control") this.#write(level, message); // the worker writes its own lines
        },
        quitAsked: () => receiver.quit(),
        startAsked: (users, spawnRate) => receiver.start(users, spawnRate),
      },
    });
  }

  get state(): RunnerState {
    return this.#session.run?.state ?? "ready";
  }

  get isRunning(): boolean {
    return this.state === "spawning" || this.state === "running";
  }

  get userCount(): number {
    return this.#session.run?.snapshot().userCount ?? 0;
  }

  get targetUserCount(): number {
    return this.#session.run?.targetUserCount ?? 0;
  }

  async open(): Promise<void> {
    const { shapeClass, host, parsedOptions } = this.#environment;
    const session = this.#session;
    session.start();
    await session.load([SOURCE], LOG_LEVEL);
    await session.open({
      options: parsedOptions,
      ...(host === undefined ? {} : { host }),
      userClasses: this.#userClasses.map(({ name }) => name),
      ...(shapeClass === undefined ? {} : { shape: shapeClass.constructor.name }),
      mode: "local",
    }, async (init) => {
      await init; // its listeners may change the environment that users get
      return await openLocalSource({
        handles: this.#startThread(),
        files: [SOURCE],
        userClasses: this.#userClasses.map(({ name }) => name),
        options: parsedOptions,
        logLevel: LOG_LEVEL,
        logger: this.#logger,
        clock: systemClock,
        hostName: "localhost",
        version: "",
        onLog: ({ level, message }) => this.#write(level, message),
      });
    });
  }

  async begin(
    load: LoadRequest,
    only: readonly string[] | undefined,
  ): Promise<{ readonly ended: Promise<RunSummary> }> {
    await this.#ended; // one that is stopping
    const { ended } = await this.#session.startRun((shared) => this.#plan(load, only, shared), { outputs: () => {} });
    this.#ended = ended.catch(() => {}); // reported to those who wait for the summary
    return { ended: ended.then(summarizeOutcome) };
  }

  change(users: number, spawnRate: number, only: readonly string[] | undefined): void {
    this.#session.run?.setTarget(users, spawnRate, only);
  }

  stop(): void {
    this.#session.stop({ kind: "requested" });
  }

  async close(): Promise<void> {
    await this.#session.quit((processExitCode) => processExitCode ?? 0);
    await this.abandon();
  }

  /** Releases everything, in whatever state it is. */
  async abandon(): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  #startThread(): readonly ThreadHandle[] {
    return startThreads({
      count: 1,
      entry: new URL(import.meta.url),
      startThread: inProcessThreads((port) => {
        serveThread({
          port: port as ThreadPort<ToThread, FromThread>,
          clock: systemClock,
          environment: this.#environment,
          events: new Events(), // those of the test are fired by the control's side
          modules: this.#modules(),
        });
      }),
    });
  }

  #modules() {
    return [{ file: SOURCE, exports: Object.fromEntries(this.#userClasses.map((each) => [each.name, each])) }];
  }

  #plan(load: LoadRequest, only: readonly string[] | undefined, shared: unknown): RunSettings {
    return createLocalSettings({
      environment: this.#environment,
      userClasses: this.#userClasses.filter(({ name }) => only === undefined || only.includes(name)),
      load,
      shared,
      runId: crypto.randomUUID(),
      seed: seedFromId(crypto.randomUUID()),
    });
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
