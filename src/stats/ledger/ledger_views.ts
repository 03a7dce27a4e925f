/** Questions to a ledger and its answers, beside snapshots. Types only. */
import type { Clock } from "../../base/clock.ts";
import type { LedgerReading } from "../thresholds/ledger_reading.ts";
import type { ArrivalCounts, ClassArrivalCounts } from "../../protocol/arrivals_message.ts";
import type { FailureSample } from "../../protocol/failure_sample_message.ts";
import type { IterationsByPlan } from "../../protocol/iterations_message.ts";
import type { PaceSnapshot, ScenarioSnapshot, WorkerSnapshot } from "../../protocol/snapshot_message.ts";
import type { ScopedRow } from "../thresholds/threshold.ts";
import type { Schedule } from "./ledger_arrivals.ts";
import type { PlannedIterations } from "./iteration_counts.ts";

/** What the ledger does not know: how the run and its workers are doing. */
export interface SnapshotContext extends Schedule {
  readonly state: string;
  readonly userCount: number;
  readonly targetUserCount: number;
  readonly usersByClass: Readonly<Record<string, number>>;
  readonly workers: readonly WorkerSnapshot[];
  readonly pace?: PaceSnapshot | undefined;
  readonly scenarios?: readonly ScenarioSnapshot[] | undefined;
  /** Each with the counts of its name. */
  readonly iterations?: readonly PlannedIterations[] | undefined;
}

/** The rows that a reading is to have. */
export interface RowFilter {
  readonly row: (row: ScopedRow) => boolean;
  readonly corrected: boolean;
  readonly measures?: boolean;
}

/** An example of a kind of failure. */
export interface SampledFailure {
  readonly method: string;
  readonly name: string;
  readonly text: string;
  readonly sample: FailureSample & { readonly wallMs: number };
}

/** Counts that are in no row, for the verdict. */
export interface LedgerCounts {
  readonly retries: number;
  readonly abandoned: number;
  readonly failedStarts: number;
  readonly lostUsers: number;
  readonly quitUsers: number;
  readonly arrivals: ArrivalCounts;
  readonly classArrivals?: ClassArrivalCounts;
  readonly iterations?: IterationsByPlan | undefined;
  readonly exceptions: number;
  readonly overflowedRequests: number; // in `(other)` rows
  readonly overflowedFailures: number; // in the group beyond the limit
  readonly overflowedMeasures: number; // checks, metric values and transactions in `(other)` rows
}

export interface LedgerOptions {
  readonly clock: Clock;
  readonly maxNames?: number;
  /** So long before its second is over each report of the workers is made. Absent: they are made at the tick. */
  readonly leadMs?: number;
  /** `told`: each report says up to when it counts. Absent: a journal does, or nobody. */
  readonly reach?: "told";
}

/** What is read for thresholds, and up to where it reaches: see `LedgerReading`. */
export type CountedReading = Pick<LedgerReading, "total" | "rows" | "arrivals" | "measures"> & {
  readonly loadMs: number;
  readonly reachedMs: number;
};
