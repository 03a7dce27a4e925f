/**
 * Folds the run events into what readers of the web UI see: the snapshot as of now, and the event of each step. One
 * feed serves all runs of a server; a new run replaces what it holds of the one before.
 */
import { shortenRate } from "../../load/arrivals/arrival_rate.ts";
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import { describeStopReason } from "../../master/stop_reason.ts";
import type { SnapshotMessage, WorkerSnapshot } from "../../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { describeStep } from "../../report/tables/capacity_tables.ts";
import { listDetails, listSockets, toDate } from "../../report/summary/summary_lists.ts";
import { toSummaryMeasures } from "../../report/summary/summary_measures.ts";
import { SummaryBuilder, toSummarySpan } from "../../report/summary/summary_builder.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import { NO_ROW, NO_RUN, toApiLoad, toApiRow, toApiTags, toApiWindow } from "../answers/api_rows.ts";
import type { ApiMarker, ApiRow, ApiSnapshot, ApiTick, ApiWorkerEvent } from "../answers/api_snapshot.ts";
import type { ApiLogLine, ApiRun, ApiRunState } from "../answers/api_types.ts";
import { areArrivalsAll, askedLoad, describeRamp, isEdit, movesByItself, NO_LOAD } from "./asked_load.ts";
import { clearSnapshot } from "./clear_snapshot.ts";
import type { EventLog } from "./event_log.ts";
import { FeedCapacity } from "./feed_capacity.ts";
import { FeedJudgement } from "./feed_judgement.ts";
import { FeedRows } from "./feed_rows.ts";
import { MarkerLog } from "./marker_log.ts";
import { SentLists } from "./sent_lists.ts";
import { FeedHistories } from "./feed_histories.ts";
import { describeTrouble, shortenWorkerId } from "./worker_words.ts";

type Started = Extract<RunEvent, { kind: "runStarted" }>;

export interface RunFeedOptions {
  readonly log: EventLog;
  /** The verdict if the run ended with this snapshot. */
  readonly verdictOf: (
    snapshot: SnapshotMessage,
    thresholds: readonly ThresholdStatus[],
  ) => RunVerdict | undefined;
  /** The workers as they are now: listed until the first run has a snapshot. */
  readonly connected: () => readonly WorkerSnapshot[];
}

export class RunFeed {
  readonly #options: RunFeedOptions;
  #state: ApiRunState = "ready";
  /** A start is under way: what is held is of the run before, to be shown again if the start fails. */
  #isAsked = false;
  #started: Started | undefined;
  #host: string | null = null;
  #edited = NO_LOAD;
  #snapshot: SnapshotMessage | undefined;
  #rows = new FeedRows();
  #builder = new SummaryBuilder({ measureHistory: "kept" });
  readonly #capacity = new FeedCapacity();
  #histories = new FeedHistories();
  #sentSecond = 0;
  #judgement: FeedJudgement;
  #markers = new MarkerLog();
  #peak = 0;
  #elapsedMs = 0;
  #reason: ApiRun["stopReason"] = null;
  #exitCode: number | null = null;
  #waitsFor: ApiRun["waitsFor"] = [];
  #problem: string | null = null;
  #extra: ApiSnapshot["extra"] = {};
  #needsSnapshot = false;
  #ready = 0;
  #lastTickId: number;
  readonly #lists = new SentLists();

  constructor(options: RunFeedOptions) {
    this.#options = options;
    this.#lastTickId = options.log.lastId;
    this.#judgement = this.#judge();
  }

  get state(): ApiRunState {
    return this.#state;
  }

  /** The latest snapshot of the master; undefined before the first tick of a run. */
  get snapshotMessage(): SnapshotMessage | undefined {
    return this.#isAsked ? undefined : this.#snapshot;
  }

  get started(): Started | undefined {
    return this.#isAsked ? undefined : this.#started;
  }

  /** Those of the latest run; before it, those that are connected. */
  get workers(): readonly WorkerSnapshot[] {
    return this.#snapshot?.workers ?? this.#options.connected();
  }

