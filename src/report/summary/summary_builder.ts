/**
 * Folds the events of a run into its summary. It keeps what a summary needs of the past (history, phases, peaks) and
 * takes the rest from the last snapshot and the ledger. One builder serves every form of output that is made of the
 * summary.
 */
import { toSummaryScenario } from "./describe_scenarios.ts";
import type { PhaseBegan, RunEvent, StopReason } from "../../master/run_event.ts";
import type { CapacityReport, CapacityStep } from "../../protocol/capacity_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";
import type { LedgerRowState, LedgerState, SavedTotal } from "../../stats/ledger/ledger_state.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import { fromBase64, listBuckets, readTimes } from "./packed_times.ts";
import { showCounted } from "./counted_time.ts";
import { FeedSteps } from "./feed_steps.ts";
import { MeasureHistories } from "./measure_histories.ts";
import { type HistorySpan, RunHistory } from "./run_history.ts";
import { type RunSummary, SUMMARY_SCHEMA, type SummaryEntry, type SummaryPhase, type SummarySpan } from "./summary.ts";
import { listDetails, toDate, toSummaryArrivals, toSummaryClassArrivals, toSummaryThreshold } from "./summary_lists.ts";
import { answerSoFar, toSummaryCapacity } from "./summary_capacity.ts";
import { addPhase, findSteadyPart } from "./steady_part.ts";
import { toSummaryEntry } from "./summary_entry.ts";
import { toMeasureHistory } from "./measure_steps.ts";
import { toSummaryMeasures } from "./summary_measures.ts";
import { toSummarySplits } from "./summary_splits.ts";

type Started = Extract<RunEvent, { kind: "runStarted" }>;
type Ended = Extract<RunEvent, { kind: "runEnded" }>;

/** The state of the run that a summary shows. */
export interface SummaryMoment {
  readonly snapshot: SnapshotMessage;
  readonly ledger: LedgerState;
  readonly verdict: RunVerdict;
  readonly reason: StopReason;
  /** Null during the run. */
  readonly exitCode: number | null;
  readonly thresholds: readonly ThresholdStatus[];
}

export interface SummaryBuilderOptions {
  /** `leftOut`: the summary has no `measureHistory`, which costs some differences of histograms a second. */
  readonly measureHistory: "kept" | "leftOut";
}

export class SummaryBuilder {
  readonly #history = new RunHistory();
  readonly #feeds = new FeedSteps();
  /** Undefined: they are left out. */
  readonly #measures: MeasureHistories | undefined;
  #started: Started | undefined;
  #ended: Ended | undefined;
  #phases: readonly PhaseBegan[] = [];
  readonly #capacitySteps: CapacityStep[] = [];
  #elapsedMs = 0;
  #target: number | null = null;
  #peak = 0;
  #peakByClass: Record<string, number> = {};

  constructor(options: SummaryBuilderOptions = { measureHistory: "leftOut" }) {
    this.#measures = options.measureHistory === "kept" ? new MeasureHistories() : undefined;
  }

  /** Takes the next event of the run. */
  take(event: RunEvent): void {
    switch (event.kind) {
      case "runStarted":
        // A run that a later master resumes starts again, under its own id.
        this.#started ??= event;
        return;
      case "rampStarted":
        this.#target = Math.max(this.#target ?? 0, event.users);
        return;
      case "rampCompleted": // a run may end before a tick has seen its users
        return this.#takeUsers(event.users, event.usersByClass);
      case "stopping":
        return this.#takeUsers(event.users ?? 0, event.usersByClass ?? {});
      case "capacityStep":
        this.#capacitySteps.push(event.step);
        return;
      case "phaseBegan":
        this.#phases = addPhase(this.#phases, event);
        return;
      case "statsReset":
        return this.#measures?.reset();
      case "ticked":
        return this.#takeTick(event);
      case "runEnded":
        this.#ended = event;
        return this.#takeTick(event);
      default:
        return;
    }
  }

  /** The steps of the run so far, ascending, without overlap. */
  get history(): readonly HistorySpan[] {
    return this.#history.spans;
  }

  /** The steps of checks, transactions and metrics; undefined where they are left out. */
  get measures(): Pick<MeasureHistories, "find"> | undefined {
    return this.#measures;
  }

  /** What a capacity search has found, so far or in the end; undefined where there is none. */
  get capacity(): CapacityReport | undefined {
    const aim = this.#started?.capacity;
    return this.#ended?.capacity ?? (aim === undefined ? undefined : answerSoFar(aim, this.#capacitySteps));
  }

  /** What `runEnded` said; undefined before. */
  get ended(): Ended | undefined {
    return this.#ended;
  }

  /** The summary of a run that has ended. Undefined before. */
  conclude(exitCode: number | null): RunSummary | undefined {
    const ended = this.#ended;
    if (ended?.ledger === undefined) return undefined;
    const { snapshot, ledger, verdict, reason, thresholds = [] } = ended;
    return this.build({ snapshot, ledger, verdict, reason, exitCode, thresholds });
  }

