/**
 * One run in a terminal, local or as a master: outputs, signals and keys around a `TestSession`, from the first warning to the exit
 * code. The caller starts the threads.
 */
import { basename } from "node:path";
import { LocustError } from "../../base/errors.ts";
import { type Logger, PRINTED } from "../../base/logger.ts";
import { seedFromId } from "../../base/random.ts";
import type { Journal } from "../../master/journal.ts";
import type { Run } from "../../master/run.ts";
import type { RunOutcome, StopReason } from "../../master/run_event.ts";
import { createProcessMeter } from "../../platform/process_stats.ts";
import { runtimeVersion } from "../../platform/runtime.ts";
import { LOCAL_WORKER_ID } from "../../protocol/worker_message.ts";
import { createRunLog } from "../../report/run_log.ts";
import type { LoadSource } from "../../session/load_source.ts";
import { openLocalLoad } from "../../session/local_load.ts";
import { NO_WORKERS, type SessionReceiver, type TestRun, TestSession } from "../../session/test_session.ts";
import { createLogDeduplicator } from "../../worker/log_deduplicator.ts";
import type { ThreadHandle } from "../../worker/thread_handle.ts";
import { EXIT_NO_WORKERS, exitCodeOf } from "../exit_code.ts";
import type { ProcessDeps } from "../process_deps.ts";
import type { Interrupt } from "../terminal/interrupt.ts";
import { changedTarget, KEY_SPAWN_RATE, keyLegend, listenForKeys } from "../terminal/keyboard.ts";
import type { Logging } from "../terminal/logging.ts";
import { describeFileLimit, readFileLimit } from "../terminal/open_file_limit.ts";
import { watchUsage } from "../terminal/usage_watch.ts";
import { openClusterLoad } from "./cluster_load.ts";
import { openJournalFor } from "./journal_file.ts";
import { describeFixedOptions, recoverFor } from "./recover_run.ts";
import { createRunSettings } from "./run_plan.ts";
import { openRunReports, type RunReports } from "./run_reports.ts";
import type { FinishedRequest, RunRequest } from "./run_request.ts";

export interface TerminalRunParts {
  readonly request: RunRequest;
  readonly deps: ProcessDeps;
  readonly logging: Logging;
  readonly interrupt: Interrupt;
  /** Of a local run; none for a master. */
  readonly handles: readonly ThreadHandle[];
}

export class TerminalRun {
  readonly #parts: TerminalRunParts;
  readonly #logger: Logger;
  readonly #session: TestSession;
  readonly #deduplicator = createLogDeduplicator();

