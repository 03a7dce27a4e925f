/**
 * The part that a run in a terminal and runs from the web UI have in common: the test session of this process with its
 * load source, log lines of user code, the settings of a run, and its exit code.
 */
import { basename } from "node:path";
import { PRINTED } from "../../../base/logger.ts";
import { seedFromId } from "../../../base/random.ts";
import type { StartControl } from "../../../control/control_thread.ts";
import type { RunEventSink, RunOutcome } from "../../../master/run_event.ts";
import { DEFAULT_MAX_USERS } from "../../../master/arrivals/plan_arrivals.ts";
import type { RunSettings } from "../../../master/run_settings.ts";
import { CompilerThreads } from "../../../platform/threads/compiler_threads.ts";
import { openMachineClock } from "../../../platform/machine/machine_clock.ts";
import { createProcessMeter } from "../../../platform/machine/process_stats.ts";
import { runtimeVersion } from "../../../platform/runtime.ts";
import type { WebUiDescription } from "../../../protocol/web_ui_message.ts";
import { LOCAL_WORKER_ID } from "../../../protocol/worker_message.ts";
import { createRunLog } from "../../../report/run_log.ts";
import type { LoadSource } from "../../../session/load_source.ts";
import { openLocalLoad } from "../../../session/local_load.ts";
import { type RunConfiguration, type SessionReceiver, TestSession } from "../../../session/test_session.ts";
import { createLogDeduplicator } from "../../../worker/pool/log_deduplicator.ts";
import type { ThreadHandle } from "../../../worker/pool/thread_handle.ts";
import { exitCodeOf } from "../../terminal/exit_code.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import type { Selection } from "../../options/selection/selection.ts";
import { findCalibratedRate } from "../../calibration/find_calibrated_rate.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import type { Interrupt } from "../../terminal/interrupt.ts";
import type { Logging } from "../../terminal/logging.ts";
import { describeFileLimit, readFileLimit } from "../../terminal/open_file_limit.ts";
import { watchUsage } from "../../terminal/usage_watch.ts";
import { readOtelSettings } from "../../../report/exports/otel/otel_settings.ts";
import { createRunSettings } from "./run_plan.ts";
import type { FinishedRequest, RunRequest } from "./run_request.ts";

export interface RunSessionParts {
  readonly request: RunRequest;
  readonly deps: ProcessDeps;
  readonly logging: Logging;
  readonly startControl: StartControl;
  /** Of a local run; none for a master. */
  readonly handles: readonly ThreadHandle[];
}

/** What else wants to know of runs and of what user code asks for. */
export interface RunSessionListeners extends Pick<SessionReceiver, "quitAsked" | "startAsked"> {
  readonly event: RunEventSink;
}

export class RunSession {
  readonly session: TestSession;
  readonly #parts: RunSessionParts;
  readonly #deduplicator = createLogDeduplicator();

  constructor(parts: RunSessionParts, listeners?: RunSessionListeners) {
    this.#parts = parts;
    const { deps, logging, startControl } = parts;
    this.session = new TestSession({
      clock: deps.clock,
      machineClock: openMachineClock(),
      logger: logging.named("locust.main"),
      runnersLogger: logging.named("locust.runners"),
      controlEntry: deps.controlEntry,
      startThread: startControl,
      receiver: this.#receiver(listeners),
    });
  }

  warn({ options, selection }: FinishedRequest): void {
    const logger = this.#parts.logging.named("locust.main");
    for (const warning of [...options.notices, ...selection.warnings]) logger.warning(warning);
    const users = options.rate === undefined ? options.users : options.maxUsers ?? DEFAULT_MAX_USERS;
    const fileWarning = describeFileLimit(users, readFileLimit());
    if (fileWarning !== undefined) logger.warning(fileWarning);
  }

