/**
 * The counts of one row in each of the last ticks, in memory that is used again: an idle row holds little. The ledger numbers the ticks
 * 0, 1, 2 … and says which ones are the last.
 */
import type { Entry } from "./entry.ts";
import { Histogram, type TimesReading } from "./histogram.ts";
import { HistogramCells } from "./histogram_cells.ts";

/** Whole ticks that a "current" figure looks back on. */
export const WINDOW_TICKS = 10;

interface TickCounts {
  readonly tick: number;
  readonly requests: number;
  readonly failures: number;
  readonly summary: Histogram["summary"];
  /** Number of its cells; those of the ticks stand one after the other. */
  readonly length: number;
  /** Instead of cells, where counts are too large for these. */
  readonly packed?: Uint8Array;
}

/** The counts of some ticks together. */
export interface WindowReading extends TimesReading {
  readonly requests: number;
  readonly failures: number;
}

/** Shared room: reading and writing a window are synchronous and never nested. */
const merged = new Histogram();
const pushed = new HistogramCells();
const NO_CELLS = new Uint32Array(0);

export class TickWindow {
  #ticks: TickCounts[] = [];
  #cells = NO_CELLS;
  #length = 0;

  /** Keeps what `entry` counted in a tick; a tick may come in several parts. */
  push(tick: number, { requests, failures, times: { times } }: Pick<Entry, "requests" | "failures" | "times">): void {
    this.#forget(tick - WINDOW_TICKS); // a report may read no window at all
    const { summary } = times;
    if (times.fillCells(pushed)) {
      this.#append(pushed);
      this.#ticks.push({ tick, requests, failures, summary, length: pushed.length });
    } else {
      this.#ticks.push({ tick, requests, failures, summary, length: 0, packed: times.pack() });
    }
  }

  /** What the ticks from `from` up to, not including, `to` counted, and quantiles of their times; older ticks are forgotten. */
  read(from: number, to: number, fractions: readonly number[]): WindowReading {
    this.#forget(from);
    merged.reset();
    let requests = 0;
    let failures = 0;
    let at = 0;
    for (const tick of this.#ticks) {
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

  clear(): void {
    this.#ticks = [];
    this.#cells = NO_CELLS;
    this.#length = 0;
  }

  #append({ cells, length }: HistogramCells): void {
    const needed = this.#length + length;
    if (needed > this.#cells.length) {
      const grown = new Uint32Array(Math.max(needed, Math.ceil(1.5 * this.#cells.length)));
      grown.set(this.#cells.subarray(0, this.#length));
      this.#cells = grown;
    }
    for (let i = 0; i < length; i++) this.#cells[this.#length + i] = cells[i] as number;
    this.#length = needed;
  }

  #forget(before: number): void {
    let ticks = 0;
    let cells = 0;
    for (const tick of this.#ticks) {
      if (tick.tick >= before) break;
      ticks++;
      cells += tick.length;
    }
    if (ticks === 0) return;
    this.#ticks.splice(0, ticks);
    this.#cells.copyWithin(0, cells, this.#length);
    this.#length -= cells;
  }
}
