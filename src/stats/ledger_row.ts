/**
 * One row of the ledger: the counts of the open tick, of the whole run, of the last ticks, and by second.
 */
import { Entry } from "./entry.ts";
import type { TimesReading } from "./histogram.ts";
import { REPORTED_PERCENTILES } from "../protocol/snapshot_message.ts";
import { TickSeries } from "./tick_series.ts";
import { TickWindow } from "./tick_window.ts";

export class LedgerRow {
  readonly kind: "named" | "overflow";
  readonly run: Entry;
  /** What came in since the last fold. */
  readonly open: Entry;
  readonly window = new TickWindow();
  requestsBySecond = new TickSeries();
  failuresBySecond = new TickSeries();
  /** Monotonic time from which the row counts: the start of the run or its last reset, as for its rate. */
  startMs: number;
  #times: TimesReading | undefined;

  constructor(method: string, name: string, kind: "named" | "overflow", startMs: number) {
    this.kind = kind;
    this.run = new Entry(method, name, kind);
    this.open = new Entry(method, name, kind);
    this.startMs = startMs;
  }

  /**
   * Moves the open counts of `from` (this row's own, or a part of a total) into the run, the window and the series. What ended after the
   * stop is in no window; `tick` undefined: nothing is, because the load had no whole tick.
   */
  fold(from: Entry, tick: number | undefined, second: number, maxPoints: number): void {
    this.run.add(from);
    this.#times = undefined;
    if (tick !== undefined) this.#pushToWindow(tick, from);
    this.requestsBySecond.add(second, from.requests, maxPoints);
    this.failuresBySecond.add(second, from.failures, maxPoints);
  }

  #pushToWindow(tick: number, from: Entry): void {
    if (from.drained === 0) return this.window.push(tick, from);
    const requests = from.requests - from.drained;
    if (requests === 0) return;
    // One part of a delta on both sides of the stop: its failures are taken in proportion, its times all.
    const failures = Math.round(from.failures * requests / from.requests);
    this.window.push(tick, { requests, failures, times: from.times });
  }

  /** The response times of the whole run, with the reported percentiles; a row that is idle is read once. */
  readTimes(): TimesReading {
    return this.#times ??= this.run.times.times.readTimes(REPORTED_PERCENTILES);
  }

  reset(startMs: number): void {
    this.run.reset();
    this.#times = undefined;
    this.open.reset();
    this.open.isDirty = false;
    this.window.clear();
    this.requestsBySecond.clear();
    this.failuresBySecond.clear();
    this.startMs = startMs;
  }
}
