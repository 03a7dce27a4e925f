/** The arrivals of the last ticks by class. Totals, and which classes there are, are its owner's. */
import { type ClassArrivalCounts, NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { ClassArrivals } from "../../protocol/snapshot_message.ts";
import { ArrivalTicks, type TickWindow } from "./arrival_ticks.ts";

/** A class whose tasks are started by a schedule. */
export type ScheduledClass = Pick<ClassArrivals, "name" | "kind" | "plannedPerSecond">;

export class ClassArrivalTicks {
  readonly #ticks = new Map<string, ArrivalTicks>();

  /** `tick`: the open one; undefined after the stop. Only names that `totals` of the run have are kept, which are bounded. */
  add(counts: ClassArrivalCounts, totals: ClassArrivalCounts, tick: number | undefined): void {
    for (const [name, each] of Object.entries(counts)) {
      if (!(name in totals)) continue;
      let ticks = this.#ticks.get(name);
      if (ticks === undefined) this.#ticks.set(name, ticks = new ArrivalTicks());
      ticks.add(each, tick);
    }
  }

  reset(): void {
    for (const ticks of this.#ticks.values()) ticks.reset();
  }

  read(totals: ClassArrivalCounts, classes: readonly ScheduledClass[], window: TickWindow): readonly ClassArrivals[] {
    return classes.map((each) => ({
      ...each,
      ...(this.#ticks.get(each.name) ?? NO_TICKS).readCounted(totals[each.name] ?? NO_ARRIVALS, window),
    }));
  }
}

/** Of a class of which nothing was counted in this process. */
const NO_TICKS = new ArrivalTicks();
