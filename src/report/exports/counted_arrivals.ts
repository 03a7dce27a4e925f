/**
 * Counts of arrivals by class as exporters send them: since the start of the run, also across a reset of the
 * statistics, so that they only go up. Pure.
 */
import { addArrivals, type ArrivalCounts, NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { ClassArrivals } from "../../protocol/snapshot_message.ts";

/** Counts before the last reset, by `arrivalsKey`. */
export type EarlierArrivals = ReadonlyMap<string, ArrivalCounts>;

/** A class may have arrivals in one scenario and a target rate in another. */
export function arrivalsKey({ name, kind }: Pick<ClassArrivals, "name" | "kind">): string {
  return `${kind}\0${name}`;
}

/** Each class with its counts since the start of the run; its rates and what waits are those of now. */
export function addEarlier(
  now: readonly ClassArrivals[] | undefined,
  earlier: EarlierArrivals | undefined,
): readonly ClassArrivals[] {
  if (now === undefined || earlier === undefined) return now ?? [];
  return now.map((each) => ({ ...each, ...addArrivals(earlier.get(arrivalsKey(each)) ?? NO_ARRIVALS, each) }));
}

export function keepArrivals(counted: readonly ClassArrivals[]): EarlierArrivals {
  return new Map(counted.map(({ asked, started, dropped, late, ...each }) => [
    arrivalsKey(each),
    { asked, started, dropped, late },
  ]));
}
