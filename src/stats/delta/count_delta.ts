/** Adds a delta to counts: the one way, for those that a worker keeps and for the master's ledger. */
import { addIterations, type IterationsByPlan } from "../../protocol/iterations_message.ts";
import {
  addArrivals,
  addClassArrivals,
  type ArrivalCounts,
  type ClassArrivalCounts,
  NO_ARRIVALS,
  NO_CLASS_ARRIVALS,
} from "../../protocol/arrivals_message.ts";
import { type DeltaMessage, EMPTY_DELTA, type NameOrigin, PHASES } from "../../protocol/delta_message.ts";
import { readDelta } from "./decoded_delta.ts";
import type { Entry } from "./entry.ts";
import type { ExceptionGroups } from "../groups/exception_groups.ts";
import type { FailureGroups } from "../groups/failure_groups.ts";
import type { MeasureBook } from "../measures/measure_book.ts";
import { StatusCounts } from "../groups/status_counts.ts";

/** Counts that belong to no row. */
export interface RunSums {
  retries: number;
  abandoned: number;
  failedStarts: number;
  lostUsers: number;
  quitUsers: number;
  readonly statuses: StatusCounts;
  arrivals: ArrivalCounts;
  /** Absent: none. */
  iterations: IterationsByPlan | undefined;
  classArrivals: ClassArrivalCounts;
}

export function createSums(): RunSums {
  return {
    retries: 0,
    abandoned: 0,
    failedStarts: 0,
    lostUsers: 0,
    quitUsers: 0,
    statuses: new StatusCounts(),
    arrivals: NO_ARRIVALS,
    iterations: undefined,
    classArrivals: NO_CLASS_ARRIVALS,
  };
}

/** The name under which what is said of a name is counted: of its own row, or of the group that it is in. */
export type NameOf = (method: string, name: string) => string;

export interface DeltaTarget {
  /** The counters of a method and name, noted as changed. */
  readonly open: (method: string, name: string, origin?: NameOrigin) => Entry;
  /** The name of the row that counts it now. Absent: its own. */
  readonly nameOf?: NameOf;
  readonly failures: FailureGroups;
  readonly exceptions: ExceptionGroups;
  readonly sums: RunSums;
  readonly measures: MeasureBook;
  /** The worker that had the exceptions; absent where that is not kept. */
  readonly worker?: string;
}

/** Adds a delta that was received at `receivedAtMs`. All or nothing: throws a `LocustError` (`bad_stats`) on a malformed one. */
export function countDelta(delta: DeltaMessage, receivedAtMs: number, target: DeltaTarget): void {
  countRows(delta, receivedAtMs, target.open);
  countOthers(delta, receivedAtMs, target);
}

/** The rows of a delta alone. All or nothing, as the whole delta. */
export function countRows(delta: DeltaMessage, receivedAtMs: number, open: DeltaTarget["open"]): void {
  const decoded = readDelta(delta);
  for (const part of delta.entries) {
    open(part.method, part.name, part.origin).addDelta(part, receivedAtMs, decoded);
  }
}

/** What a delta that has been read counts beside its rows. */
export function countOthers(delta: DeltaMessage, receivedAtMs: number, target: Omit<DeltaTarget, "open">): void {
  for (const { method, name: fullName, text, count, firstAgeMs, lastAgeMs, sample } of delta.failures) {
    const name = target.nameOf?.(method, fullName) ?? fullName;
    const firstMs = receivedAtMs - firstAgeMs;
    const group = target.failures.count(method, name, text, count, firstMs, receivedAtMs - lastAgeMs);
    if (sample === undefined || group.sample !== undefined || group.text !== text) continue;
    const { ageMs, ...kept } = sample;
    group.sample = { ...kept, atMs: receivedAtMs - ageMs };
  }
  for (const exception of delta.exceptions) target.exceptions.count(exception, exception.count, target.worker);
  target.sums.retries += delta.retries;
  target.sums.abandoned += delta.abandoned;
  if (delta.statuses !== undefined) target.sums.statuses.add(delta.statuses);
  if (delta.arrivals !== undefined) target.sums.arrivals = addArrivals(target.sums.arrivals, delta.arrivals);
  if (delta.measures !== undefined) target.measures.add(delta.measures, receivedAtMs);
  if (delta.classArrivals !== undefined) {
    target.sums.classArrivals = addClassArrivals(target.sums.classArrivals, delta.classArrivals);
  }
  countUsers(delta, target.sums);
}

/**
 * Adds the users that ended, and the iterations. Theirs are the only counts that a reset of the statistics keeps: a user that is gone is
 * missing after the reset, too, and of a number of iterations what was made before it is not made again.
 */
export function countUsers(
  { failedStarts, lostUsers = 0, quitUsers = 0, iterations }: DeltaMessage,
  sums: RunSums,
): void {
  if (iterations !== undefined) sums.iterations = addIterations(sums.iterations ?? {}, iterations);
  sums.failedStarts += failedStarts;
  sums.lostUsers += lostUsers;
  sums.quitUsers += quitUsers;
}

/** Of a delta of before a reset what still counts; undefined if that is nothing. */
export function keepUsers(
  { failedStarts, lostUsers = 0, quitUsers = 0, iterations }: DeltaMessage,
): DeltaMessage | undefined {
  if (failedStarts + lostUsers + quitUsers === 0 && iterations === undefined) return undefined;
  return { ...EMPTY_DELTA, failedStarts, lostUsers, quitUsers, ...(iterations === undefined ? {} : { iterations }) };
}

/** Of all rows. */
export function countRequests({ entries }: Pick<DeltaMessage, "entries">): number {
  return entries.reduce((sum, { requests }) => sum + requests, 0);
}

/** How many times a delta has, and their sum. */
export interface SummedTimes {
  readonly count: number;
  readonly sumUs: number;
}

export function sumTimes(delta: DeltaMessage): SummedTimes {
  const decoded = readDelta(delta);
  let count = 0;
  let sumUs = 0;
  for (const entry of delta.entries) {
    const times = decoded.next();
    count += times.count;
    sumUs += times.sumUs;
    if (entry.corrected !== undefined) decoded.next();
    for (const phase of PHASES) if (entry.phases?.[phase] !== undefined) decoded.next();
  }
  return { count, sumUs };
}
