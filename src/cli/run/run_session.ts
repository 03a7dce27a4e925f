/**
 * One run of one locustfile: master, workers, control thread and reports wired together and seen through from the first warning to
 * the exit code, with what user code may ask of it from the control thread. Who made the parts closes them.
 */
import { basename } from "node:path";
import { LocustError } from "../../base/errors.ts";
import { type Logger, PRINTED } from "../../base/logger.ts";
import type { ControlThread } from "../../control/control_thread.ts";
import { LOCAL_WORKER_ID } from "../../protocol/worker_message.ts";
import { createProcessMeter } from "../../platform/process_stats.ts";
import { createLogDeduplicator } from "../../worker/log_deduplicator.ts";
import { Master } from "../../master/master.ts";
import { deliverUserMessage, type MessageSource, type UserMessageOutlets } from "../../master/deliver_user_message.ts";
import type { ControlUserMessage, UserLogMessage } from "../../protocol/user_message.ts";
import type { StopReason } from "../../master/run_event.ts";
import type { Run } from "../../master/run.ts";
import type { RunOutcome } from "../../master/run_dependencies.ts";
import { EXIT_NO_WORKERS, exitCodeOf } from "../exit_code.ts";
import type { Interrupt } from "../terminal/interrupt.ts";
import { changedTarget, KEY_SPAWN_RATE, keyLegend, listenForKeys } from "../terminal/keyboard.ts";
import type { LoadPart, LoadPartInput } from "./load_part.ts";
import type { Logging } from "../terminal/logging.ts";
import { describeFileLimit, readFileLimit } from "../terminal/open_file_limit.ts";
import type { ProcessDeps } from "../process_deps.ts";
import { recoverFor } from "../verbs/recover_run.ts";
import { createRunSettings } from "./run_plan.ts";
import { openRunReports, type RunReports } from "./run_reports.ts";
import { watchUsage } from "../terminal/usage_watch.ts";
import type { FinishedRequest, RunRequest } from "./run_request.ts";

/** Listeners of `init` and `quitting`, setup and teardown. */
const HOOK_MS = 5 * 60_000;
const SEED_LIMIT = 2 ** 32;

export interface SessionParts {
  readonly request: RunRequest;
  readonly deps: ProcessDeps;
  readonly logging: Logging;
  readonly interrupt: Interrupt;
  readonly control: ControlThread;
}

/** Gets ready what the load comes from; `init` listeners have ended when `init` resolves. */
export type OpenLoadPart = (input: LoadPartInput, init: Promise<unknown>) => Promise<LoadPart>;

