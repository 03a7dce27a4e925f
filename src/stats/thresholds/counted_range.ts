/**
 * Counts of a group of rows between two readings of the ledger. Readings are states of additive counts, so that any
 * part of a run is the difference of two of them. Pure.
 */
import type { ArrivalCounts } from "../../protocol/arrivals_message.ts";
import { Histogram } from "../histogram/histogram.ts";
import { subtractTimes } from "../histogram/subtract_times.ts";
import type { Counted } from "./statistic.ts";
import type { ScopedRow, SplitName } from "./threshold.ts";

/** One row at a moment: what it has counted since the start of the run or the last reset. */
export interface RowReading {
  readonly method: string;
  readonly name: string;
  /** Of requests with one value of a tag; the row of all of them is `Aggregated`. */
  readonly split?: SplitName;
  readonly requests: number;
  readonly failures: number;
  /** Of these, those that were started after the stop. */
  readonly startedLate: number;
  readonly failedLate: number;
  /** Packed histograms. `corrected` is absent where it equals `times`, or was not asked for. */
  readonly times: Uint8Array;
  readonly corrected?: Uint8Array;
}

/** The rows of one group at the two ends of a range; `before` is absent where nothing is to be subtracted. */
export interface RangeEnds {
  readonly now: readonly RowReading[];
  readonly before?: readonly RowReading[] | undefined;
  readonly seconds: number;
  readonly users: number;
  /** Of the whole test, in this range. */
  readonly arrivals: Pick<ArrivalCounts, "asked" | "dropped">;
}

export function countRange({ now, before, seconds, users, arrivals }: RangeEnds): Counted {
  const earlier = new Map(before?.map((row) => [rowKey(row), row]));
  const times = new Histogram();
  const corrected = new Histogram();
  const counted = { requests: 0, failures: 0, rateRequests: 0, rateFailures: 0 };
  for (const row of now) {
    const base = earlier.get(rowKey(row));
    const requests = row.requests - (base?.requests ?? 0);
    const failures = row.failures - (base?.failures ?? 0);
    counted.requests += requests;
    counted.failures += failures;
    counted.rateRequests += requests - (row.startedLate - (base?.startedLate ?? 0));
    counted.rateFailures += failures - (row.failedLate - (base?.failedLate ?? 0));
    const measured = differenceOf(row.times, base?.times);
    times.add(measured);
    // Rows without corrected times have the same there: to unpack is most of the work.
    const isMeasured = row.corrected === undefined && base?.corrected === undefined;
    corrected.add(isMeasured ? measured : differenceOf(row.corrected ?? row.times, base?.corrected ?? base?.times));
  }
  return { ...counted, seconds, times, corrected, users, asked: arrivals.asked, dropped: arrivals.dropped };
}

export function rowKey({ method, name, split }: ScopedRow): string {
  const key = `${method} ${name.length} ${name}`;
  return split === undefined ? key : `${key} ${split.tag.length} ${split.tag} ${split.value}`;
}

function differenceOf(later: Uint8Array, earlier: Uint8Array | undefined): Histogram {
  if (earlier === undefined || earlier.length === 0) return Histogram.unpack(later);
  return earlier === later ? new Histogram() : subtractTimes(later, earlier);
}