  constructor(parts: TerminalRunParts) {
    this.#parts = parts;
    const { deps, logging } = parts;
    this.#logger = logging.named("locust.main");
    this.#session = new TestSession({
      clock: deps.clock,
      logger: this.#logger,
      runnersLogger: logging.named("locust.runners"),
      controlEntry: deps.controlEntry,
      startThread: deps.startThread,
      receiver: this.#receiver(),
    });
  }

  /** Starts the control thread, which gets ready meanwhile. */
  start(): void {
    this.#session.start();
  }

  /** Resolves to the exit code; rejects with what makes the run impossible. */
  async run(): Promise<number> {
    const { deps, logging, request } = this.#parts;
    const finished = request.finish(await this.#session.load(request.files, request.options.logLevel));
    const { options, selection } = finished;
    await using reports = await openRunReports({
      options,
      deps,
      logging,
      logger: logging.named("locust.runners"),
      details: () => this.#session.run?.details() ?? [],
    });
    this.#logger.info(`Starting Locust ${deps.version} (locust-ts)`);
    this.#warn(finished);
    const userClasses = selection.userClasses.map((each) => each.name);
    const recovered = await recoverFor(options, userClasses);
    const fixed = recovered === undefined ? [] : describeFixedOptions(recovered.settings, options);
    for (const sentence of fixed) this.#logger.warning(sentence);
    const journal = await openJournalFor(options, deps, this.#logger);
    try {
      await this.#session.open({
        options: options.parsedOptions,
        ...(options.host === undefined ? {} : { host: options.host }),
        userClasses,
        ...(selection.shape === undefined ? {} : { shape: selection.shape }),
        ...(options.stages === undefined ? {} : { stages: options.stages }),
        mode: options.role === "master" ? "master" : "local",
      }, (init) => this.#openSource(finished, init));
      using _usage = watchUsage({
        clock: deps.clock,
        meter: createProcessMeter({ threads: options.processes ?? deps.cores, nowMs: () => deps.clock.nowMs() }),
        tell: (name, fields) => this.#session.fire(name, fields),
      });
      const inputs = {
        outputs: reports.sink,
        journal,
        interrupt: this.#parts.interrupt.drain,
        interruptedBy: () => this.#interrupted(),
      };
      const testRun = recovered === undefined
        ? await this.#session.startRun((shared) => this.#plan(finished, shared), inputs)
        : await this.#session.resumeRun(recovered, inputs);
      const outcome = await this.#seeThrough(testRun);
      await reports.settle();
      return await this.#finish(finished, outcome, reports, journal);
    } catch (error) {
      if (!(error instanceof LocustError) || error.code !== NO_WORKERS) throw error;
      if (!this.#parts.interrupt.drain.aborted) this.#logger.error(error.message);
      return await this.#session.quit((processExitCode) => processExitCode ?? EXIT_NO_WORKERS);
    } finally {
      await this.#session[Symbol.asyncDispose]();
      await journal?.close();
    }
  }

  /** Ends the control thread at once, whatever it does. */
  terminate(): void {
    this.#session.terminate();
  }

  #warn({ options, selection }: FinishedRequest): void {
    for (const warning of [...options.notices, ...selection.warnings]) this.#logger.warning(warning);
    const fileWarning = describeFileLimit(options.users, readFileLimit());
    if (fileWarning !== undefined) this.#logger.warning(fileWarning);
  }

  async #openSource(
    { options, selection, knownClasses }: FinishedRequest,
    init: Promise<void>,
  ): Promise<LoadSource> {
    const { request: { files }, deps, logging, handles } = this.#parts;
    const userClasses = selection.userClasses.map((each) => each.name);
    if (options.role === "master") {
      await init; // before the locustfile leaves this machine
      return await openClusterLoad({ options, files, userClasses, knownClasses, deps, logging });
    }
    return await openLocalLoad({
      handles,
      files,
      userClasses,
      options: options.parsedOptions,
      logLevel: options.logLevel,
      logger: logging.named("locust.runners"),
      clock: deps.clock,
      hostName: deps.hostName,
      version: deps.version,
      onLog: (line) => logging.relay(line),
      deduplicator: this.#deduplicator,
    });
  }

  #plan({ options, selection, classSettings, thresholds }: FinishedRequest, shared: unknown) {
    const { deps, request } = this.#parts;
    return createRunSettings({
      options,
      selection,
      classSettings,
      shared,
      thresholds,
      runId: deps.createId(),
      freshSeed: seedFromId(deps.createId()),
      locustfile: basename(request.files[0] ?? ""),
      version: deps.version,
      runtime: runtimeVersion(),
      command: { files: request.files, folder: deps.cwd, userClasses: options.userClasses },
    });
  }

  #interrupted(): StopReason {
    return { kind: "interrupted", signal: this.#parts.interrupt.signal ?? "SIGINT" };
  }

  /** Signals and keys until the run has ended. */
  async #seeThrough({ run, ended }: TestRun): Promise<RunOutcome> {
    const { interrupt } = this.#parts;
    const drain = () => {
      const signal = interrupt.signal ?? "SIGINT";
      const advice = signal === "SIGINT" ? "; press Ctrl-C again to leave at once" : "";
      const cause = signal === "SIGINT" ? "Exiting due to CTRL+C interruption" : "Got SIGTERM signal";
      this.#logger.info(`${cause}: finishing the requests in flight${advice}`);
      run.stop(this.#interrupted());
    };
    interrupt.drain.addEventListener("abort", drain);
    if (interrupt.drain.aborted) drain();
    using keys = this.#listenForKeys(run);
    if (keys !== undefined) this.#logger.info(`Keys: ${keyLegend("headless")}`);
    try {
      return await ended;
    } finally {
      interrupt.drain.removeEventListener("abort", drain);
    }
  }

  #listenForKeys(run: Run): Disposable | undefined {
    const { deps } = this.#parts;
    return listenForKeys(deps.stdin, (command) => {
      if (command.kind === "interrupt") return deps.raise("SIGINT");
      if (command.kind === "openWebUi") return;
      if (run.state === "spawning") return this.#logger.warning("Spawning users, can't change the number of users now");
      run.setTarget(changedTarget(run.snapshot().userCount, command.by), KEY_SPAWN_RATE);
    });
  }

  /** Locust's order: `quitting`, the exit code, the tables, `quit`. A second signal shows the tables at once. */
  async #finish(
    { options }: FinishedRequest,
    outcome: RunOutcome,
    reports: RunReports,
    journal: Journal | undefined,
  ): Promise<number> {
    const { interrupt } = this.#parts;
    const conclude = () => reports.conclude();
    interrupt.leave.addEventListener("abort", conclude, { once: true });
    return await this.#session.quit((processExitCode) => {
      const isIncomplete = () => reports.failed || journal?.failure !== undefined;
      const decide = () =>
        exitCodeOf({
          processExitCode,
          failures: outcome.snapshot.total.failures,
          exceptions: outcome.snapshot.exceptions.reduce((sum, each) => sum + each.count, 0),
          exitCodeOnError: options.exitCodeOnError,
          reason: outcome.reason.kind,
          verdict: outcome.verdict.kind,
          thresholdsBroken: outcome.thresholds?.filter(({ state }) => state === "broken").length ?? 0,
          internalFailures: this.#session.failures + (isIncomplete() ? 1 : 0),
          ...(interrupt.leave.aborted && interrupt.signal !== undefined ? { cutShortBy: interrupt.signal } : {}),
        });
      // The files that state the exit code are written now: one that cannot be written changes it.
      reports.sink({ kind: "exitCodeDecided", exitCode: decide() });
      const exitCode = decide();
      journal?.record({ kind: "exitCodeDecided", exitCode });
      this.#logger.info(`Shutting down (exit code ${exitCode})`);
      conclude();
      return exitCode;
    });
  }

  #receiver(): SessionReceiver {
    const { logging } = this.#parts;
    return {
      event: createRunLog({ main: this.#logger, runners: logging.named("locust.runners") }),
      log: (line, source) => {
        if (source.kind === "worker" && !this.#relays(source.id, line.level)) return;
        if (line.during === "load" && !this.#deduplicator.isNew("control", line.message)) return;
        logging.relay(source.kind === "worker" ? { ...line, node: `worker ${source.id}` } : line);
      },
    };
  }

  /**
   * Whether a line of a worker is shown here too. A local worker writes its own lines. One that this process has started writes to
   * the same standard error, but its standard output is closed. Any other prints on its own standard output only.
   */
  #relays(workerId: string, level: string): boolean {
    const { request: { options }, deps } = this.#parts;
    if (workerId === LOCAL_WORKER_ID) return false;
    const isOurs = options.workers > 0 && workerId.startsWith(`${deps.hostName}_`);
    return level === PRINTED ? isOurs : !isOurs || options.logFile !== undefined;
  }
}
