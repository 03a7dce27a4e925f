/** Counts what a threshold is about between two readings of the ledger. Pure. */
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import { countRange, type RowReading } from "./counted_range.ts";
import type { LedgerReading } from "./ledger_reading.ts";
import { countMeasures } from "./measure_counts.ts";
import type { Counted } from "./statistic.ts";

/** The parts of a reading that a group is about. */
export interface Selection {
  readonly rows: (from: LedgerReading) => readonly RowReading[];
  readonly measures?: (from: LedgerReading) => readonly MeasureDelta[];
}

/** Counts of a group between two readings; without `before` from where everything was 0. */
export function countBetween(
  { rows, measures }: Selection,
  before: LedgerReading | undefined,
  now: LedgerReading,
  range: { readonly seconds: number; readonly users: number },
): Counted {
  const counted = countRange({
    now: rows(now),
    before: before === undefined ? undefined : rows(before),
    arrivals: arrivalsBetween(before, now),
    ...range,
  });
  if (measures === undefined) return counted;
  return { ...counted, measures: countMeasures(measures(now), before === undefined ? undefined : measures(before)) };
}

function arrivalsBetween(before: LedgerReading | undefined, now: LedgerReading) {
  const { asked = 0, dropped = 0 } = before?.arrivals ?? {};
  return { asked: now.arrivals.asked - asked, dropped: now.arrivals.dropped - dropped };
}
