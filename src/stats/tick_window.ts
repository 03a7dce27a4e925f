/**
 * The counts of one row in each of the last ticks, packed: an idle row holds nothing. The ledger numbers the ticks 0, 1, 2 … and
 * says which ones are the last.
 */
import type { Entry } from "./entry.ts";
import { Histogram } from "./histogram.ts";

/** Whole ticks that a "current" figure looks back on. */
export const WINDOW_TICKS = 10;

interface TickCounts {
  readonly tick: number;
  readonly requests: number;
  readonly failures: number;
  readonly times: Uint8Array;
}

/** Shared room: reading a window is synchronous and never nested. */
const merged = new Histogram();

export class TickWindow {
  #ticks: TickCounts[] = [];

  /** Keeps what `entry` counted in a tick; a tick may come in several parts. */
  push(tick: number, entry: Entry): void {
    this.#forget(tick - WINDOW_TICKS); // a report may read no window at all
    this.#ticks.push({
      tick,
      requests: entry.requests,
      failures: entry.failures,
      times: entry.times.times.pack(),
    });
  }

  /** Requests and failures in the ticks from `from` up to, not including, `to`; older ones are forgotten. */
  sum(from: number, to: number): { readonly requests: number; readonly failures: number } {
    this.#forget(from);
    let requests = 0;
    let failures = 0;
    for (const tick of this.#ticks) {
      if (tick.tick >= to) continue;
      requests += tick.requests;
      failures += tick.failures;
    }
    return { requests, failures };
  }

  /** Quantiles of the same ticks, in µs, null where nothing was timed; and all of their times as bytes. */
  read(
    from: number,
    to: number,
    fractions: readonly number[],
  ): { readonly quantilesUs: (number | null)[]; readonly packed: Uint8Array } {
    this.#forget(from);
    merged.reset();
    for (const tick of this.#ticks) {
      if (tick.tick < to) merged.addPacked(tick.times);
    }
    return { quantilesUs: merged.quantilesUs(fractions), packed: merged.pack() };
  }

  clear(): void {
    this.#ticks = [];
  }

  #forget(before: number): void {
    const kept = this.#ticks.findIndex((tick) => tick.tick >= before);
    if (kept === -1) this.#ticks = [];
    else if (kept > 0) this.#ticks.splice(0, kept);
  }
}
