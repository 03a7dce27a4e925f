/**
 * `createLocalRunner`: load from a script or a unit test, without the command line. This is the thin handle that `mod.ts` exports;
 * what stands behind it (master, worker, thread, all in this JavaScript thread) is loaded at the first start, because every
 * locustfile imports `mod.ts` and none of them needs it.
 */
import { setImmediate } from "node:timers";
import { LocustError } from "../base/errors.ts";
import { describeKind } from "../base/given_text.ts";
import { encodeMessage, MessageListeners } from "../control/custom_messages.ts";
import type { RunEvent } from "../master/run_event.ts";
import { provideLoneMaster } from "../user/cluster/lone_master.ts";
import { Environment, provideLocalRunner } from "../user/environment.ts";
import type {
  CustomMessage,
  ProgramRunner,
  RunnerState,
  RunSummary,
  StartOptions,
  WorkerView,
} from "../user/runner_facade.ts";
import { refuseRunnerNames } from "../user/runner_names.ts";
import { EMPTY_STATS, type StatsView, viewStats } from "../user/stats_view.ts";
import type { LocalLoad } from "./local_load.ts";
import { openLoneMaster } from "./lone_master.ts";

/**
 * Runs the users of an environment in this process.
 *
 * @example
 * ```ts
 * const environment = new Environment({ userClasses: [Shopper], host: "http://localhost:8000" });
 * await using runner = createLocalRunner(environment);
 * await runner.start(10, 5); // users, users per second
 * setTimeout(() => runner.stop(), 10_000);
 * await runner.whenStopped();
 * console.log(runner.stats.total.numRequests);
 * ```
 * @throws LocustError if the environment has a runner already, or is none.
 */
export function createLocalRunner(environment: Environment): LocalRunner {
  checkEnvironment(environment);
  if (environment.runner !== undefined) {
    throw new LocustError("Cannot create a runner: the environment has one; make a new environment, or use that one");
  }
  const runner = new LocalRunner(environment);
  environment.runner = runner;
  return runner;
}

/** @throws LocustError for what is no Environment */
function checkEnvironment(environment: unknown): void {
  if (environment instanceof Environment) return;
  throw new LocustError(
    "Cannot create a runner: its argument is not an Environment of this copy of locust-ts; " +
      "pass new Environment({ userClasses: […] })",
  );
}

provideLocalRunner(createLocalRunner); // behind `environment.createLocalRunner()`
provideLoneMaster(openLoneMaster); // behind `runSingleUser()`

/** The runner of a program of its own: at once master and worker. */
export class LocalRunner implements ProgramRunner {
  readonly role = "master";
  readonly clientId = "local";
  readonly workerIndex = 0;
  readonly threadIndex = 0;
  readonly threads = 1;
  readonly workerCount = 1;
  readonly environment: Environment;
  readonly #listeners = new MessageListeners();
  #opening: Promise<LocalLoad> | undefined;
  #load: LocalLoad | undefined;
  #stats: StatsView = EMPTY_STATS;
  #starting: Promise<void> | undefined;
  #stopped: Promise<RunSummary> | undefined;
  #hasQuit = false;

  /** @internal */
  constructor(environment: Environment) {
    checkEnvironment(environment);
    this.environment = environment;
  }

  get state(): RunnerState {
    return this.#load?.state ?? "ready";
  }

  /** Users that run now. */
  get userCount(): number {
    return this.#load?.userCount ?? 0;
  }

  get targetUserCount(): number {
    return this.#load?.targetUserCount ?? 0;
  }

  /** The latest reading, once a second; complete when `stop()` has resolved. A new run begins with zeros. */
  get stats(): StatsView {
    return this.#stats;
  }

  get workers(): readonly WorkerView[] {
    return [{ id: this.clientId, state: this.state, users: this.userCount }];
  }

  /**
   * Starts a run, or changes the one that is on: users wanted, users per second. Resolves when listeners of `testStart` have
   * ended and the first users are on their way.
   *
   * @throws UsageError with everything that is wrong with the user classes
   */
  async start(userCount: number, spawnRate: number, options: StartOptions = {}): Promise<void> {
    checkTarget(userCount, spawnRate);
    const only = readClasses(options)?.map((userClass) => userClass.name);
    const load = await this.#open();
    await this.#starting; // a start that is under way: this one changes its run
    if (load.isRunning) return load.change(userCount, spawnRate, only);
    await this.#begin(load, { kind: "users", users: userCount, spawnRate }, only);
  }

