/**
 * The order of a test, for every way of running one (terminal, library, `--once`, cluster): load → init, then for each
 * run runSetup → testStart → load → testStopping → testStop → runTeardown, and at the end quitting → quit. Calls the
 * control thread and knows neither workers nor outputs.
 *
 * Invariant: a run that began `runSetup` gets one `runTeardown`, whatever became of it.
 */
import type { Clock } from "../base/clock.ts";
import { LocustError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { ControlThread } from "../control/control_thread.ts";
import { ControlClient } from "../master/control_client.ts";
import type { ControlRequest } from "../protocol/control_message.ts";
import type { WebUiDescription } from "../protocol/web_ui_message.ts";
import type { LocustfileDescription } from "../protocol/locustfile_description.ts";

/** A locustfile may fetch its data while it is imported. */
const LOAD_MS = 60_000;
/** Listeners of `init`, `runSetup`, `runTeardown`, `quitting` and `quit`. They may create and delete test data. */
const HOOK_MS = 5 * 60_000;
/** Listeners that a run waits for longer than this are a line in the log. */
const REMARKABLE_WAIT_MS = 2000;

export type InitRequest = Extract<ControlRequest, { kind: "init" }>;

/** The load of one run, between its hooks. */
export interface RunLoad<Result> {
  /** Listeners of `testStart` in the control thread have ended: users may start. Resolves when they do. */
  begin(): void | Promise<void>;
  /** Resolves when the run is asked to end, or has ended by itself. */
  readonly stopping: Promise<unknown>;
  /** Resolves when no user runs and all numbers have arrived. */
  readonly drained: Promise<unknown>;
  /** Listeners of `testStop` have ended: makes the outcome of the run. */
  conclude(): Result | Promise<Result>;
}

/** @throws {UsageError} with everything that is wrong with the locustfile */
export function loadLocustfile(
  control: ControlThread,
  files: readonly string[],
  logLevel: string,
): Promise<LocustfileDescription> {
  return control.ask({ kind: "load", source: { files }, logLevel }, LOAD_MS);
}

export interface LifecycleOptions {
  readonly control: ControlThread;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class TestLifecycle {
  readonly #control: ControlThread;
  readonly #client: ControlClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #failures = 0;

  constructor({ control, clock, logger }: LifecycleOptions) {
    this.#control = control;
    this.#clock = clock;
    this.#client = new ControlClient({ control, logger });
    this.#logger = logger;
  }

  /** Hooks that failed after a run had begun. They are in the log. */
  get failures(): number {
    return this.#failures;
  }

  /** @throws {UsageError} with everything that is wrong with the locustfile */
  load(files: readonly string[], logLevel: string): Promise<LocustfileDescription> {
    return loadLocustfile(this.#control, files, logLevel);
  }

  /** Once in a test, before its first run. Resolves to what the locustfile adds to the web UI, null where there is none. */
  async init(request: Omit<InitRequest, "kind">): Promise<WebUiDescription | null> {
    return await this.#control.ask({ kind: "init", ...request }, HOOK_MS);
  }

  /**
   * Starts a run. Resolves when its load has begun, with the outcome to come. `prepare` gets what `runSetup` returned;
   * when it rejects, the run is over. `resumed`: the run began in an earlier process, and `runSetup` with it.
   */
  async start<Result>(
    prepare: (shared: unknown) => Promise<RunLoad<Result>>,
    resumed?: { readonly shared: unknown },
  ): Promise<{ readonly ended: Promise<Result> }> {
    let shared: unknown = resumed?.shared ?? null;
    try {
      if (resumed === undefined) shared = await this.#control.ask({ kind: "runSetup" }, HOOK_MS);
      const load = await prepare(shared);
      await this.#fireInTurn("testStart");
      await load.begin();
      return { ended: this.#seeThrough(load, shared) };
    } catch (error) {
      await this.#tearDown(shared);
      throw error;
    }
  }

  /** A message of user code in a thread, to its listeners in the control thread. Never rejects. */
  deliver(message: Extract<ControlRequest, { kind: "custom" }>): Promise<void> {
    return this.#client.fire(message);
  }

  /** The end of the test: `quitting`, the exit code that `decide` makes of `environment.processExitCode`, and `quit`. */
  async quit(decide: (processExitCode: number | null) => number): Promise<number> {
    const processExitCode = await this.#attempt(this.#control.ask({ kind: "quitting" }, HOOK_MS));
    const exitCode = decide(processExitCode ?? null);
    await this.#attempt(this.#control.ask({ kind: "quit", exitCode }, HOOK_MS));
    return exitCode;
  }

  async #seeThrough<Result>(load: RunLoad<Result>, shared: unknown): Promise<Result> {
    try {
      await Promise.race([load.stopping, load.drained]);
      const testStopping = this.#client.fire({ kind: "testStopping" }); // the users end meanwhile
      await load.drained;
      await testStopping;
      await this.#fireInTurn("testStop");
      return await load.conclude();
    } finally {
      await this.#tearDown(shared);
    }
  }

  /** Calls listeners that the run waits for. */
  async #fireInTurn(kind: "testStart" | "testStop"): Promise<void> {
    const hint = this.#clock.schedule(
      REMARKABLE_WAIT_MS,
      () => this.#logger.info(`Waiting for listeners of ${kind} to end`),
    );
    await this.#client.fire({ kind });
    hint.cancel();
  }

  async #tearDown(shared: unknown): Promise<void> {
    await this.#attempt(this.#control.ask({ kind: "runTeardown", shared }, HOOK_MS));
  }

  /** The test continues in its order when a hook fails. */
  async #attempt<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await asked;
    } catch (error) {
      this.#failures++;
      this.#logger.error(error instanceof LocustError ? error.message : String(error));
      return undefined;
    }
  }
}
