/**
 * The master's merged totals and recent ticks. Its owner applies each delta once, and calls `rotate()` on the master's tick,
 * which is the only time axis: dates come from the run's start plus the monotonic clock, so a machine's date that is set in
 * mid-run moves nothing. Whatever was applied is in the next snapshot, also between two ticks.
 *
 * Rates are over the time in which load was asked for: `start` or `reset` begins it, `endLoad` ends it. What comes later is counted,
 * and changes no rate: neither the drain of requests in flight nor the wait for workers takes part in that time.
 */
import type { Clock } from "../../base/clock.ts";
import { NO_ARRIVALS, NO_CLASS_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import type { MeasuresSnapshot } from "../../protocol/measures_message.ts";
import type { EntrySnapshot, SnapshotMessage, UrlGroup } from "../../protocol/snapshot_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import { countOthers, countRequests, countUsers, createSums, type NameOf, type RunSums } from "../delta/count_delta.ts";
import { readDelta } from "../delta/decoded_delta.ts";
import { GroupedRows } from "../groups/grouped_rows.ts";
import { ExceptionGroups } from "../groups/exception_groups.ts";
import { FailureGroups } from "../groups/failure_groups.ts";
import { LedgerArrivals } from "./ledger_arrivals.ts";
import { LoadTime } from "../ticks/load_time.ts";
import { readIterations } from "./iteration_counts.ts";
import { listSamples } from "./failure_samples.ts";
import type {
  CountedReading,
  LedgerCounts,
  LedgerOptions,
  RowFilter,
  SampledFailure,
  SnapshotContext,
} from "./ledger_views.ts";
import { LedgerRow, readRow } from "./ledger_row.ts";
import {
  checkLedgerState,
  LEDGER_STATE_VERSION,
  type LedgerState,
  restoreExceptions,
  restoreFailures,
  restoreMeasures,
  restoreRow,
  restoreSums,
  type SavedTotal,
  saveExceptions,
  saveFailures,
  saveMeasures,
  saveRow,
} from "./ledger_state.ts";
import type { EntryDetail, SnapshotTimes } from "./snapshot.ts";
import { detailEntry, snapshotEntry, snapshotExceptions, snapshotFailures } from "./snapshot.ts";
import { MeasureBook } from "../measures/measure_book.ts";
import { snapshotMeasures } from "../measures/snapshot_measures.ts";
import { OpenTick } from "./open_tick.ts";
import { SplitRows } from "./split_rows.ts";
import { TOTAL_NAME } from "../thresholds/threshold.ts";
import { WorkerSums } from "./worker_sums.ts";
import { type CountedSpan, SpanCounter } from "./span_counter.ts";
import { MIN_POINTS, POINTS_BUDGET } from "../ticks/tick_series.ts";

export type { LedgerCounts, RowFilter, SampledFailure, SnapshotContext } from "./ledger_views.ts";
export type { EntryDetail } from "./snapshot.ts";
export { TOTAL_NAME } from "../thresholds/threshold.ts";

export class Ledger {
  readonly #clock: Clock;
  readonly #time: LoadTime;
  readonly #rows: GroupedRows<LedgerRow>;
  /** Rows that were merged since the last fold, and what counts for them now. */
  #merged: { readonly gone: readonly LedgerRow[]; readonly into: LedgerRow }[] = [];
  readonly #failures = new FailureGroups();
  readonly #exceptions = new ExceptionGroups();
  readonly #workers = new WorkerSums();
  /** All rows in the order of reports, until there is another one. */
  #sorted: readonly LedgerRow[] | undefined;
  #total: LedgerRow;
  readonly #splits = new SplitRows();
  readonly #span = new SpanCounter();
  readonly #arrivals = new LedgerArrivals();
  readonly #measures = new MeasureBook();
  readonly #open = new OpenTick((method, name, origin) => this.#rows.open(method, name, origin ?? "given"));
  readonly #sums: RunSums = createSums();
  #resets = 0;

  constructor(options: LedgerOptions) {
    this.#clock = options.clock;
    this.#time = new LoadTime(options.clock, options.leadMs, options.reach);
    this.#rows = new GroupedRows({
      createRow: (method, name, kind) => {
        this.#sorted = undefined;
        return new LedgerRow(method, name, kind, this.#time.countsFromMs);
      },
      originOf: (row) => row.run,
      maxNames: options.maxNames,
      examples: "keep",
      merged: (gone, into) => this.#merged.push({ gone, into }),
    });
    this.#total = new LedgerRow("", TOTAL_NAME, "named", 0);
    this.start();
  }

  /** Now is time 0 of the run. */
  start(): void {
    this.#time.start();
    this.#dateRows();
  }

  /** The stop: no load is asked for from now on. Rates and the current figures stay those of the time before. */
  endLoad(): void {
    this.#fold();
    this.#time.end();
  }

  /** All reports have come: nothing of the run is still to be counted. */
  complete(): void {
    this.#time.complete();
  }

  /** The date of time 0 of the run. */
  get startWallMs(): number {
    return this.#time.startWallMs;
  }

  /** Of the statistics. */
  get resets(): number {
    return this.#resets;
  }

  /**
   * Counts a delta of a worker. False: it belongs to the time before a reset, and none of its requests was counted. All or nothing: throws a
   * `LocustError` (`bad_stats`) on a malformed one. `reachMs`: up to when the worker has counted, on the clock.
   */
  apply(delta: DeltaMessage, worker: string, reachMs?: number): boolean {
    readDelta(delta); // also one that is dropped must be whole
    if (reachMs !== undefined) this.#time.reported(worker, reachMs, countRequests(delta));
    const { resets = 0 } = delta;
    if (resets < this.#resets) {
      countUsers(delta, this.#sums);
      return false;
    }
    // An earlier master made a reset that its journal does not hold.
    while (resets > this.#resets) this.reset();
    const receivedAtMs = this.#clock.nowMs();
    this.#open.add(delta, receivedAtMs);
    this.#splits.add(delta, receivedAtMs, this.nameOf);
    countOthers(delta, receivedAtMs, {
      failures: this.#failures,
      exceptions: this.#exceptions,
      sums: this.#sums,
      measures: this.#measures,
      nameOf: this.nameOf,
      worker,
    });
    this.#arrivals.add(delta, this.#sums, this.#time.openTick);
    this.#workers.add(worker, delta);
    return true;
  }

  /** Up to where the reports of the workers have counted. */
  get reach(): Pick<LoadTime, "reportedMs" | "reachedMs" | "forget"> {
    return this.#time;
  }

  /** The name of the row that counts a name now: its own, or that of its group. */
  readonly nameOf: NameOf = (method, name) => this.#rows.nameOf(method, name);

  /** Ends a tick of the master. */
  rotate(): void {
    this.#fold();
    this.#time.rotate();
  }

  /** What all rows together counted since this was last asked, also across a reset. */
  takeSpan(): CountedSpan {
    this.#fold();
    return { ...this.#span.take(), ...this.#arrivals.takeSpan(), countedMs: this.#time.takeCountedMs() };
  }

  snapshot(context: SnapshotContext): SnapshotMessage {
    this.#fold();
    const { elapsedMs, loadMs, loadEndedMs, resetMs, tick } = this.#time;
    const [times, measures, urlGroups] = [this.#snapshotTimes(), this.snapshotMeasures(), this.urlGroups];
    return {
      tick,
      wallMs: this.#time.toWallMs(this.#clock.nowMs()),
      elapsedMs,
      loadMs,
      ...(loadEndedMs === undefined ? {} : { loadEndedMs }),
      ...(this.#resets === 0 ? {} : { resetMs }),
      state: context.state,
      userCount: context.userCount,
      targetUserCount: context.targetUserCount,
      usersByClass: context.usersByClass,
      ...(context.pace === undefined ? {} : { pace: context.pace }),
      ...(context.scenarios === undefined ? {} : { scenarios: context.scenarios }),
      ...this.#arrivals.read(this.#sums, context, this.#time.window),
      ...readIterations(context.iterations, this.#sums.iterations),
      ...(measures === undefined ? {} : { measures }),
      entries: this.#sortedRows().map((row) => snapshotEntry(row, times)),
      total: snapshotEntry(this.#total, times),
      ...(urlGroups === undefined ? {} : { urlGroups }),
      ...this.#splits.snapshot(times),
      failures: snapshotFailures(this.#failures, times.toWallMs),
      exceptions: snapshotExceptions(this.#exceptions),
      workers: context.workers,
      statuses: this.#sums.statuses.read(),
    };
  }

  /** Whether a snapshot has measures. */
  get hasMeasures(): boolean {
    return !this.#measures.isEmpty;
  }

  /** `snapshot().measures` alone. */
  snapshotMeasures(): MeasuresSnapshot | undefined {
    return snapshotMeasures(this.#measures, this.#time.loadMs);
  }

  /** `snapshot().total` alone, for readers that need no rows. */
  snapshotTotal(): EntrySnapshot {
    this.#fold();
    return snapshotEntry(this.#total, this.#snapshotTimes());
  }

  /** Rows that stand for many URLs; undefined where there is none. */
  get urlGroups(): readonly UrlGroup[] | undefined {
    this.#fold();
    const groups = this.#rows.groups();
    return groups.length === 0 ? undefined : groups;
  }

  #snapshotTimes(): SnapshotTimes {
    return { loadMs: this.#time.loadMs, ...this.#time.window, toWallMs: (ms) => this.#time.toWallMs(ms) };
  }

  /** The counts of all rows together, and of the rows that are asked for. */
  read(
    wants: RowFilter,
  ): CountedReading {
    this.#fold();
    const rows = this.#sortedRows().filter(({ run }) => wants.row(run));
    return {
      total: readRow(this.#total, wants.corrected),
      rows: [...rows.map((row) => readRow(row, wants.corrected)), ...this.#splits.read(wants.row, wants.corrected)],
      arrivals: this.#sums.arrivals,
      ...(wants.measures === true ? { measures: this.#measures.toDeltas(this.#clock.nowMs()) ?? [] } : {}),
      loadMs: this.#time.loadMs,
      reachedMs: this.#time.reachedMs,
    };
  }

  /** Every row with its whole histogram and its counts by second, in the order of `snapshot().entries`. */
  details(): EntryDetail[] {
    this.#fold();
    return this.#sortedRows().map(detailEntry);
  }

  /** The kinds of failures that have an example, in order of first occurrence. */
  failureSamples(): readonly SampledFailure[] {
    return listSamples(this.#failures, (ms) => this.#time.toWallMs(ms));
  }

  counts(): LedgerCounts {
    this.#fold();
    let overflowedRequests = 0;
    for (const row of this.#rows.rows()) if (row.kind === "overflow") overflowedRequests += row.run.requests;
    const { statuses: _, ...counted } = this.#sums;
    return {
      ...counted,
      exceptions: this.#exceptions.total,
      overflowedRequests,
      overflowedFailures: this.#failures.overflowed,
      overflowedMeasures: this.#measures.overflowed,
    };
  }

  /** What each worker has delivered. */
  get byWorker(): Pick<WorkerSums, "requestsOf" | "meanMsOf"> {
    return this.#workers;
  }

  /**
   * Zeroes everything but the users that ended: only samples that are started from now on count, and rates are over the time from now on. The rows stay listed,
   * as Locust's reset leaves them; the run's own time continues.
   */
  reset(): void {
    this.#fold();
    const nowMs = this.#clock.nowMs();
    for (const row of this.#rows.rows()) row.reset(nowMs);
    this.#total.reset(nowMs);
    this.#splits.reset(nowMs);
    this.#open.clear();
    this.#failures.clear();
    this.#exceptions.clear();
    this.#workers.clear();
    this.#sums.retries = this.#sums.abandoned = 0;
    this.#sums.statuses.clear();
    this.#sums.arrivals = NO_ARRIVALS;
    this.#sums.classArrivals = NO_CLASS_ARRIVALS;
    this.#arrivals.reset();
    this.#measures.clear();
    this.#resets++;
    this.#time.reset();
    this.#dateRows();
  }

  /** The part of `save()` that the steady part of the total is made of. */
  saveTotal(): SavedTotal {
    this.#fold();
    return { ...this.#time.save(), resets: this.#resets, total: saveRow(this.#total, this.#clock.nowMs()) };
  }

  /** Everything but the last ticks as plain data. */
  save(): LedgerState {
    this.#fold();
    const nowMs = this.#clock.nowMs();
    const { statuses, iterations, ...counted } = this.#sums;
    const [splits, measures] = [this.#splits.save(nowMs), saveMeasures(this.#measures, nowMs)];
    const { urlGroups } = this;
    return {
      version: LEDGER_STATE_VERSION,
      ...this.#time.save(),
      resets: this.#resets,
      rows: this.#sortedRows().map((row) => saveRow(row, nowMs)),
      total: saveRow(this.#total, nowMs),
      ...(urlGroups === undefined ? {} : { urlGroups }),
      ...(splits === undefined ? {} : { splits }),
      failures: saveFailures(this.#failures, nowMs),
      exceptions: saveExceptions(this.#exceptions),
      ...counted,
      ...(statuses.isEmpty ? {} : { statuses: statuses.read() }),
      ...(iterations === undefined ? {} : { iterations }),
      ...(measures === undefined ? {} : { measures }),
      requestsByWorker: this.#workers.save(),
    };
  }

  /**
   * A ledger that continues where `state` was saved `awayMs` ago; by default what the machine's date says. The time in between
   * is part of the run: its workers may have continued. The window of the last ticks starts empty.
   */
  static restore(state: LedgerState, options: LedgerOptions & { readonly awayMs?: number }): Ledger {
    checkLedgerState(state);
    const ledger = new Ledger(options);
    const awayMs = options.awayMs ?? Math.max(0, options.clock.wallMs() - state.startWallMs - state.elapsedMs);
    const savedAtMs = options.clock.nowMs() - awayMs;
    ledger.#time.restore(state, savedAtMs);
    ledger.#dateRows();
    ledger.#resets = state.resets;
    ledger.#rows.restoreGroups(state.urlGroups ?? []);
    for (const saved of state.rows) {
      restoreRow(ledger.#rows.open(saved.method, saved.name, saved.origin ?? "given"), saved, savedAtMs);
    }
    restoreRow(ledger.#total, state.total, savedAtMs);
    if (state.splits !== undefined) ledger.#splits.restore(state.splits, savedAtMs);
    restoreFailures(ledger.#failures, state.failures, savedAtMs);
    restoreExceptions(ledger.#exceptions, state.exceptions);
    Object.assign(ledger.#sums, restoreSums(state));
    ledger.#sums.statuses.add(state.statuses ?? {});
    restoreMeasures(ledger.#measures, state.measures ?? [], savedAtMs);
    ledger.#workers.restore(state.requestsByWorker);
    return ledger;
  }

  /** Rows count from where the time does. */
  #dateRows(): void {
    this.#total.startMs = this.#time.countsFromMs;
    this.#splits.date(this.#time.countsFromMs);
    for (const row of this.#rows.rows()) row.startMs = this.#time.countsFromMs;
  }

  /** Adds what came in to the run, the open tick and the second, each row's and the total's. */
  #fold(): void {
    if (this.#open.isEmpty) return;
    const { openTick: tick, unixSecond: second } = this.#time;
    const maxPoints = Math.max(MIN_POINTS, Math.floor(POINTS_BUDGET / (this.#rows.size + 1)));
    const time = { tick, second, maxPoints };
    const sum = this.#total.open;
    this.#open.fold(sum, time);
    this.#span.add(sum);
    this.#total.fold(sum, time);
    this.#splits.fold(time);
    sum.reset();
    if (this.#merged.length > 0) this.#merge();
  }

  /** Brings together what URLs of one kind have counted so far. */
  #merge(): void {
    for (const { gone, into } of this.#merged) for (const row of gone) into.absorb(row);
    this.#merged = [];
    this.#sorted = undefined;
    this.#failures.rename(this.nameOf);
    this.#splits.rename(this.nameOf);
  }

  #sortedRows(): readonly LedgerRow[] {
    return this.#sorted ??= [...this.#rows.rows()].sort((a, b) =>
      compareText(a.run.name, b.run.name) || compareText(a.run.method, b.run.method)
    );
  }
}
