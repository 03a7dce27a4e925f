/**
 * Runs from the web UI, one after the other in one test session: each with its own settings, files, journal, verdict and exit code, as
 * from the command line. What the server's routes ask for is answered here.
 *
 * Invariant: at most one run at a time, from the start that was accepted to the end of its outputs.
 */
import { readFile } from "node:fs/promises";
import { describeProblem, LocustError, UsageError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import type { Journal } from "../../../master/journal/journal.ts";
import type { RunOutcome, StopReason } from "../../../master/run_event.ts";
import { fromStages } from "../../../load/shapes/stages.ts";
import { traceLoad } from "../../../load/shapes/trace_load.ts";
import { runtimeVersion } from "../../../platform/runtime.ts";
import type { LocustfileDescription } from "../../../protocol/locustfile_description.ts";
import type { WebUiDescription } from "../../../protocol/web_ui_message.ts";
import { renderReport } from "../../../report/page/html_file.ts";
import type { PageTheme } from "../../../report/page/html_page.ts";
import type { RunSummary } from "../../../report/summary/summary.ts";
import { NO_WORKERS } from "../../../session/test_session.ts";
import { Refusal } from "../../../server/answers/api_error.ts";
import type { ApiHostCheck, ApiLogs, ApiRunListing, ApiShapePoints } from "../../../server/answers/api_types.ts";
import type { EditOrder, RunControl, StartOrder } from "../../../server/orders/run_control.ts";
import type { RunFeed } from "../../../server/feed/run_feed.ts";
import { planTaskRatios } from "../../options/selection/task_ratios.ts";
import { EXIT_NO_WORKERS, EXIT_USAGE } from "../../terminal/exit_code.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import type { Interrupt } from "../../terminal/interrupt.ts";
import type { Logging } from "../../terminal/logging.ts";
import { checkHost } from "./check_host.ts";
import { LatestRun } from "./latest_run.ts";
import { openJournalFor } from "../resume/journal_file.ts";
import { OwnPaths } from "./own_paths.ts";
import { STAGES_SHAPE } from "../setup/run_plan.ts";
import { openRunReports } from "../setup/run_reports.ts";
import type { FinishedRequest, RunRequest } from "../setup/run_request.ts";
import type { RunSession } from "../setup/run_session.ts";
import { refuseEdit } from "./refuse_edit.ts";
import type { WebArchive } from "./web_archive.ts";
import { createForm } from "./web_form.ts";
import { WebOrders } from "./web_orders.ts";
import type { WebLogs } from "./web_logs.ts";

export interface WebControlParts {
  readonly request: RunRequest;
  readonly deps: ProcessDeps;
  readonly logging: Logging;
  readonly interrupt: Interrupt;
  readonly test: RunSession;
  readonly description: LocustfileDescription;
  /** As the command line has it. */
  readonly base: FinishedRequest;
  readonly feed: RunFeed;
  readonly logs: WebLogs;
  readonly archive: WebArchive;
  /** What the locustfile adds to the web UI. */
  readonly added: WebUiDescription;
}

/** A tick that depends on the time alone is fast, and there are at most a day of them. */
const DRAWING_MS = 10_000;

export class WebControl implements RunControl {
  readonly #parts: WebControlParts;
  readonly #logger: Logger;
  readonly #drawings = new Map<string, ApiShapePoints | null>();
  readonly #paths = new OwnPaths();
  readonly #orders: WebOrders;
  #current: Promise<void> | undefined;
  /** Of the current run. The session knows of a stop only from when the run's files are open. */
  #stopAsked: StopReason | undefined;
  readonly #latest: LatestRun;
  #journalPath: string | undefined;
  #historyPath: string | undefined;
  #exitCode = 0;
  /** Settled when the run that is being prepared has begun, or will not. */
  #begun = Promise.withResolvers<void>();
  #ended = Promise.withResolvers<void>();

  constructor(parts: WebControlParts) {
    this.#parts = parts;
    const { request, description, base, added, deps } = parts;
    this.#latest = new LatestRun(parts.feed, () => parts.test.session.run);
    this.#orders = new WebOrders({ request, description, base, added, wallMs: () => deps.clock.wallMs() });
    this.#logger = parts.logging.named("locust.main");
  }

  /** A run that has ended may still write its files: a start waits for that. */
  get isOccupied(): boolean {
    return this.#current !== undefined && this.#parts.feed.state !== "stopped";
  }

  /** Of the latest run that has ended; 0 before the first. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Resolves when the next run has ended, or could not be started. */
  get runEnded(): Promise<void> {
    return this.#ended.promise;
  }

  /** Draws the shapes that may be started, for the form. One that cannot be drawn is left out. */
  async drawShapes(): Promise<void> {
    const { base, description, test: { session } } = this.#parts;
    const { options: { classPicker, stages }, selection } = base;
    if (stages !== undefined) this.#drawings.set(STAGES_SHAPE, traceLoad(fromStages(stages)));
    const names = classPicker ? description.shapes.map(({ name }) => name) : [selection.shape];
    for (const name of names) {
      if (name === undefined) continue;
      const drawn = await session.askWeb({ kind: "drawShape", name }, DRAWING_MS).catch(() => null);
      this.#drawings.set(name, drawn);
    }
  }

  async start(order: StartOrder): Promise<{ readonly shape: string | null; readonly userClasses: readonly string[] }> {
    this.#refuseSecond();
    await this.#current;
    this.#refuseSecond(); // two starts may have waited
    const finished = this.#orders.finish(order);
    const { options, selection } = finished;
    this.#parts.feed.startAsked(null);
    this.#stopAsked = undefined;
    this.#begun = Promise.withResolvers();
    const current = this.#perform({ ...finished, options: this.#paths.take(options) });
    this.#current = current;
    void current.finally(() => {
      this.#current = undefined;
      this.#begun.resolve();
      const ended = this.#ended;
      this.#ended = Promise.withResolvers();
      ended.resolve();
    });
    await Promise.resolve();
    const shape = options.stages === undefined ? selection.shape : STAGES_SHAPE;
    return { shape: shape ?? null, userClasses: selection.userClasses.map(({ name }) => name) };
  }

  #refuseSecond(): void {
    if (!this.isOccupied) return;
    throw new Refusal(409, "Cannot start a run: another one is in progress; stop it and wait for its end");
  }

  /**
   * What can be refused is refused before anything is changed. A run that is still being prepared gets the order when it has begun: to
   * those who ask, it is there already.
   */
  async edit(order: EditOrder): Promise<void> {
    if (this.isOccupied) await this.#begun.promise;
    const { feed, test: { session } } = this.#parts;
    const { run } = session;
    if (run === undefined || !["spawning", "running"].includes(run.state)) {
      throw new Refusal(409, "Cannot edit the run: no run is in progress; start one");
    }
    const refusal = refuseEdit(order, run);
    if (refusal !== undefined) throw refusal;
    const { options, host } = this.#orders.change(order);
    if (Object.keys(options).length > 0) session.changeOptions(options);
    if (order.rate !== undefined && order.rate !== null) run.arrivals?.setRate(order.rate);
    if (order.targetRate !== undefined) run.arrivals?.setRate(order.targetRate, "targets");
    const now = feed.run().plan;
    if (order.users !== undefined || order.spawnRate !== undefined) {
      run.setTarget(order.users ?? now?.users ?? run.targetUserCount, order.spawnRate ?? now?.spawnRate ?? 1);
    }
    if (host !== undefined) run.change({ kind: "host", host: this.#orders.latest.options.host ?? null });
    if (order.runTimeSeconds !== undefined) {
      run.setRunTime(order.runTimeSeconds ?? undefined);
      feed.runTimeEdited(order.runTimeSeconds);
    }
  }

  async stop(reason: StopReason = { kind: "requested" }): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    this.#stopAsked ??= reason;
    this.#parts.test.session.stop(reason);
    await current;
  }

  reset(): void {
    this.#latest.forget();
    if (this.isOccupied) this.#parts.test.session.run?.resetStats();
  }

  failureSamples() {
    return this.#latest.failureSamples();
  }

  steadyTotal() {
    return this.#latest.steadyTotal();
  }

  form() {
    const { description, base, request, deps, added } = this.#parts;
    const runtime = runtimeVersion();
    return createForm({
      description,
      added,
      base,
      orders: this.#orders,
      drawings: this.#drawings,
      files: request.files,
      version: deps.version,
      runtime,
    });
  }

  summary(): RunSummary | undefined {
    return this.#latest.summary();
  }

  ended() {
    return this.#latest.ended();
  }

  async runs(): Promise<readonly ApiRunListing[]> {
    return await this.#parts.archive.list(this.summary());
  }

  async runSummary(id: string): Promise<RunSummary | undefined> {
    const found = await this.#parts.archive.find(id);
    if (found !== undefined) return found;
    return this.#parts.feed.started?.runId === id ? this.summary() : undefined;
  }

  logs(since: number): ApiLogs {
    return this.#parts.logs.since(since);
  }

  logTexts() {
    return this.#parts.logs.texts();
  }

  taskRatios(): Readonly<Record<string, unknown>> {
    const { options, classSettings, selection: { scenarios } } = this.#orders.latest;
    const picked = { userClasses: this.#orders.pickedClasses, ...(scenarios === undefined ? {} : { scenarios }) };
    const { perClass, total } = planTaskRatios(options, picked, classSettings);
    return { per_class: perClass, total };
  }

  async checkHost(host: string): Promise<ApiHostCheck> {
    return await checkHost(host, () => this.#parts.deps.clock.nowMs());
  }

  async renderReport(summary: RunSummary, theme?: PageTheme): Promise<string> {
    try {
      return await renderReport(summary, theme);
    } catch (error) {
      if (error instanceof UsageError) throw new Refusal(404, error.message);
      throw error;
    }
  }

  get isRecorded(): boolean {
    return this.#journalPath !== undefined;
  }

  async journal(): Promise<Uint8Array | undefined> {
    return this.#journalPath === undefined ? undefined : await readFile(this.#journalPath);
  }

  async fullHistory(): Promise<Uint8Array | undefined> {
    return this.#historyPath === undefined ? undefined : await readFile(this.#historyPath);
  }

  changeClass(body: Readonly<Record<string, unknown>>): void {
    this.#orders.changeClass(body);
  }

  /** One run from its first file to its exit code. Never rejects: what goes wrong is logged and shown. */
  async #perform(finished: FinishedRequest): Promise<void> {
    const { feed } = this.#parts;
    const stateBefore = feed.started === undefined ? "ready" : "stopped";
    try {
      await this.#run(finished);
    } catch (error) {
      const problem = describeProblem(error);
      if (!this.#parts.interrupt.drain.aborted) this.#logger.error(problem);
      const isAlone = error instanceof LocustError && error.code === NO_WORKERS;
      this.#exitCode = isAlone ? EXIT_NO_WORKERS : EXIT_USAGE;
      feed.startAsked(problem, stateBefore);
    }
  }

  async #run(finished: FinishedRequest): Promise<void> {
    const { deps, logging, test, interrupt } = this.#parts;
    const { session } = test;
    const { options } = finished;
    const failuresBefore = session.failures;
    await using reports = await openRunReports({
      options: { ...options, onlySummary: true },
      deps,
      logging,
      logger: logging.named("locust.runners"),
      details: () => session.run?.details() ?? [],
    });
    const journal = await openJournalFor(options, deps, this.#logger);
    this.#journalPath = journal?.path;
    this.#historyPath = options.csvFullHistory ? `${options.csvPrefix}_stats_history.csv` : undefined;
    try {
      await session.configure(test.configurationOf(finished));
      const { ended } = await session.startRun((shared) => test.plan(finished, shared), {
        outputs: reports.sink,
        journal,
        interrupt: interrupt.drain,
        interruptedBy: () => ({ kind: "interrupted", signal: interrupt.signal ?? "SIGINT" }),
        early: this.#stopAsked,
      });
      this.#begun.resolve();
      const outcome = await ended;
      await reports.settle();
      this.#conclude(finished, outcome, reports, journal, failuresBefore);
      const summary = this.summary();
      if (summary !== undefined) await this.#parts.archive.keep(summary);
    } finally {
      await journal?.close();
    }
  }

  #conclude(
    { options }: FinishedRequest,
    outcome: RunOutcome,
    reports: Awaited<ReturnType<typeof openRunReports>>,
    journal: Journal | undefined,
    failuresBefore: number,
  ): void {
    const { test, interrupt, feed } = this.#parts;
    const decide = () =>
      test.decideExitCode({
        options,
        outcome,
        isIncomplete: reports.failed || journal?.failure !== undefined,
        processExitCode: null,
        interrupt,
        failuresBefore,
      });
    // The files that state the exit code are written now: one that cannot be written changes it.
    reports.sink({ kind: "exitCodeDecided", exitCode: decide() });
    const exitCode = decide();
    journal?.record({ kind: "exitCodeDecided", exitCode });
    feed.sink({ kind: "exitCodeDecided", exitCode });
    this.#exitCode = exitCode;
    reports.conclude();
  }
}
