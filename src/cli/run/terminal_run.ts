/**
 * One run in a terminal, local or as a master: outputs, signals and keys around a `TestSession`, from the first warning
 * to the exit code. The caller starts the threads.
 */
import { LocustError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { Journal } from "../../master/journal/journal.ts";
import type { Run } from "../../master/run.ts";
import type { RunEvent, RunOutcome, StopReason } from "../../master/run_event.ts";
import { NO_WORKERS, type TestRun, type TestSession } from "../../session/test_session.ts";
import { EXIT_NO_WORKERS, signalExitCode } from "../terminal/exit_code.ts";
import type { Interrupt } from "../terminal/interrupt.ts";
import { changeLoad, keyedLoad } from "../terminal/change_load.ts";
import { keyLegend, listenForKeys } from "../terminal/keyboard.ts";
import { openJournalFor } from "./resume/journal_file.ts";
import { describeFixedOptions, recallRun, recoverFor } from "./resume/recover_run.ts";
import { openRunReports, type RunReports } from "./setup/run_reports.ts";
import type { FinishedRequest } from "./setup/run_request.ts";
import { loadUnlessInterrupted } from "./setup/early_signal.ts";
import { RunSession, type RunSessionParts } from "./setup/run_session.ts";

export interface TerminalRunParts extends RunSessionParts {
  readonly interrupt: Interrupt;
}

export class TerminalRun {
  readonly #parts: TerminalRunParts;
  readonly #logger: Logger;
  readonly #test: RunSession;
  readonly #session: TestSession;
  /** A second signal came, and what was measured by then is reported. */
  #isLeft = false;

  constructor(parts: TerminalRunParts) {
    this.#parts = parts;
    this.#logger = parts.logging.named("locust.main");
    this.#test = new RunSession(parts);
    this.#session = this.#test.session;
  }

  /** Starts the control thread, which gets ready meanwhile. */
  start(): void {
    this.#session.start();
  }

  /** Resolves to the exit code; rejects with what makes the run impossible. */
  async run(): Promise<number> {
    const { deps, logging, request, interrupt } = this.#parts;
    const loading = this.#session.load(request.files, request.options.logLevel);
    const loaded = await loadUnlessInterrupted(loading, interrupt, { logger: this.#logger, clock: deps.clock });
    if (loaded.kind === "interrupted") return loaded.exitCode;
    const finished = request.finish(loaded.value);
    const { options, selection } = finished;
    await using reports = await openRunReports({
      options,
      deps,
      logging,
      logger: logging.named("locust.runners"),
      details: () => this.#session.run?.details() ?? [],
    });
    this.#logger.info(`Starting Locust ${deps.version} (locust-ts)`);
    this.#test.warn(finished);
    const userClasses = selection.userClasses.map((each) => each.name);
    const recovered = await recoverFor(options, userClasses, finished.classSettings, selection.scenarios);
    const fixed = recovered === undefined ? [] : describeFixedOptions(recovered.settings, options);
    for (const sentence of fixed) this.#logger.warning(sentence);
    if (recovered !== undefined && options.resume !== undefined) {
      await recallRun(options.resume, recovered.settings.plan.runId, reports.recall);
    }
    const journal = await openJournalFor(options, deps, this.#logger);
    try {
      using early = this.#sayEarlySignal();
      await this.#test.open(finished);
      using _usage = this.#test.watchUsage(options);
      const inputs = {
        outputs: (event: RunEvent) => {
          if (!this.#isLeft) reports.sink(event);
        },
        journal,
        interrupt: this.#parts.interrupt.drain,
        interruptedBy: () => this.#interrupted(),
      };
      const testRun = recovered === undefined
        ? await this.#session.startRun((shared) => this.#test.plan(finished, shared), inputs)
        : await this.#session.resumeRun(recovered, inputs);
      early[Symbol.dispose]();
      const outcome = await this.#seeThrough(testRun, reports);
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

  #interrupted(): StopReason {
    return { kind: "interrupted", signal: this.#parts.interrupt.signal ?? "SIGINT" };
  }

  /** What a signal does before the load has begun: user code that prepares it is let finish, as it may have to be undone. */
  #sayEarlySignal(): Disposable {
    const { interrupt } = this.#parts;
    const say = () => {
      const { cause, advice } = describeSignal(interrupt);
      this.#logger.info(`${cause} before the load has begun${advice}`);
    };
    interrupt.drain.addEventListener("abort", say);
    return { [Symbol.dispose]: () => interrupt.drain.removeEventListener("abort", say) };
  }

  /** Signals and keys until the run has ended. */
  async #seeThrough({ run, ended }: TestRun, reports: RunReports): Promise<RunOutcome> {
    const { interrupt } = this.#parts;
    const drain = () => {
      const { cause, advice } = describeSignal(interrupt);
      this.#logger.info(`${cause}: finishing the requests in flight${advice}`);
      run.stop(this.#interrupted());
    };
    // The second signal: users and listeners are waited for no longer, and what has arrived from them is reported.
    const leave = () => {
      run.conclude();
      reports.sink({ kind: "exitCodeDecided", exitCode: signalExitCode(interrupt.signal ?? "SIGINT") });
      reports.conclude();
      this.#isLeft = true;
    };
    interrupt.drain.addEventListener("abort", drain);
    interrupt.leave.addEventListener("abort", leave);
    if (interrupt.drain.aborted) drain();
    using keys = this.#listenForKeys(run);
    if (keys !== undefined) {
      this.#logger.info(`Keys: ${keyLegend("headless", keyedLoad(run))}`);
    }
    try {
      const outcome = await ended;
      // It ended in the moment in which it was left: all is reported.
      return this.#isLeft ? await new Promise<never>(() => {}) : outcome;
    } finally {
      interrupt.drain.removeEventListener("abort", drain);
      interrupt.leave.removeEventListener("abort", leave);
    }
  }

  #listenForKeys(run: Run): Disposable | undefined {
    const { deps } = this.#parts;
    return listenForKeys(deps.stdin, (command) => {
      if (command.kind === "interrupt") return deps.raise("SIGINT");
      if (command.kind === "openWebUi") return;
      changeLoad(run, command, this.#logger);
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
        this.#test.decideExitCode({ options, outcome, isIncomplete: isIncomplete(), processExitCode, interrupt });
      // The files that state the exit code are written now: one that cannot be written changes it.
      reports.sink({ kind: "exitCodeDecided", exitCode: decide() });
      const exitCode = decide();
      journal?.record({ kind: "exitCodeDecided", exitCode });
      this.#logger.info(`Shutting down (exit code ${exitCode})`);
      conclude();
      return exitCode;
    });
  }
}

/** The beginning and the end of a sentence about the first signal. */
function describeSignal({ signal = "SIGINT" }: Interrupt): { readonly cause: string; readonly advice: string } {
  return signal === "SIGINT"
    ? { cause: "Exiting due to CTRL+C interruption", advice: "; press Ctrl-C again to leave at once" }
    : { cause: `Got ${signal} signal`, advice: "" };
}