/** One run of one locustfile, with what user code may ask of it from the control thread. */
export class RunSession {
  readonly #parts: SessionParts;
  readonly #logger: Logger;
  #master: Master | undefined;
  #run: Run | undefined;
  #teardown: Promise<unknown> | undefined;
  readonly #deduplicator = createLogDeduplicator();
  #early: StopReason | undefined;
  #internalFailures = 0;
  readonly #outlets: UserMessageOutlets = {
    log: (line, source) => this.#log(line, source),
    customToWorkers: ({ type, data, workerId }) => this.#master?.sendCustom(type, data, workerId),
    customToControl: ({ type, data }, workerId) => this.#master?.deliverCustom(type, data, workerId),
    report: (data, workerId) => this.#master?.deliverReport(data, workerId),
    stop: (reason) => this.#stop(reason),
    listenerFailed: ({ times }) => this.#countListenerFailures(times),
    changeUsers: (users, spawnRate) => this.#run?.setTarget(users, spawnRate),
  };

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#logger = parts.logging.named("locust.main");
  }

  async run(finished: FinishedRequest, openPart: OpenLoadPart): Promise<number> {
    const { options, selection, classSettings, knownClasses } = finished;
    const { deps, logging, control, request } = this.#parts;
    await using reports = await openRunReports({
      options,
      deps,
      logging,
      logger: logging.named("locust.runners"),
      details: () => this.#run?.details() ?? [],
    });
    this.#logger.info(`Starting Locust ${deps.version} (locust-ts)`);
    for (const warning of [...options.notices, ...selection.warnings]) this.#logger.warning(warning);
    const fileWarning = describeFileLimit(options.users, readFileLimit());
    if (fileWarning !== undefined) this.#logger.warning(fileWarning);

    const userClasses = selection.userClasses.map((each) => each.name);
    const recovered = await recoverFor(options, userClasses);
    const init = control.ask({
      kind: "init",
      options: options.parsedOptions,
      ...(options.host === undefined ? {} : { host: options.host }),
      userClasses,
      ...(selection.shape === undefined ? {} : { shape: selection.shape }),
      ...(options.stages === undefined ? {} : { stages: options.stages }),
      mode: options.role === "master" ? "master" : "local",
    }, HOOK_MS);
    await using part = await openPart(
      { options, files: request.files, userClasses, knownClasses, deps, logging, deduplicator: this.#deduplicator },
      init,
    );
    const master = this.#master = new Master({
      clock: deps.clock,
      logger: logging.named("locust.runners"),
      control,
      locustfile: part.locustfile,
      ...(part.journal === undefined ? {} : { journal: part.journal }),
      events: reports.sink,
      onUserMessage: (message, source) => this.hear(message, source),
    });
    master.start();
    using _usage = watchUsage({
      clock: deps.clock,
      meter: createProcessMeter({ threads: options.processes ?? deps.cores, nowMs: () => deps.clock.nowMs() }),
      tell: (name, fields) => void control.ask({ kind: "event", name, fields }, HOOK_MS).catch(() => {}), // told by the run itself
    });
    let shared: unknown = recovered?.settings.plan.shared ?? null;
    try {
      if (recovered !== undefined) {
        this.#run = await master.resumeRun(recovered);
        await part.join(master);
        return await this.#seeToEnd(this.#run, { finished, part, reports, shared });
      }
      await part.join(master);
      shared = await control.ask({ kind: "runSetup" }, HOOK_MS);
      if (!await this.#waitForWorkers(master, part)) return EXIT_NO_WORKERS;
      const settings = createRunSettings({
        options,
        selection,
        classSettings,
        shared,
        runId: deps.createId(),
        freshSeed: Number.parseInt(deps.createId().slice(0, 8), 16) % SEED_LIMIT,
        locustfile: basename(request.files[0] ?? ""),
        version: deps.version,
      });
      const run = this.#run = await master.startRun({ ...settings, stopped: () => this.#stoppedEarly() });
      return await this.#seeToEnd(run, { finished, part, reports, shared });
    } finally {
      await this.#tearDown(shared);
      master.close("the run is over");
    }
  }

  /** False when too few came in time, or somebody does not want to wait any longer. */
  async #waitForWorkers(master: Master, part: LoadPart): Promise<boolean> {
    const { interrupt, request } = this.#parts;
    if (request.options.role === "local") return await master.waitForWorkers(1, Infinity, interrupt.leave);
    this.#logger.info(
      `Waiting for workers to be ready, ${master.roster.readyCount} of ${part.expectWorkers} connected`,
    );
    const { drain } = interrupt;
    const signal = part.hopeless === undefined ? drain : AbortSignal.any([drain, part.hopeless]);
    if (await master.waitForWorkers(part.expectWorkers, part.maxWaitMs, signal)) return true;
    if (!drain.aborted) this.#logger.error("Gave up waiting for workers to connect");
    return false;
  }

  hear(message: ControlUserMessage, source: MessageSource): void {
    deliverUserMessage(message, source, this.#outlets);
  }

  /** User code may ask for the end while the run is still being prepared. */
  #stop(reason: StopReason): void {
    this.#early ??= reason;
    this.#run?.stop(reason);
  }

  #stoppedEarly(): StopReason | undefined {
    const { drain, signal } = this.#parts.interrupt;
    return drain.aborted ? { kind: "interrupted", signal: signal ?? "SIGINT" } : this.#early;
  }

  controlFailed(problem: string): void {
    this.#logger.critical(`The control thread died: ${problem}`);
    this.#run?.stop({ kind: "failed", problem: `the control thread died: ${problem}` });
  }

  /** The run to its exit code, which also says whether all that was asked for has been written. */
  async #seeToEnd(
    run: Run,
    { finished, part, reports, shared }: {
      readonly finished: FinishedRequest;
      readonly part: LoadPart;
      readonly reports: RunReports;
      readonly shared: unknown;
    },
  ): Promise<number> {
    const outcome = await this.#seeThrough(run);
    await part.journal?.flush();
    await this.#tearDown(shared); // before the exit code, which counts its failure, and before "quit", which is the last word
    await reports.settle();
    const exitCode = await this.#finish(finished, outcome, {
      failed: reports.failed || part.journal?.failure !== undefined,
      conclude: () => reports.conclude(),
    });
    part.tellExitCode(exitCode);
    return exitCode;
  }

  /** Once, whatever became of the run; a setup that failed may have left something too. */
  #tearDown(shared: unknown): Promise<unknown> {
    return this.#teardown ??= this.#parts.control.ask({ kind: "runTeardown", shared }, HOOK_MS).catch((error) =>
      this.#fail(error)
    );
  }

  /** Signals and keys while the run goes on. */
  async #seeThrough(run: Run): Promise<RunOutcome> {
    const { interrupt, deps } = this.#parts;
    const drain = () => {
      const signal = interrupt.signal ?? "SIGINT";
      const advice = signal === "SIGINT" ? "; press Ctrl-C again to leave at once" : "";
      const news = signal === "SIGINT" ? "Exiting due to CTRL+C interruption" : "Got SIGTERM signal";
      this.#logger.info(`${news}: finishing the requests in flight${advice}`);
      run.stop({ kind: "interrupted", signal });
    };
    interrupt.drain.addEventListener("abort", drain);
    if (interrupt.drain.aborted) drain();
    using keys = listenForKeys(deps.stdin, (command) => {
      if (command.kind === "interrupt") return deps.raise("SIGINT");
      if (command.kind === "openWebUi") return;
      if (run.state === "spawning") return this.#logger.warning("Spawning users, can't change the number of users now");
      const users = run.snapshot().userCount;
      run.setTarget(changedTarget(users, command.by), KEY_SPAWN_RATE);
    });
    if (keys !== undefined) this.#logger.info(`Keys: ${keyLegend("headless")}`);
    const outcome = await run.ended;
    interrupt.drain.removeEventListener("abort", drain);
    return outcome;
  }

  /** Locust's order: `quitting`, the exit code, the tables, `quit`. Who does not want to wait for listeners gets the tables, too. */
  async #finish(
    finished: FinishedRequest,
    outcome: RunOutcome,
    reports: Pick<RunReports, "failed" | "conclude">,
  ): Promise<number> {
    const { control, interrupt } = this.#parts;
    interrupt.leave.addEventListener("abort", reports.conclude, { once: true });
    const processExitCode = await control.ask({ kind: "quitting" }, HOOK_MS).catch((error) => this.#fail(error));
    const exitCode = exitCodeOf({
      processExitCode: processExitCode ?? null,
      failures: outcome.snapshot.total.failures,
      exceptions: outcome.snapshot.exceptions.reduce((sum, each) => sum + each.count, 0),
      exitCodeOnError: finished.options.exitCodeOnError,
      reason: outcome.reason.kind,
      verdict: outcome.verdict.kind,
      thresholdsCrossed: 0,
      internalFailures: this.#internalFailures + (reports.failed ? 1 : 0),
      ...(interrupt.leave.aborted && interrupt.signal !== undefined ? { cutShortBy: interrupt.signal } : {}),
    });
    this.#logger.info(`Shutting down (exit code ${exitCode})`);
    reports.conclude();
    await control.ask({ kind: "quit", exitCode }, HOOK_MS).catch((error) => this.#fail(error));
    return exitCode;
  }

  /**
   * Whether a line of a worker is shown here too. A local worker writes its own lines, one that we have started does to the same
   * standard error, but its standard output is closed. What any other prints is on its own standard output, and only there.
   */
  #relays(workerId: string, level: string): boolean {
    const { request: { options }, deps } = this.#parts;
    if (workerId === LOCAL_WORKER_ID) return false;
    const isOurs = options.workers > 0 && workerId.startsWith(`${deps.hostName}_`);
    return level === PRINTED ? isOurs : !isOurs || options.logFile !== undefined;
  }

  #log(line: UserLogMessage, source: MessageSource): void {
    if (source.kind === "worker" && !this.#relays(source.id, line.level)) return;
    if (line.during === "load" && !this.#deduplicator.isNew("control", line.message)) return;
    this.#parts.logging.relay(line);
  }

  #countListenerFailures(times: number): void {
    this.#internalFailures += times;
    this.#run?.observeListenerFailures(times);
  }

  #fail(error: unknown): null {
    this.#internalFailures++;
    this.#logger.error(error instanceof LocustError ? error.message : String(error));
    return null;
  }
}