  /** Workers that are ready for load. */
  get readyWorkers(): number {
    return this.#ready;
  }

  get builder(): SummaryBuilder {
    return this.#isAsked ? new SummaryBuilder() : this.#builder;
  }

  get histories(): FeedHistories {
    return this.#histories;
  }

  get thresholdStatuses(): readonly ThresholdStatus[] {
    return this.#judgement.statuses;
  }

  /** A sink of the events of all runs. */
  readonly sink: RunEventSink = (event) => this.#take(event);

  run(): ApiRun {
    const { started, snapshotMessage: snapshot } = this;
    if (this.#isAsked) return { ...NO_RUN, state: this.#state, readyWorkers: this.#ready };
    return {
      state: this.#state,
      runId: started?.runId ?? null,
      startedAt: started === undefined ? null : toDate(started.wallMs),
      plan: started === undefined ? null : {
        ...this.#edited,
        host: this.#host,
        userClasses: started.userClasses,
        shape: started.shape ?? null,
        profile: started.profile ?? null,
      },
      elapsedMs: Math.round(this.#elapsedMs),
      loadEndedMs: snapshot?.loadEndedMs === undefined ? null : Math.round(snapshot.loadEndedMs),
      users: this.#state === "stopped" ? 0 : snapshot?.userCount ?? 0,
      targetUsers: snapshot?.targetUserCount ?? this.#edited.users ?? 0,
      peakUsers: this.#peak,
      verdict: this.#judgement.verdict,
      stopReason: this.#reason,
      exitCode: this.#exitCode,
      waitsFor: this.#waitsFor,
      sockets: snapshot === undefined ? {} : listSockets(snapshot),
      problem: this.#problem,
      readyWorkers: this.#ready,
    };
  }

  snapshot(): ApiSnapshot {
    const snapshot = this.snapshotMessage;
    return {
      run: this.run(),
      tick: snapshot?.tick ?? 0,
      eventId: this.#lastTickId,
      usersByClass: snapshot?.usersByClass ?? {},
      total: snapshot === undefined ? NO_ROW : toApiRow(snapshot.total),
      window: snapshot === undefined ? { p50Ms: null, p95Ms: null, p99Ms: null } : toApiWindow(snapshot.total),
      ...toApiLoad(snapshot),
      ...this.#capacity.read(this.builder),
      measures: toSummaryMeasures(snapshot?.measures),
      ...toApiTags(snapshot),
      rows: snapshot === undefined ? [] : this.#rows.all,
      ...listDetails(snapshot ?? { failures: [], exceptions: [], workers: this.workers }),
      thresholds: this.#isAsked ? [] : this.#judgement.thresholds,
      markers: this.#isAsked ? [] : this.#markers.all,
      extra: this.#extra,
    };
  }

  /** A start is under way (no run event has come yet), or has failed for a reason that readers are shown. */
  startAsked(problem: string | null, state: ApiRunState = "spawning"): void {
    this.#problem = problem;
    this.#state = state;
    this.#isAsked = problem === null && state === "spawning";
    this.#publishState();
  }

  /** The run time was edited; the run itself has no event for that. */
  runTimeEdited(seconds: number | null): void {
    this.#edited = { ...this.#edited, runTimeSeconds: seconds };
    this.#mark("edit", seconds === null ? "no run time limit" : `run time ${seconds} s`);
    this.#publishState();
  }

  /** The rows of extra tabs have changed. While load is on the next tick has them. */
  extraChanged(rows: ApiSnapshot["extra"]): void {
    if (JSON.stringify(rows) === JSON.stringify(this.#extra)) return;
    this.#extra = rows;
    if (["ready", "stopped"].includes(this.#state)) this.#publishSnapshot();
  }

  get extra(): ApiSnapshot["extra"] {
    return this.#extra;
  }

  logged(lines: readonly ApiLogLine[]): void {
    this.#options.log.add("log", lines);
  }

  #take(event: RunEvent): void {
    if (event.kind === "runStarted") this.#begin(event);
    this.#builder.take(event);
    this.#capacity.take(event);
    switch (event.kind) {
      case "runStarted":
        this.#mark("start", "run started");
        return this.#publishSnapshot();
      case "rampStarted":
        this.#state = "spawning";
        if (isEdit(event, this.#edited, this.#started)) this.#mark("edit", describeRamp(event));
        this.#edited = { ...this.#edited, users: event.users, spawnRate: event.spawnRate };
        return this.#publishState();
      case "rampCompleted":
        this.#state = "running";
        this.#peak = Math.max(this.#peak, event.users); // the run may end before a tick has seen them
        if (!areArrivalsAll(this.#edited) && !movesByItself(this.#started)) {
          this.#mark("rampEnd", `${event.users} users are running`);
        }
        return this.#publishState();
      case "scenarioMoved":
        return this.#markers.addScenario(event.scenario);
      case "capacityStep":
        return this.#mark("step", describeStep(event.step));
      case "ticked":
        return this.#tick(event.snapshot, event.thresholds ?? [], event.span, undefined);
      case "statsReset":
        this.#mark("reset", "statistics were reset");
        this.#snapshot &&= clearSnapshot(this.#snapshot);
        this.#rows = new FeedRows();
        this.#needsSnapshot = true;
        return;
      case "rateChanged":
        this.#edited = { ...this.#edited, [event.of === "targets" ? "targetRate" : "rate"]: event.rate };
        this.#mark("edit", `${event.of === "targets" ? "target rate" : "arrivals"} ${shortenRate(event.rate)}`);
        return this.#publishState();
      case "hostChanged":
        this.#host = event.host;
        this.#mark("edit", event.host === null ? "the hosts of the classes" : `host ${event.host}`);
        return this.#publishState();
      case "optionsChanged":
        this.#mark("edit", Object.entries(event.options).map(([name, value]) => `${name} ${String(value)}`).join(", "));
        return;
      case "stopping":
        this.#state = "stopping";
        this.#reason = { kind: event.reason.kind, sentence: describeStopReason(event.reason) };
        this.#mark("stop", this.#reason.sentence);
        return this.#publishState();
      case "draining":
        this.#waitsFor = event.workers.map(({ id, users, atMostMs }) => ({ workerId: id, users, atMostMs }));
        return this.#publishState();
      case "runEnded":
        this.#state = "stopped";
        this.#waitsFor = [];
        this.#reason = { kind: event.reason.kind, sentence: describeStopReason(event.reason) };
        this.#tick(event.snapshot, event.thresholds ?? [], event.span, event.verdict);
        return this.#publishState();
      case "exitCodeDecided":
        this.#exitCode = event.exitCode;
        return this.#publishState();
      case "workerJoined":
        return this.#worker(event.workerId, "joined", "joined", event.workers);
      case "workerMissing":
        return this.#worker(event.workerId, "missing", `silent for ${Math.round(event.silentMs / 1000)} s`);
      case "workerReturned":
        return this.#worker(event.workerId, "returned", `back after ${Math.round(event.awayMs / 1000)} s`);
      case "workerTroubled":
        return this.#worker(event.workerId, "troubled", describeTrouble(event.trouble));
      case "workerLeft":
        return this.#worker(event.workerId, "left", event.reason);
    }
  }

  #begin(event: Started): void {
    this.#started = event;
    this.#isAsked = false;
    this.#state = "spawning";
    this.#host = event.host ?? null;
    this.#edited = askedLoad(event);
    this.#snapshot = undefined;
    this.#rows = new FeedRows();
    this.#builder = new SummaryBuilder({ measureHistory: "kept" });
    this.#histories = new FeedHistories();
    this.#sentSecond = 0;
    this.#judgement = this.#judge();
    this.#markers = new MarkerLog();
    this.#peak = 0;
    this.#elapsedMs = 0;
    this.#reason = null;
    this.#exitCode = null;
    this.#waitsFor = [];
    this.#problem = null;
  }

  #tick(
    snapshot: SnapshotMessage,
    statuses: readonly ThresholdStatus[],
    span: Extract<RunEvent, { kind: "ticked" }>["span"],
    verdict: RunVerdict | undefined,
  ): void {
    this.#snapshot = snapshot;
    if (this.#state !== "stopped") this.#state = snapshot.state as ApiRunState;
    this.#elapsedMs = span?.elapsedMs ?? snapshot.elapsedMs;
    this.#peak = Math.max(this.#peak, snapshot.userCount);
    if (span !== undefined) this.#histories.take(snapshot, span);
    this.#judgement.takeThresholds(statuses);
    const { added, changes, isNew } = this.#rows.take(snapshot.entries);
    if (this.#needsSnapshot || isNew) {
      this.#needsSnapshot = false;
      this.#publishSnapshot();
    } else {
      this.#publishTick(snapshot, added, changes);
    }
    this.#judgement.takeVerdict(verdict ?? this.#options.verdictOf(snapshot, statuses));
  }

  #publishTick(
    snapshot: SnapshotMessage,
    added: readonly ApiRow[],
    changes: ApiTick["changes"],
  ): void {
    const { log } = this.#options;
    const lists = listDetails(snapshot);
    const markers = this.#markers.takeUnsent();
    const tick: ApiTick = {
      runId: this.#started?.runId ?? "",
      tick: snapshot.tick,
      after: this.#lastTickId,
      state: this.#state,
      elapsedMs: Math.round(this.#elapsedMs),
      users: snapshot.userCount,
      targetUsers: snapshot.targetUserCount,
      peakUsers: this.#peak,
      ...this.#lists.changed("usersByClass", snapshot.usersByClass),
      total: toApiRow(snapshot.total),
      window: toApiWindow(snapshot.total),
      ...toApiLoad(snapshot),
      ...toApiTags(snapshot),
      ...(added.length === 0 ? {} : { added }),
      ...(changes === undefined ? {} : { changes }),
      ...this.#lists.changed("failures", lists.failures),
      ...this.#lists.changed("exceptions", lists.exceptions),
      ...this.#lists.changed("workers", lists.workers),
      ...this.#lists.changed("thresholds", this.#judgement.thresholds),
      ...this.#capacity.changed(this.#builder, this.#lists),
      ...this.#lists.changed("measures", toSummaryMeasures(snapshot.measures)),
      ...this.#lists.changed("extra", this.#extra),
      ...(markers.length === 0 ? {} : { markers }),
      history: this.#builder.history.filter(({ second, seconds }) => second + seconds > this.#sentSecond)
        .map(toSummarySpan),
    };
    this.#sentSecond = Math.max(this.#sentSecond, ...tick.history.map(({ second, seconds }) => second + seconds));
    this.#lastTickId = log.nextId;
    log.add("tick", tick);
  }

  #judge(): FeedJudgement {
    return new FeedJudgement(this.#options.log, (text) => this.#mark("threshold", text));
  }

  #worker(workerId: string, change: ApiWorkerEvent["change"], text: string, ready?: number): void {
    this.#ready = ready ??
      this.#ready + (change === "returned" ? 1 : change === "missing" || change === "left" ? -1 : 0);
    this.#ready = Math.max(0, this.#ready);
    if (this.#started !== undefined) this.#mark("worker", `${shortenWorkerId(workerId)}: ${text}`);
    this.#options.log.add("worker", { workerId, change, text, ready: this.#ready });
  }

  #mark(kind: ApiMarker["kind"], text: string): void {
    if (this.#state === "stopped" && kind === "worker") return;
    const elapsedMs = Math.round(this.#snapshot === undefined ? 0 : this.#elapsedMs);
    this.#markers.add({ elapsedMs, kind, text });
  }

  #publishState(): void {
    this.#options.log.add("state", this.run());
  }

  #publishSnapshot(): void {
    const { log } = this.#options;
    this.#markers.takeUnsent();
    this.#lists.clear();
    this.#lastTickId = log.nextId;
    log.add("snapshot", this.snapshot());
  }
}
