/**
 * One row of the ledger: the counts of the open tick, of the whole run, of the last ticks, and by second.
 */
import type { EntryDelta } from "../../protocol/delta_message.ts";
import type { DecodedDelta } from "../delta/decoded_delta.ts";
import type { RowReading } from "../thresholds/counted_range.ts";
import { Entry } from "../delta/entry.ts";
import type { TimesReading } from "../histogram/histogram.ts";
import { REPORTED_PERCENTILES } from "../../protocol/snapshot_message.ts";
import { TickSeries } from "../ticks/tick_series.ts";
import { type RowCounts, TickWindow } from "../ticks/tick_window.ts";

/** Where counts belong to in the run's time. */
export interface TickTime {
  /** Undefined: the load has been stopped, and the window stays as it is. */
  readonly tick: number | undefined;
  /** Since the Unix epoch. */
  readonly second: number;
  /** Points that a series of counts by second may have. */
  readonly maxPoints: number;
}

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
   * Moves the open counts of `from` (this row's own, or a part of a total) into the run, the window and the series.
   * What ended after the stop is in no window.
   */
  fold(from: Entry, { tick, second, maxPoints }: TickTime): void {
    this.run.add(from);
    this.#times = undefined;
    const loaded = tick === undefined ? undefined : countsOfLoad(from, from.drained);
    if (tick !== undefined && loaded !== undefined) this.window.push(tick, loaded, from.times.times);
    this.requestsBySecond.add(second, from.requests, maxPoints);
    this.failuresBySecond.add(second, from.failures, maxPoints);
  }

  /** The same of a part of a delta that was received at `receivedAtMs`; `decoded` has come to its histograms. */
  foldPart(
    part: EntryDelta,
    receivedAtMs: number,
    decoded: DecodedDelta,
    { tick, second, maxPoints }: TickTime,
  ): void {
    this.#times = undefined;
    const { position } = decoded;
    const times = decoded.next();
    const loaded = tick === undefined ? undefined : countsOfLoad(part, part.drain?.ended ?? 0);
    if (tick !== undefined && loaded !== undefined) this.window.pushDecoded(tick, loaded, times, part.times);
    decoded.position = position;
    this.run.addDelta(part, receivedAtMs, decoded);
    this.requestsBySecond.add(second, part.requests, maxPoints);
    this.failuresBySecond.add(second, part.failures, maxPoints);
  }

  /** The response times of the whole run, with the reported percentiles; a row that is idle is read once. */
  readTimes(): TimesReading {
    return this.#times ??= this.run.times.times.readTimes(REPORTED_PERCENTILES);
  }

  /** Adds all that another row has counted; both have no open counts. */
  absorb(other: LedgerRow): void {
    this.run.add(other.run);
    this.#times = undefined;
    this.window.absorb(other.window);
    this.requestsBySecond.absorb(other.requestsBySecond);
    this.failuresBySecond.absorb(other.failuresBySecond);
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

/**
 * What ended before the stop; undefined: nothing. Of a part of a delta on both sides of the stop the failures are taken
 * in proportion, its times all.
 */
function countsOfLoad({ requests, failures }: RowCounts, drained: number): RowCounts | undefined {
  if (drained === 0) return { requests, failures };
  const loaded = requests - drained;
  return loaded === 0 ? undefined : { requests: loaded, failures: Math.round(failures * loaded / requests) };
}

/** What thresholds read of a row. */
export function readRow(row: LedgerRow, corrected: boolean): RowReading {
  const { run } = row;
  return {
    method: run.method,
    name: run.name,
    requests: run.requests,
    failures: run.failures,
    startedLate: run.startedLate,
    failedLate: run.failedLate,
    times: row.readTimes().packed,
    ...(corrected && run.times.corrected !== undefined ? { corrected: run.times.corrected.pack() } : {}),
  };
}
