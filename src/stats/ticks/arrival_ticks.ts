/**
 * The arrivals of the last ticks, for rates, and of the step of the history that is open. Totals are its owner's.
 */
import { addArrivals, type ArrivalCounts, NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { ArrivalsSnapshot, CountedArrivals } from "../../protocol/snapshot_message.ts";
import { WINDOW_TICKS } from "./tick_window.ts";

/** What is known of arrivals beside their counts: of the schedule until now, or until the stop. */
export type PlannedArrivals = Pick<ArrivalsSnapshot, "planned" | "plannedPerSecond">;

/** The last whole ticks, [from, to), and the time they took together. */
export interface TickWindow {
  readonly windowFrom: number;
  readonly windowTo: number;
  readonly windowMs: number;
}

export class ArrivalTicks {
  #ticks: { readonly tick: number; readonly counts: ArrivalCounts }[] = [];
  #span = NO_ARRIVALS;

  /** `tick`: the open one; undefined after the stop. */
  add(counts: ArrivalCounts, tick: number | undefined): void {
    this.#span = addArrivals(this.#span, counts);
    if (tick === undefined) return;
    const last = this.#ticks.at(-1);
    if (last?.tick === tick) this.#ticks[this.#ticks.length - 1] = { tick, counts: addArrivals(last.counts, counts) };
    else this.#ticks.push({ tick, counts });
    while ((this.#ticks[0]?.tick ?? tick) < tick - WINDOW_TICKS) this.#ticks.shift();
  }

  /** What was added since the call before; undefined: nothing. */
  takeSpan(): ArrivalCounts | undefined {
    const span = this.#span;
    this.#span = NO_ARRIVALS;
    return span === NO_ARRIVALS ? undefined : span;
  }

  /** Rates of the window begin anew. */
  reset(): void {
    this.#ticks = [];
  }

  read(total: ArrivalCounts, plan: PlannedArrivals, window: TickWindow): ArrivalsSnapshot {
    return { ...plan, ...this.readCounted(total, window) };
  }

  /** Without the schedule. */
  readCounted(total: ArrivalCounts, { windowFrom, windowTo, windowMs }: TickWindow): CountedArrivals {
    const sum = this.#ticks.filter(({ tick }) => tick >= windowFrom && tick < windowTo)
      .reduce((all, { counts }) => addArrivals(all, counts), NO_ARRIVALS);
    const perSecond = (count: number) => windowMs > 0 ? count * 1000 / windowMs : 0;
    return {
      ...total,
      waiting: Math.max(0, total.asked - total.started - total.dropped),
      askedPerSecond: perSecond(sum.asked),
      startedPerSecond: perSecond(sum.started),
      droppedPerSecond: perSecond(sum.dropped),
      latePerSecond: perSecond(sum.late),
    };
  }
}
