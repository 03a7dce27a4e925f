/**
 * The master's merged totals and recent ticks. Its owner applies each delta once, and calls `rotate()` on the master's tick,
 * which is the only time axis: dates come from the run's start plus the monotonic clock, so a machine's date that is set in
 * mid-run moves nothing. Whatever was applied is in the next snapshot, also between two ticks.
 */
import type { Clock } from "../base/clock.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { SnapshotMessage, WorkerSnapshot } from "../protocol/snapshot_message.ts";
import { compareText } from "./compare_text.ts";
import { readDelta } from "./decoded_delta.ts";
import { EntryTable } from "./entry_table.ts";
import { ExceptionGroups } from "./exception_groups.ts";
import { FailureGroups } from "./failure_groups.ts";
import { LedgerRow } from "./ledger_row.ts";
import { checkLedgerState, LEDGER_STATE_VERSION, type LedgerState, restoreRow, saveRow } from "./ledger_state.ts";
import { snapshotEntry, snapshotFailures, type SnapshotTimes } from "./snapshot.ts";
import { type CountedSpan, SpanCounter } from "./span_counter.ts";
import { MIN_POINTS, POINTS_BUDGET } from "./tick_series.ts";
import { WINDOW_TICKS } from "./tick_window.ts";

/** Name of the row that sums up all others. Its method is empty. */
export const TOTAL_NAME = "Aggregated";

/** What the ledger does not know: how the run and its workers are doing. */
export interface SnapshotContext {
  readonly state: string;
  readonly userCount: number;
  readonly targetUserCount: number;
  readonly usersByClass: Readonly<Record<string, number>>;
  readonly workers: readonly WorkerSnapshot[];
}

/** Counts that are in no row, for the verdict. */
export interface LedgerCounts {
  readonly retries: number;
  readonly abandoned: number;
  readonly failedStarts: number;
  readonly exceptions: number;
  readonly overflowedRequests: number; // in `(other)` rows
  readonly overflowedFailures: number; // in the group beyond the bound
}

/** One row in full, for files that list whole histograms. Times in µs and ms as named, seconds since the Unix epoch. */
export interface EntryDetail {
  readonly method: string;
  readonly name: string;
  readonly times: readonly { readonly us: number; readonly count: number }[];
  readonly corrected?: readonly { readonly us: number; readonly count: number }[];
  readonly requestsBySecond: readonly (readonly [second: number, count: number])[];
  readonly failuresBySecond: readonly (readonly [second: number, count: number])[];
}

export class Ledger {
  readonly #clock: Clock;
  readonly #rows: EntryTable<LedgerRow>;
  readonly #failures = new FailureGroups();
  readonly #exceptions = new ExceptionGroups();
  readonly #requestsByNode = new Map<string, number>();
  #total: LedgerRow;
  readonly #span = new SpanCounter();
  #dirty: LedgerRow[] = [];
  #retries = 0;
  #abandoned = 0;
  #failedStarts = 0;
  #startMs = 0;
  #startWallMs = 0;
  /** Number of the open tick and when it began; the spans of the last whole ones. */
  #openTick = 0;
  #openedMs = 0;
  #spansMs: number[] = [];
  /** The last whole second of the run that a tick ended at. */
  #second = 0;

  constructor(options: { readonly clock: Clock; readonly maxNames?: number }) {
    this.#clock = options.clock;
    this.#rows = new EntryTable(
      (method, name, kind) => new LedgerRow(method, name, kind, this.#startMs),
      options.maxNames,
    );
    this.#total = new LedgerRow("", TOTAL_NAME, "named", 0);
    this.start();
  }

