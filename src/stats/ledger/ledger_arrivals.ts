/**
 * The arrivals of a ledger, all together and by class: their last ticks, and how snapshots show them. Totals are the
 * ledger's.
 */
import type { ArrivalCounts } from "../../protocol/arrivals_message.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { ArrivalTicks, type PlannedArrivals, type TickWindow } from "../ticks/arrival_ticks.ts";
import { ClassArrivalTicks, type ScheduledClass } from "../ticks/class_arrival_ticks.ts";
import type { RunSums } from "../delta/count_delta.ts";

/** What the ledger does not know of them: the schedule. */
export interface Schedule {
  readonly arrivals?: PlannedArrivals | undefined;
  readonly scheduledClasses?: readonly ScheduledClass[] | undefined;
}

export class LedgerArrivals {
  readonly #ticks = new ArrivalTicks();
  readonly #byClass = new ClassArrivalTicks();

  /** A delta that is in `sums` already. `tick`: the open one; undefined after the stop. */
  add({ arrivals, classArrivals }: DeltaMessage, sums: RunSums, tick: number | undefined): void {
    if (arrivals !== undefined) this.#ticks.add(arrivals, tick);
    if (classArrivals !== undefined) this.#byClass.add(classArrivals, sums.classArrivals, tick);
  }

  /** What was added since the call before. */
  takeSpan(): { readonly arrivals?: ArrivalCounts } {
    const arrivals = this.#ticks.takeSpan();
    return arrivals === undefined ? {} : { arrivals };
  }

  reset(): void {
    this.#ticks.reset();
    this.#byClass.reset();
  }

  read(
    sums: RunSums,
    { arrivals, scheduledClasses }: Schedule,
    window: TickWindow,
  ): Pick<SnapshotMessage, "arrivals" | "classArrivals"> {
    return {
      ...(arrivals === undefined ? {} : { arrivals: this.#ticks.read(sums.arrivals, arrivals, window) }),
      ...(scheduledClasses === undefined
        ? {}
        : { classArrivals: this.#byClass.read(sums.classArrivals, scheduledClasses, window) }),
    };
  }
}