  /** The summary as of a moment. The run must have started. */
  build(moment: SummaryMoment): RunSummary {
    const { snapshot, ledger } = moment;
    const rows = new Map(ledger.rows.map((row) => [keyOf(row), row]));
    const splits = toSummarySplits(snapshot, ledger);
    const measureHistory = this.#measures?.list().map(toMeasureHistory) ?? [];
    const timesOf = (row: LedgerRowState | undefined) => fromBase64(row?.times ?? "");
    return {
      schema: SUMMARY_SCHEMA,
      run: this.#describeRun(moment),
      users: {
        target: this.#target ?? this.#started?.targetUsers ?? null,
        peak: this.#peak,
        byClass: { ...this.#peakByClass },
      },
      ...(snapshot.scenarios === undefined ? {} : { scenarios: snapshot.scenarios.map(toSummaryScenario) }),
      ...(snapshot.iterations === undefined ? {} : { iterations: snapshot.iterations }),
      ...(snapshot.feeds === undefined ? {} : { feeds: snapshot.feeds }),
      ...(snapshot.arrivals === undefined ? {} : { arrivals: toSummaryArrivals(snapshot.arrivals) }),
      ...(snapshot.classArrivals === undefined
        ? {}
        : { classArrivals: snapshot.classArrivals.map(toSummaryClassArrivals) }),
      ...toSummaryMeasures(snapshot.measures),
      ...(this.capacity === undefined ? {} : { capacity: toSummaryCapacity(this.capacity) }),
      taskRatios: this.#started?.taskRatios ?? null,
      phases: this.#listPhases(),
      verdict: { ...moment.verdict, notes: moment.verdict.notes ?? [] },
      thresholds: moment.thresholds.map(toSummaryThreshold),
      total: toSummaryEntry(snapshot.total, timesOf(ledger.total)),
      entries: snapshot.entries.map((entry) => toSummaryEntry(entry, timesOf(rows.get(keyOf(entry))))),
      ...(snapshot.urlGroups === undefined ? {} : { urlGroups: snapshot.urlGroups }),
      ...(splits === undefined ? {} : { splits }),
      ...(snapshot.droppedTags === undefined ? {} : { droppedTags: snapshot.droppedTags }),
      steady: this.#steady(ledger),
      ...listDetails(snapshot),
      history: this.#history.spans.map(toSummarySpan),
      ...(measureHistory.length === 0 ? {} : { measureHistory }),
    };
  }

  #takeTick({ snapshot, span }: { readonly snapshot: SnapshotMessage; readonly span?: Ended["span"] }): void {
    if (span !== undefined) {
      this.#history.add({ ...span, ...this.#feeds.take(snapshot.feeds) });
      this.#measures?.take(snapshot.measures, span);
      this.#elapsedMs = span.elapsedMs;
    } else {
      this.#elapsedMs = Math.max(this.#elapsedMs, snapshot.elapsedMs);
    }
    this.#takeUsers(snapshot.userCount, snapshot.usersByClass);
  }

  #takeUsers(users: number, usersByClass: SnapshotMessage["usersByClass"]): void {
    this.#peak = Math.max(this.#peak, users);
    for (const [name, count] of Object.entries(usersByClass)) {
      this.#peakByClass[name] = Math.max(this.#peakByClass[name] ?? 0, count);
    }
  }

  #describeRun({ reason, exitCode }: SummaryMoment): RunSummary["run"] {
    const started = this.#started;
    const startedMs = started?.wallMs ?? 0;
    return {
      id: started?.runId ?? "",
      startedAt: toDate(startedMs),
      endedAt: this.#ended === undefined || reason.kind === "unfinished" ? null : toDate(startedMs + this.#elapsedMs),
      durationSeconds: this.#elapsedMs / 1000,
      locustfile: started?.locustfile ?? "",
      host: started?.host ?? null,
      profile: started?.profile ?? null,
      seed: started?.seed ?? 0,
      version: started?.version ?? "",
      runtime: started?.runtime ?? null,
      stopReason: reason,
      exitCode,
      options: started?.options ?? {},
    };
  }

  #listPhases(): SummaryPhase[] {
    const end = this.#elapsedMs / 1000;
    const begins = [{ phase: "ramp" as const, elapsedMs: 0 }, ...this.#phases];
    return begins.map(({ phase, elapsedMs }, i) => {
      const next = begins[i + 1]?.elapsedMs;
      return {
        kind: phase,
        fromSeconds: Math.min(elapsedMs / 1000, end),
        toSeconds: next === undefined ? end : Math.min(next / 1000, end),
      };
    });
  }

  /** The total of the steady part so far; null without a warm-up, or before the steady part. */
  steadyTotal(now: SavedTotal): SummaryEntry | null {
    return findSteadyPart(this.#phases, { ...now, rows: [] }, this.#elapsedMs)?.total() ?? null;
  }

  #steady(now: LedgerState): RunSummary["steady"] {
    const part = findSteadyPart(this.#phases, now, this.#elapsedMs);
    return part === undefined ? null : { total: part.total(), entries: part.entries() };
  }
}

/** A step of the history with its percentiles. */
export function toSummarySpan(span: HistorySpan): SummarySpan {
  const { second, seconds, users, requests, failures, bytes, times, arrivals, feeds } = span;
  const histogram = Histogram.unpack(times);
  const [p50, p90, p95, p99, max] = histogram.quantilesUs([0.5, 0.9, 0.95, 0.99, 1]);
  return {
    second,
    seconds,
    ...showCounted(span),
    users,
    requests,
    failures,
    bytes,
    ...(arrivals === undefined ? {} : { arrivals }),
    ...(feeds === undefined ? {} : { feeds }),
    p50Ms: toMs(p50),
    p90Ms: toMs(p90),
    p95Ms: toMs(p95),
    p99Ms: toMs(p99),
    meanMs: toMs(histogram.meanUs),
    maxMs: toMs(max),
    times: listBuckets(readTimes(times)),
  };
}

function keyOf({ method, name }: { readonly method: string; readonly name: string }): string {
  return `${method}\0${name}`;
}

function toMs(us: number | null | undefined): number | null {
  return us === null || us === undefined ? null : us / 1000;
}