  /** Starts a run that follows `environment.shapeClass`, and ends when the shape does. */
  async startShape(): Promise<void> {
    const { shapeClass } = this.environment;
    if (shapeClass === undefined) {
      throw new LocustError("Cannot start a shape: the environment has none; give it one as shapeClass");
    }
    const load = await this.#open();
    if (load.isRunning) throw new LocustError("Cannot start a shape: a run is in progress; stop it first");
    await this.#begin(load, { kind: "shape", shape: shapeClass.constructor.name }, undefined);
  }

  /** Ends the run: requests in flight are finished and counted, `testStop` listeners have ended when it resolves. */
  async stop(): Promise<void> {
    this.#load?.stop();
    await this.#starting;
    await this.#stopped;
  }

  /** Resolves when the run has ended, for whatever reason. Rejects when it could not do what was asked of it. */
  async whenStopped(): Promise<RunSummary> {
    if (this.#stopped === undefined) throw new LocustError("Cannot wait for a run: none was started");
    return await this.#stopped;
  }

  /** Ends the run if one is on, fires `quitting` and `quit`, and lets everything go. The runner cannot be used again. */
  async quit(): Promise<void> {
    if (this.#hasQuit) return;
    this.#hasQuit = true;
    const load = await this.#opening?.catch(() => undefined); // its starter gets the error
    load?.stop();
    await this.#starting; // a user that quits in its first task is ahead of it
    await this.#stopped?.catch(() => {}); // as well
    await load?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
  }

  /** To the listeners of this process: it is master and worker. */
  sendMessage(type: string, data?: unknown): void {
    const sent = encodeMessage(type, data); // as on its way between machines
    setImmediate(() => this.#listeners.deliver({ ...sent, workerId: this.clientId }, this.environment));
  }

  registerMessage(type: string, listener: (message: CustomMessage) => unknown): void {
    this.#listeners.add(type, listener);
  }

  #open(): Promise<LocalLoad> {
    if (this.#hasQuit) throw new LocustError("Cannot start: the runner has quit; create a new environment and runner");
    return this.#opening ??= this.#openOnce().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
  }

  async #openOnce(): Promise<LocalLoad> {
    const { openLocalLoad } = await import("./local_load.ts");
    return this.#load = await openLocalLoad(this.environment, {
      event: (event) => this.#follow(event),
      quit: () => void this.quit(),
      start: (users, spawnRate) => void this.start(users, spawnRate),
    });
  }

  async #begin(load: LocalLoad, wanted: Parameters<LocalLoad["begin"]>[0], only: readonly string[] | undefined) {
    this.#stats = EMPTY_STATS;
    const beginning = load.begin(wanted, only);
    this.#starting = beginning.then(() => {}, () => {}); // its caller gets the error
    const begun = await beginning;
    this.#stopped = begun.ended;
    this.#stopped.catch(() => {}); // reported to those who wait for it
  }

  #follow(event: RunEvent): void {
    if (event.kind === "ticked" || event.kind === "runEnded") this.#stats = viewStats(event.snapshot);
    else if (event.kind === "statsReset") this.#stats = EMPTY_STATS;
  }
}

/** The classes that are to run alone. @throws LocustError for options that there are not */
function readClasses(options: StartOptions): StartOptions["userClasses"] {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new LocustError(
      `Cannot start users: the options are ${describeKind(options)}; pass { userClasses: [Shopper] }`,
    );
  }
  const { userClasses } = options;
  if (userClasses === undefined || Array.isArray(userClasses)) return userClasses;
  throw new LocustError(
    `Cannot start users: userClasses is ${describeKind(userClasses)}; pass a list, as in { userClasses: [Shopper] }`,
  );
}

function checkTarget(userCount: number, spawnRate: number): void {
  if (!Number.isInteger(userCount) || userCount < 0) {
    throw new LocustError(`Cannot start ${userCount} users: it is not a whole number of 0 or more`);
  }
  if (!(spawnRate > 0 && Number.isFinite(spawnRate))) {
    throw new LocustError(`Cannot start users at ${spawnRate} per second: it is not a number above 0`);
  }
}

refuseRunnerNames(LocalRunner.prototype);
