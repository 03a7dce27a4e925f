/**
 * Runs from the web UI, one after the other in one test session: each with its own settings, files, journal, verdict and exit code, as
 * from the command line. What the server's routes ask for is answered here.
 *
 * Invariant: at most one run at a time, from the start that was accepted to the end of its outputs.
 */
import { readFile } from "node:fs/promises";
import { describeThrown, UsageError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { maskUrlSecrets } from "../../base/secrets.ts";
import type { Journal } from "../../master/journal.ts";
import type { RunOutcome, StopReason } from "../../master/run_event.ts";
import { runtimeVersion } from "../../platform/runtime.ts";
import type { LocustfileDescription } from "../../protocol/locustfile_description.ts";
import type { WebUiDescription } from "../../protocol/web_ui_message.ts";
import { renderReport } from "../../report/page/html_file.ts";
import type { RunSummary } from "../../report/summary/summary.ts";
import { Refusal } from "../../server/api_error.ts";
import type { ApiHostCheck, ApiLogs, ApiRunListing } from "../../server/api_types.ts";
import type { EditOrder, RunControl, StartOrder } from "../../server/run_control.ts";
import type { RunFeed } from "../../server/run_feed.ts";
import type { ClassSettings } from "../options/config_users.ts";
import type { ProcessDeps } from "../process_deps.ts";
import type { Interrupt } from "../terminal/interrupt.ts";
import type { Logging } from "../terminal/logging.ts";
import { formatRatioJson } from "../verbs/ratio_tables.ts";
import { checkHost } from "./check_host.ts";
import { openJournalFor } from "./journal_file.ts";
import { OwnPaths } from "./own_paths.ts";
import { openRunReports } from "./run_reports.ts";
import type { FinishedRequest, RequestChanges, RunRequest } from "./run_request.ts";
import type { RunSession } from "./run_session.ts";
import type { WebArchive } from "./web_archive.ts";
import { createForm, fieldOfProblem, toOverrides } from "./web_form.ts";
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

type Changes = Pick<RequestChanges, "pickedClasses"> & {
  readonly overrides: NonNullable<RequestChanges["overrides"]>;
};

export class WebControl implements RunControl {
  readonly #parts: WebControlParts;
  readonly #logger: Logger;
  readonly #paths = new OwnPaths();
  /** What starts so far have set beside the command line. */
  #changes: Changes = { overrides: new Map() };
  readonly #classSettings: ClassSettings[] = [];
  #latest: FinishedRequest;
  #current: Promise<void> | undefined;
  #journalPath: string | undefined;
  #historyPath: string | undefined;
  #exitCode = 0;
  #ended = Promise.withResolvers<void>();

  constructor(parts: WebControlParts) {
    this.#parts = parts;
    this.#latest = parts.base;
    this.#logger = parts.logging.named("locust.main");
  }

  get isOccupied(): boolean {
    return this.#current !== undefined;
  }

  /** Of the latest run that has ended; 0 before the first. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Resolves when the next run has ended, or could not be started. */
  get runEnded(): Promise<void> {
    return this.#ended.promise;
  }

  async start(order: StartOrder): Promise<{ readonly shape: string | null; readonly userClasses: readonly string[] }> {
    if (this.#current !== undefined) {
      throw new Refusal(409, "Cannot start a run: another one is on; stop it and wait for its end");
    }
    const finished = this.#finish(order);
    this.#latest = finished;
    const { options, selection } = finished;
    this.#parts.feed.startAsked(null);
    const current = this.#perform({ ...finished, options: this.#paths.take(options) });
    this.#current = current;
    void current.finally(() => {
      this.#current = undefined;
      const ended = this.#ended;
      this.#ended = Promise.withResolvers();
      ended.resolve();
    });
    await Promise.resolve();
    const shape = options.stages === undefined ? selection.shape : "--stages";
    return { shape: shape ?? null, userClasses: selection.userClasses.map(({ name }) => name) };
  }

  edit(order: EditOrder): void {
    const { run } = this.#parts.test.session;
    if (run === undefined || !["spawning", "running"].includes(run.state)) {
      throw new Refusal(409, "Cannot edit the run: none is on; start one");
    }
    const { load, plan } = run.settings;
    if (load.kind === "shape" && (order.users ?? order.spawnRate ?? order.runTimeSeconds) !== undefined) {
      throw new Refusal(422, `Cannot edit the load: the shape ${load.shape} decides it`, "users");
    }
    if (order.host !== undefined && order.host !== "" && order.host !== plan.host) {
      throw new Refusal(422, "Cannot change the host of a run: its users have it; stop it and start a new one", "host");
    }
    const now = this.#parts.feed.run().plan;
    if (order.users !== undefined || order.spawnRate !== undefined) {
      run.setTarget(order.users ?? now?.users ?? run.targetUserCount, order.spawnRate ?? now?.spawnRate ?? 1);
    }
    if (order.runTimeSeconds !== undefined) {
      run.setRunTime(order.runTimeSeconds ?? undefined);
      this.#parts.feed.runTimeEdited(order.runTimeSeconds);
    }
  }

  async stop(reason: StopReason = { kind: "requested" }): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    this.#parts.test.session.stop(reason);
    await current;
  }

  reset(): void {
    if (this.isOccupied) this.#parts.test.session.run?.resetStats();
  }

  failureSamples() {
    return this.#parts.test.session.run?.failureSamples() ?? [];
  }

  form() {
    const { description, base, request, deps, added } = this.#parts;
    const runtime = runtimeVersion();
    return createForm({
      description,
      added,
      base,
      finished: this.#latest,
      files: request.files,
      version: deps.version,
      runtime,
    });
  }

  summary(): RunSummary | undefined {
    const { feed, test: { session } } = this.#parts;
    const { builder, started } = feed;
    if (started === undefined) return undefined;
    const ended = builder.conclude(feed.run().exitCode);
    if (ended !== undefined) return ended;
    const { run } = session;
    if (run === undefined) return undefined;
    const snapshot = feed.snapshotMessage ?? run.snapshot();
    return builder.build({
      snapshot,
      ledger: run.saveLedger(),
      verdict: run.verdictOf(snapshot, feed.thresholdStatuses),
      reason: { kind: "unfinished" },
      exitCode: null,
      thresholds: feed.thresholdStatuses,
    });
  }

  ended() {
    const { feed, test: { session } } = this.#parts;
    if (feed.builder.ended !== undefined) return feed.builder.ended;
    const { run } = session;
    if (run === undefined || feed.started === undefined) return undefined;
    const snapshot = feed.snapshotMessage ?? run.snapshot();
    const thresholds = feed.thresholdStatuses;
    const verdict = run.verdictOf(snapshot, thresholds);
    return { kind: "runEnded" as const, reason: { kind: "unfinished" as const }, snapshot, verdict, thresholds };
  }

  async runs(): Promise<readonly ApiRunListing[]> {
    return await this.#parts.archive.list();
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
    const { options, selection } = this.#latest;
    const { tags, excludeTags, equalWeights, users } = options;
    const given = options.given.has("users") ? users : undefined;
    return JSON.parse(formatRatioJson(selection.userClasses, given, { tags, excludeTags, equalWeights }));
  }

  async checkHost(host: string): Promise<ApiHostCheck> {
    return await checkHost(host, () => this.#parts.deps.clock.nowMs());
  }

  async renderReport(summary: RunSummary): Promise<string> {
    try {
      return await renderReport(summary);
    } catch (error) {
      if (error instanceof UsageError) throw new Refusal(404, error.message);
      throw error;
    }
  }

  async journal(): Promise<Uint8Array | undefined> {
    return this.#journalPath === undefined ? undefined : await readFile(this.#journalPath);
  }

  async fullHistory(): Promise<Uint8Array | undefined> {
    return this.#historyPath === undefined ? undefined : await readFile(this.#historyPath);
  }

  changeClass(body: Readonly<Record<string, unknown>>): void {
    const { description } = this.#parts;
    const name = body["user_class_name"];
    const known = description.userClasses.map((each) => each.name);
    if (typeof name !== "string" || !known.includes(name)) {
      throw new Refusal(
        422,
        `Cannot change the user class: give user_class_name, one of ${known.join(", ")}`,
        "user_class_name",
      );
    }
    const { user_class_name: _name, ...settings } = body;
    const added = { ...toCamel(settings), user_class_name: name };
    this.#classSettings.push(added);
    if (this.#classSettings.length > MAX_CLASS_CHANGES) this.#classSettings.shift();
  }

  /** @throws {Refusal} 422 with the first problem */
  #finish(order: StartOrder): FinishedRequest {
    const { description, request, deps } = this.#parts;
    const { classPicker } = this.#parts.base.options;
    if (!classPicker && (order.userClasses !== undefined || order.shape !== undefined)) {
      const field = order.userClasses !== undefined ? "userClasses" : "shape";
      throw new Refusal(422, `Cannot choose ${field}: the test was started without --class-picker`, field);
    }
    // A host is shown with its password masked: sent back so, it is the one that was there.
    const { host } = this.#latest.options;
    const isSame = order.host !== undefined && host !== undefined && order.host === maskUrlSecrets(host);
    const { overrides, ...before } = this.#changes;
    const changed = { ...order, ...(isSame ? { host } : {}) };
    const changes = {
      ...before,
      overrides: new Map([...overrides, ...toOverrides(changed, description)]),
      ...(order.userClasses === undefined ? {} : { pickedClasses: this.#pickable(order.userClasses) }),
    };
    try {
      const finished = request.finish(description, { ...changes, startedWallMs: deps.clock.wallMs() });
      if (this.#parts.added.isHostRequired && (finished.options.host ?? "") === "") {
        throw new Refusal(422, "Cannot start without a host: the locustfile asks for one; give it", "host");
      }
      this.#changes = changes;
      return { ...finished, classSettings: [...finished.classSettings, ...this.#classSettings] };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const [problem = "Cannot start the run"] = error.problems;
      throw new Refusal(422, problem, fieldOfProblem(problem));
    }
  }

  #pickable(names: readonly string[]): readonly string[] {
    if (names.length === 0) throw new Refusal(422, "Cannot start without a user class: pick one", "userClasses");
    const known = this.#parts.base.selection.userClasses.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new Refusal(422, `Cannot run user class "${unknown}": choose from ${known.join(", ")}`, "userClasses");
    }
    return names;
  }

  /** One run from its first file to its exit code. Never rejects: what goes wrong is logged and shown. */
  async #perform(finished: FinishedRequest): Promise<void> {
    const { feed } = this.#parts;
    const stateBefore = feed.started === undefined ? "ready" : "stopped";
    try {
      await this.#run(finished);
    } catch (error) {
      const problem = describeThrown(error);
      if (!this.#parts.interrupt.drain.aborted) this.#logger.error(problem);
      this.#exitCode = 2;
      feed.startAsked(problem, stateBefore);
    }
  }

  async #run(finished: FinishedRequest): Promise<void> {
    const { deps, logging, test, interrupt } = this.#parts;
    const { session } = test;
    const { options, selection } = finished;
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
      if (this.#parts.base.options.classPicker) {
        await session.chooseShape({
          userClasses: selection.userClasses.map(({ name }) => name),
          ...(selection.shape === undefined ? {} : { shape: selection.shape }),
          ...(options.stages === undefined ? {} : { stages: options.stages }),
        });
      }
      const { ended } = await session.startRun((shared) => test.plan(finished, shared), {
        outputs: reports.sink,
        journal,
        interrupt: interrupt.drain,
        interruptedBy: () => ({ kind: "interrupted", signal: interrupt.signal ?? "SIGINT" }),
      });
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

/** Changes of class attributes from one page; the last ones of each class count. */
const MAX_CLASS_CHANGES = 200;

/** Locust's names of attributes (`fixed_count`) are ours in camelCase. */
function toCamel(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
