/** The ledger at a moment, as far as thresholds are about it. Types. */
import type { ArrivalCounts } from "../../protocol/arrivals_message.ts";
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import type { RowReading } from "./counted_range.ts";
import type { LoadSpan } from "./load_span.ts";

export interface LedgerReading {
  /** Since the start of the run. */
  readonly seconds: number;
  /** The time so far in which load was asked for, from the start or the last reset, as far as it has been reported. */
  readonly loadSeconds: number;
  /** Up to where the counts reach: to the last reports of the workers, some time before `seconds`. Absent: to `seconds`. */
  readonly reachedSeconds?: number;
  readonly users: number;
  /** Of the whole test, so far. */
  readonly arrivals: ArrivalCounts;
  readonly total: RowReading;
  readonly rows: readonly RowReading[];
  /** Where a threshold is about them: what each has counted since the start of the run or the last reset. */
  readonly measures?: readonly MeasureDelta[];
  /** When the load of each scenario was on, of those that have begun. Absent where the run has none. */
  readonly scenarios?: ReadonlyMap<string, LoadSpan>;
}
