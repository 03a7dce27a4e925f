/**
 * Arrivals as messages: when they are to start, which of them a receiver starts, and how many there were. Types only.
 * Times are milliseconds since the start of the run, on the master's clock; arrivals of a stream have the numbers 0, 1,
 * 2 …
 */
import type { MachineReading } from "../base/clock.ts";

/** Arrivals per second over the time of a run: straight lines between the points. */
export interface RateCurve {
  /** Arrivals before the first point; a fraction where the rate was changed between two of them. */
  readonly countBefore: number;
  /** Ascending in time; two points of one time are a jump. After the last one its rate stays. */
  readonly points: readonly (readonly [ms: number, perSecond: number])[];
  /** No arrival starts at this time or later; absent: no end. */
  readonly endMs?: number;
}

/**
 * From one arrival on, the rate and the part of the arrivals that the receiver starts: number k where `k mod of` is in
 * `slots`.
 */
export interface ArrivalLeg {
  readonly fromIndex: number;
  readonly curve: RateCurve;
  readonly of: number;
  /** Ascending. */
  readonly slots: readonly number[];
}

/** Arrivals that a lost worker did not start: the receiver starts them in its place, at once. */
export interface OwedArrivals {
  /** Grows: one that is not above the last one was given before. Absent from masters that give each once. */
  readonly id?: number;
  readonly fromIndex: number;
  readonly toIndex: number; // not included
  readonly of: number;
  readonly slots: readonly number[];
}

export interface LeftArrivals {
  /** Of the same numbers as those of `owed`: what was given later is not meant. */
  readonly id: number;
  readonly fromIndex: number;
}

/** How the arrivals of a stream lie in time: at equal distances, or by chance. */
export const ARRIVAL_PATTERNS = ["even", "poisson"] as const;
export type ArrivalPattern = (typeof ARRIVAL_PATTERNS)[number];

/** One sequence of arrivals, and whom they start. */
export interface ArrivalStream {
  readonly id: number;
  /** `target`: its arrivals are task starts of users that run all the time, of one class. Absent: each takes a user of a pool. */
  readonly kind?: "target";
  /** An arrival is of one of these, by weight. */
  readonly classes: readonly { readonly name: string; readonly weight: number }[];
  readonly pattern: ArrivalPattern;
  /** Of the random numbers of `poisson`. */
  readonly seed: number;
  /** Users at a time, over the whole cluster: each slot of the newest leg has its part. */
  readonly maxUsers: number;
  /** A user that was made for arrival k has the index `firstUserIndex + k · userIndexStep`. */
  readonly firstUserIndex: number;
  readonly userIndexStep: number;
  /** So many in all: those with this number and higher ones are none. Absent: no end. */
  readonly count?: number;
  /** Ascending. A receiver that is beyond the beginning of the newest one has no use for the others. */
  readonly legs: readonly ArrivalLeg[];
  readonly owed: readonly OwedArrivals[];
  /**
   * The receiver was away: from these numbers on others have what it had before, owed ones included. Absent: it was
   * not, or has heard of it.
   */
  readonly left?: readonly LeftArrivals[];
  /** Its end is over while the run goes on: what still waits is dropped, and its users end. */
  readonly isOver?: true;
}

export interface ArrivalOrder {
  readonly runId: string;
  /** An order of an epoch that was seen before is a reading of the clock, and nothing else. */
  readonly epoch: number;
  /** The time of the run when the order was sent. */
  readonly runMs: number;
  /** When that was, for receivers on the same machine; absent where its clock cannot be read. */
  readonly reading?: MachineReading;
  /**
   * No arrival of this time of the run or later may start, until another order says more. Absent from masters without
   * hand-overs.
   */
  readonly untilMs?: number;
  /**
   * `untilMs` is the limit from now on, also where the one of before was later; the receiver says in `arrivalsHeld`,
   * with this number, where it is.
   */
  readonly hold?: number;
  /** Absent: as before. */
  readonly streams?: readonly ArrivalStream[];
}

/** Arrivals that were counted. What is asked for and neither started nor dropped waits for a user. */
export interface ArrivalCounts {
  /** Their time has come. */
  readonly asked: number;
  /** A user has begun the iteration. */
  readonly started: number;
  /** No user was free, and none was waited for. */
  readonly dropped: number;
  /** Of those that were started: more than `LATE_AFTER_MS` after their time. */
  readonly late: number;
}

/** Less than this is within what timers and a full turn of an event loop cost. */
export const LATE_AFTER_MS = 10;

export const NO_ARRIVALS: ArrivalCounts = { asked: 0, started: 0, dropped: 0, late: 0 };

export function addArrivals(a: ArrivalCounts, b: ArrivalCounts): ArrivalCounts {
  return {
    asked: a.asked + b.asked,
    started: a.started + b.started,
    dropped: a.dropped + b.dropped,
    late: a.late + b.late,
  };
}

/** Arrivals by user class. */
export type ClassArrivalCounts = Readonly<Record<string, ArrivalCounts>>;

export const NO_CLASS_ARRIVALS: ClassArrivalCounts = {};

/** More classes than a locustfile has; those beyond are counted together. */
const MAX_ARRIVAL_CLASSES = 1000;
const OTHER_CLASSES = "(other)";

export function addClassArrivals(a: ClassArrivalCounts, b: ClassArrivalCounts): ClassArrivalCounts {
  const sum: Record<string, ArrivalCounts> = { ...a };
  for (const [name, counts] of Object.entries(b)) {
    const key = name in sum || Object.keys(sum).length < MAX_ARRIVAL_CLASSES ? name : OTHER_CLASSES;
    sum[key] = addArrivals(sum[key] ?? NO_ARRIVALS, counts);
  }
  return sum;
}