  /** Fires `init` and opens the load source. */
  async open(finished: FinishedRequest): Promise<WebUiDescription | null> {
    const { options } = finished;
    return await this.session.open({
      ...this.configurationOf(finished),
      mode: options.role === "master" ? "master" : "local",
      ...(options.web ? { webUi: { basePath: options.webBasePath ?? "" } } : {}),
    }, (init) => this.#openSource(finished, init));
  }

  /** A run as user code in the control thread sees it. */
  configurationOf({ options, selection }: FinishedRequest): RunConfiguration {
    return {
      options: options.parsedOptions,
      ...(options.host === undefined ? {} : { host: options.host }),
      userClasses: selection.userClasses.map((each) => each.name),
      ...(selection.shape === undefined ? {} : { shape: selection.shape }),
      ...(options.stages === undefined ? {} : { stages: options.stages }),
    };
  }

  watchUsage(options: RunOptions): Disposable {
    const { deps } = this.#parts;
    return watchUsage({
      clock: deps.clock,
      meter: createProcessMeter({ threads: options.processes ?? deps.cores, nowMs: () => deps.clock.nowMs() }),
      tell: (name, fields) => this.session.fire(name, fields),
    });
  }

  plan({ options, selection, classSettings, thresholds, counters }: FinishedRequest, shared: unknown): RunSettings {
    const { deps, request } = this.#parts;
    return createRunSettings({
      options,
      selection,
      classSettings,
      shared,
      thresholds,
      counters,
      failedTimes: readOtelSettings(options, deps.env) === undefined ? "drop" : "keep",
      runId: deps.createId(),
      freshSeed: seedFromId(deps.createId()),
      locustfile: basename(request.files[0] ?? ""),
      version: deps.version,
      runtime: runtimeVersion(),
      command: { files: request.files, folder: deps.cwd, userClasses: options.userClasses },
    });
  }

  /** `failuresBefore`: failures of this process that belong to earlier runs. */
  decideExitCode(facts: {
    readonly options: RunOptions;
    readonly outcome: RunOutcome;
    /** An output or the journal is not whole. */
    readonly isIncomplete: boolean;
    readonly processExitCode: number | null;
    readonly interrupt: Interrupt;
    readonly failuresBefore?: number;
  }): number {
    const { options, outcome, isIncomplete, processExitCode, interrupt, failuresBefore = 0 } = facts;
    const { capacity } = outcome;
    // A search overloads the system on purpose: failures are a part of its answer, and only the lack of one is a failure.
    const isAnswered = capacity !== undefined && capacity.load !== null;
    return exitCodeOf({
      processExitCode,
      failures: isAnswered ? 0 : outcome.snapshot.total.failures + (capacity === undefined ? 0 : 1),
      exceptions: isAnswered ? 0 : outcome.snapshot.exceptions.reduce((sum, each) => sum + each.count, 0),
      exitCodeOnError: options.exitCodeOnError,
      reason: outcome.reason.kind,
      verdict: outcome.verdict.kind,
      thresholdsBroken: outcome.thresholds?.filter(({ state }) => state === "broken").length ?? 0,
      internalFailures: this.session.failures - failuresBefore + (isIncomplete ? 1 : 0),
      ...(interrupt.leave.aborted && interrupt.signal !== undefined ? { cutShortBy: interrupt.signal } : {}),
    });
  }

  async #openSource(
    { options, selection, knownClasses }: FinishedRequest,
    init: Promise<unknown>,
  ): Promise<LoadSource> {
    const { request: { files }, deps, logging, handles } = this.#parts;
    const userClasses = selection.userClasses.map((each) => each.name);
    if (options.role === "master") {
      await init; // before the locustfile leaves this machine
      const { openClusterLoad } = await import("../cluster/cluster_load.ts"); // with all that listens and dials
      return await openClusterLoad({ options, files, userClasses, knownClasses, deps, logging });
    }
    if (!isRamp(selection)) { for (const handle of handles) handle.start(); }
    return await openLocalLoad({
      handles,
      files,
      userClasses,
      options: options.parsedOptions,
      logLevel: options.logLevel,
      socket: options.socket,
      logger: logging.named("locust.runners"),
      clock: deps.clock,
      hostName: deps.hostName,
      version: deps.version,
      onLog: (line) => logging.relay(line),
      deduplicator: this.#deduplicator,
      compilers: new CompilerThreads(),
      calibratedPerSecond: findCalibratedRate(handles.length, deps, logging.named("locust.main")),
    });
  }

  #receiver(listeners: RunSessionListeners | undefined): SessionReceiver {
    const { logging } = this.#parts;
    const log = createRunLog({ main: logging.named("locust.main"), runners: logging.named("locust.runners") });
    return {
      ...listeners,
      event: (event) => {
        log(event);
        listeners?.event(event);
      },
      log: (line, source) => {
        if (source.kind === "worker" && !this.#relays(source.id, line.level)) return;
        if (line.during === "load" && !this.#deduplicator.isNew("control", line.message)) return;
        logging.relay(source.kind === "worker" ? { ...line, node: `worker ${source.id}` } : line);
      },
    };
  }

  /**
   * Whether a line of a worker is shown here too. A local worker writes its own lines. One that this process has
   * started writes to the same standard error or log file, and leaves to us what it prints. Any other prints on its own
   * standard output only.
   */
  #relays(workerId: string, level: string): boolean {
    const { request: { options }, deps } = this.#parts;
    if (workerId === LOCAL_WORKER_ID) return false;
    const isOurs = options.workers > 0 && workerId.startsWith(`${deps.hostName}_`);
    return level === PRINTED ? isOurs : !isOurs;
  }
}

/** Whether `-u` decides how many users there are: the locustfile has nothing to say about the load. */
function isRamp({ shape, scenarios, userClasses }: Selection): boolean {
  return shape === undefined && scenarios === undefined &&
    userClasses.every(({ arrivalRate, targetRate }) => arrivalRate === undefined && targetRate === undefined);
}