  /** Now is time 0 of the run. */
  start(): void {
    this.#startMs = this.#openedMs = this.#clock.nowMs();
    this.#startWallMs = this.#clock.wallMs();
    this.#openTick = this.#second = 0;
    this.#spansMs = [];
    this.#total.startMs = this.#startMs;
    for (const row of this.#rows.rows()) row.startMs = this.#startMs;
  }

  /** Counts a delta of a worker. All or nothing: throws a `LocustError` (`bad_stats`) on a malformed one. */
  apply(delta: DeltaMessage, node: string): void {
    const decoded = readDelta(delta);
    const nowMs = this.#clock.nowMs();
    let requests = 0;
    for (const part of delta.entries) {
      const row = this.#rows.intern(part.method, part.name);
      row.open.addDelta(part, nowMs, decoded);
      requests += part.requests;
      if (row.open.isDirty) continue;
      row.open.isDirty = true;
      this.#dirty.push(row);
    }
    for (const { method, name, text, count, firstAgeMs, lastAgeMs } of delta.failures) {
      this.#failures.count(method, name, text, count, nowMs - firstAgeMs, nowMs - lastAgeMs);
    }
    for (const exception of delta.exceptions) this.#exceptions.count(exception, exception.count, node);
    this.#retries += delta.retries;
    this.#abandoned += delta.abandoned;
    this.#failedStarts += delta.failedStarts;
    this.#requestsByNode.set(node, this.nodeRequests(node) + requests);
  }

  /** Ends a tick. Its true length counts: a tick that came late makes no rate too high. */
  rotate(): void {
    this.#fold();
    const nowMs = this.#clock.nowMs();
    this.#spansMs.push(nowMs - this.#openedMs);
    if (this.#spansMs.length > WINDOW_TICKS) this.#spansMs.shift();
    this.#openTick++;
    this.#openedMs = nowMs;
    this.#second = Math.max(this.#second + 1, Math.round((nowMs - this.#startMs) / 1000));
  }

  /** What all rows together counted since this was last asked, also across a reset. */
  takeSpan(): CountedSpan {
    this.#fold();
    return this.#span.take();
  }

  snapshot(context: SnapshotContext): SnapshotMessage {
    this.#fold();
    const nowMs = this.#clock.nowMs();
    const times: SnapshotTimes = {
      elapsedMs: nowMs - this.#startMs,
      windowFrom: this.#openTick - this.#spansMs.length,
      windowTo: this.#openTick,
      windowMs: this.#spansMs.reduce((sum, span) => sum + span, 0),
      toWallMs: (ms) => this.#toWallMs(ms),
    };
    return {
      tick: this.#second,
      wallMs: this.#toWallMs(nowMs),
      elapsedMs: times.elapsedMs,
      state: context.state,
      userCount: context.userCount,
      targetUserCount: context.targetUserCount,
      usersByClass: context.usersByClass,
      entries: this.#sortedRows().map((row) => snapshotEntry(row, times)),
      total: snapshotEntry(this.#total, times),
      failures: snapshotFailures(this.#failures, times.toWallMs),
      exceptions: this.#exceptions.list().map(({ message, stack, where, count, nodes }) => ({
        message,
        stack,
        where,
        count,
        nodes: [...nodes].sort(compareText),
      })),
      workers: context.workers,
    };
  }

  /** Every row with its whole histogram and its counts by second, in the order of `snapshot().entries`. */
  details(): EntryDetail[] {
    this.#fold();
    return this.#sortedRows().map((row) => {
      const corrected = row.run.times.corrected;
      return {
        method: row.run.method,
        name: row.run.name,
        times: row.run.times.times.buckets(),
        ...(corrected === undefined ? {} : { corrected: corrected.buckets() }),
        requestsBySecond: row.requestsBySecond.points(),
        failuresBySecond: row.failuresBySecond.points(),
      };
    });
  }

  counts(): LedgerCounts {
    this.#fold();
    let overflowedRequests = 0;
    for (const row of this.#rows.rows()) if (row.kind === "overflow") overflowedRequests += row.run.requests;
    return {
      retries: this.#retries,
      abandoned: this.#abandoned,
      failedStarts: this.#failedStarts,
      exceptions: this.#exceptions.total,
      overflowedRequests,
      overflowedFailures: this.#failures.overflowed,
    };
  }

  /** Requests that a worker has delivered. */
  nodeRequests(node: string): number {
    return this.#requestsByNode.get(node) ?? 0;
  }

  /** Zeroes everything and starts time anew; the rows stay listed, as Locust's reset leaves them. */
  reset(): void {
    this.#fold();
    const nowMs = this.#clock.nowMs();
    for (const row of this.#rows.rows()) row.reset(nowMs);
    this.#total.reset(nowMs);
    this.#dirty = [];
    this.#failures.clear();
    this.#exceptions.clear();
    this.#requestsByNode.clear();
    this.#retries = this.#abandoned = this.#failedStarts = 0;
    this.start();
  }

  /** Everything but the last ticks as plain data. */
  save(): LedgerState {
    this.#fold();
    const nowMs = this.#clock.nowMs();
    return {
      version: LEDGER_STATE_VERSION,
      elapsedMs: nowMs - this.#startMs,
      startWallMs: this.#startWallMs,
      tick: this.#second,
      rows: this.#sortedRows().map((row) => saveRow(row, nowMs)),
      total: saveRow(this.#total, nowMs),
      failures: this.#failures.list().map(({ firstMs, lastMs, ...group }) => ({
        ...group,
        firstAgeMs: nowMs - firstMs,
        lastAgeMs: nowMs - lastMs,
      })),
      exceptions: this.#exceptions.list().map((group) => ({ ...group, nodes: [...group.nodes].sort(compareText) })),
      retries: this.#retries,
      abandoned: this.#abandoned,
      failedStarts: this.#failedStarts,
      requestsByNode: Object.fromEntries(this.#requestsByNode),
    };
  }

  /**
   * A ledger that goes on where `state` was saved `awayMs` ago; by default what the machine's date says. The time in between
   * is part of the run: its workers may have gone on. The window of the last ticks starts empty.
   */
  static restore(state: LedgerState, options: { readonly clock: Clock; readonly awayMs?: number }): Ledger {
    checkLedgerState(state);
    const ledger = new Ledger(options);
    const awayMs = options.awayMs ?? Math.max(0, options.clock.wallMs() - state.startWallMs - state.elapsedMs);
    const savedAtMs = options.clock.nowMs() - awayMs;
    ledger.#startMs = savedAtMs - state.elapsedMs;
    ledger.#startWallMs = state.startWallMs;
    ledger.#second = state.tick;
    for (const saved of state.rows) restoreRow(ledger.#rows.intern(saved.method, saved.name), saved, savedAtMs);
    restoreRow(ledger.#total, state.total, savedAtMs);
    for (const { method, name, text, count, firstAgeMs, lastAgeMs } of state.failures) {
      ledger.#failures.count(method, name, text, count, savedAtMs - firstAgeMs, savedAtMs - lastAgeMs);
    }
    for (const exception of state.exceptions) {
      for (const node of exception.nodes) ledger.#exceptions.count(exception, 0, node);
      ledger.#exceptions.count(exception, exception.count);
    }
    ledger.#retries = state.retries;
    ledger.#abandoned = state.abandoned;
    ledger.#failedStarts = state.failedStarts;
    for (const [node, requests] of Object.entries(state.requestsByNode)) ledger.#requestsByNode.set(node, requests);
    return ledger;
  }

  /** Adds what came in to the run, the open tick and the second, each row's and the total's. */
  #fold(): void {
    if (this.#dirty.length === 0) return;
    const second = Math.floor(this.#startWallMs / 1000) + Math.round((this.#openedMs - this.#startMs) / 1000);
    const maxPoints = Math.max(MIN_POINTS, Math.floor(POINTS_BUDGET / (this.#rows.size + 1)));
    const sum = this.#total.open;
    for (const row of this.#dirty) {
      row.fold(row.open, this.#openTick, second, maxPoints);
      sum.add(row.open);
      row.open.reset();
      row.open.isDirty = false;
    }
    this.#total.fold(sum, this.#openTick, second, maxPoints);
    this.#span.add(sum);
    sum.reset();
    this.#dirty = [];
  }

  #sortedRows(): LedgerRow[] {
    return [...this.#rows.rows()].sort((a, b) =>
      compareText(a.run.name, b.run.name) || compareText(a.run.method, b.run.method)
    );
  }

  #toWallMs(ms: number): number {
    return this.#startWallMs + (ms - this.#startMs);
  }
}
