/**
 * The counts of one row in each of the last ticks, in memory that is used again: an idle row holds little. The ledger
 * numbers the ticks 0, 1, 2 … and says which ones are the last.
 */
import { Histogram, type TimesReading } from "../histogram/histogram.ts";
import { HistogramCells } from "../histogram/histogram_cells.ts";
import type { DecodedHistogram } from "../histogram/packed_histogram.ts";

/** Whole ticks that a "current" figure looks back on. */
export const WINDOW_TICKS = 10;

export interface RowCounts {
  readonly requests: number;
  readonly failures: number;
}

interface TickCounts extends RowCounts {
  readonly tick: number;
  readonly summary: Histogram["summary"];
  /** Number of its cells; those of the ticks stand one after the other. */
  readonly length: number;
  /** Instead of cells, where counts are too large for these. */
  readonly packed?: Uint8Array;
}

/** The counts of some ticks together. */
export interface WindowReading extends TimesReading, RowCounts {}

/** Shared room: reading and writing a window are synchronous and never nested. */
const merged = new Histogram();
const pushed = new HistogramCells();
const NO_CELLS = new Uint32Array(0);

export class TickWindow {
  /** From `#firstTick` on; those before are forgotten. The same of `#cells`, from `#firstCell` up to `#endCell`. */
  #ticks: TickCounts[] = [];
  #firstTick = 0;
  #cells = NO_CELLS;
  #firstCell = 0;
  #endCell = 0;

  /** Keeps what a row counted in a tick; a tick may come in several parts. */
  push(tick: number, counts: RowCounts, times: Histogram): void {
    const isInCells = times.fillCells(pushed);
    this.#keep(tick, counts, times.summary, isInCells ? undefined : times.pack());
  }

  /** The same of response times that have been read from bytes. */
  pushDecoded(tick: number, counts: RowCounts, times: DecodedHistogram, bytes: Uint8Array): void {
    const { count, clamped, sumUs, minUs, maxUs } = times;
    const isInCells = pushed.fill(times);
    this.#keep(tick, counts, { count, clamped, sumUs, minUs, maxUs }, isInCells ? undefined : bytes);
  }

  /** What the ticks from `from` up to, not including, `to` counted, and quantiles of their times; older ticks are forgotten. */
  read(from: number, to: number, fractions: readonly number[]): WindowReading {
    this.#forget(from);
    merged.reset();
    let requests = 0;
    let failures = 0;
    let at = this.#firstCell;
    for (let i = this.#firstTick; i < this.#ticks.length; i++) {
      const tick = this.#ticks[i] as TickCounts;
      const begin = at;
      at += tick.length;
      if (tick.tick >= to) continue;
      requests += tick.requests;
      failures += tick.failures;
      if (tick.packed !== undefined) merged.addPacked(tick.packed);
      else merged.addCells(this.#cells, begin, at, tick.summary);
    }
    return { requests, failures, ...merged.readTimes(fractions) };
  }

  /** Adds what another row counted in its ticks. */
  absorb(other: TickWindow): void {
    const parts = [...this.#parts(), ...other.#parts()].sort((a, b) => a.counts.tick - b.counts.tick);
    this.clear();
    for (const { counts, cells } of parts) {
      if (this.#endCell + cells.length > this.#cells.length) this.#makeRoom(cells.length);
      this.#cells.set(cells, this.#endCell);
      this.#endCell += cells.length;
      this.#ticks.push(counts);
    }
  }

  /** Copies, each with its own cells. */
  #parts(): { readonly counts: TickCounts; readonly cells: Uint32Array }[] {
    let at = this.#firstCell;
    return this.#ticks.slice(this.#firstTick).map((counts) => {
      const begin = at;
      at += counts.length;
      return { counts, cells: this.#cells.slice(begin, at) };
    });
  }

  clear(): void {
    this.#ticks = [];
    this.#cells = NO_CELLS;
    this.#firstTick = this.#firstCell = this.#endCell = 0;
  }

  #keep(
    tick: number,
    { requests, failures }: RowCounts,
    summary: TickCounts["summary"],
    packed: Uint8Array | undefined,
  ): void {
    this.#forget(tick - WINDOW_TICKS); // a report may read no window at all
    if (packed !== undefined) return void this.#ticks.push({ tick, requests, failures, summary, length: 0, packed });
    this.#append(pushed);
    this.#ticks.push({ tick, requests, failures, summary, length: pushed.length });
  }

  #append({ cells, length }: HistogramCells): void {
    if (this.#endCell + length > this.#cells.length) this.#makeRoom(length);
    for (let i = 0; i < length; i++) this.#cells[this.#endCell + i] = cells[i] as number;
    this.#endCell += length;
  }

  /** Moves the cells to the front, into larger memory where they fill more than half of it. */
  #makeRoom(more: number): void {
    const used = this.#endCell - this.#firstCell;
    const kept = this.#cells.subarray(this.#firstCell, this.#endCell);
    if (2 * (used + more) > this.#cells.length) this.#cells = new Uint32Array(Math.ceil(2.5 * (used + more)));
    this.#cells.set(kept);
    this.#firstCell = 0;
    this.#endCell = used;
  }

  #forget(before: number): void {
    while (this.#firstTick < this.#ticks.length) {
      const { tick, length } = this.#ticks[this.#firstTick] as TickCounts;
      if (tick >= before) break;
      this.#firstTick++;
      this.#firstCell += length;
    }
    if (this.#firstTick <= WINDOW_TICKS) return;
    this.#ticks.splice(0, this.#firstTick);
    this.#firstTick = 0;
  }
}
