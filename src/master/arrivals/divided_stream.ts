/**
 * One stream of arrivals, divided among workers: its legs (who starts which, from which number on), what workers that
 * are gone left to others, and what each worker is to hear of that. Which workers there are, and since when a change
 * counts, is said by `arrival_dispatch.ts`. Pure but for its own state.
 *
 * Invariant: each arrival is in one leg or one debt, of one worker.
 */
import { ArrivalPositions } from "../../load/arrivals/arrival_positions.ts";
import { endCurve } from "../../load/arrivals/arrival_rate.ts";
import { curveAt, firstArrivalFrom, roundUp } from "../../load/arrivals/first_arrival.ts";
import { CurveReader } from "../../load/arrivals/rate_curve.ts";
import type {
  ArrivalLeg,
  ArrivalStream,
  LeftArrivals,
  OwedArrivals,
  RateCurve,
} from "../../protocol/arrivals_message.ts";
import {
  type Debt,
  divideOwed,
  earlierPart,
  laterPart,
  type Leg,
  legsFor,
  takeFrom,
  type Turns,
} from "./arrival_legs.ts";

/** A thread that stood still for so long may still have to start arrivals of a leg that is over. */
const FORGET_AFTER_MS = 5000;
/** As many legs, and as many debts, as an order may have: `protocol/wire/parse_arrivals.ts`. */
export const MAX_IN_ORDER = 16;

/**
 * Whoever ends a stretch of time must mean the same number as who begins with it, though their sums differ in the last
 * digits.
 */
const MARGIN_MS = 0.001;

/** A worker that has not heard of what it owes for so long is forgotten: nobody knows it any more. */
const KEEP_DEBTS_MS = 60_000;

export interface StreamSettings extends Pick<ArrivalStream, "kind" | "classes" | "pattern" | "maxUsers" | "count"> {
  /** From the start of the run. */
  readonly curve: RateCurve;
}

/**
 * Of a change: the time of the run now, and that from which on the change counts. Nobody has started an arrival of then
 * or later.
 */
export interface ChangeTimes {
  readonly nowMs: number;
  readonly atMs: number;
  /**
   * All that took part know whose the arrivals of before that time are: of what comes after it they must still hear.
   * Absent: they know all.
   */
  readonly heldMs?: number;
}

/** What a worker that is gone can not have started, and who owes it then. */
export interface Settlement {
  readonly workerId: string;
  readonly sinceMs: number;
  readonly nowMs: number;
  /** Who takes part. */
  readonly members: readonly string[];
  readonly unreachable: ReadonlySet<string>;
  readonly createId: () => number;
}

export class DividedStream {
  readonly id: number;
  readonly settings: StreamSettings;
  readonly #seed: number;
  readonly #positions: ArrivalPositions;
  #legs: readonly Leg[] = [];
  /** Those that may not be settled yet: a worker may be lost with them, or not have heard of them. */
  #debts: readonly Debt[] = [];
  /**
   * Of workers that came to have no part, and may not have heard of it: from where on others have what was theirs, and
   * the legs of then.
   */
  readonly #away = new Map<string, { readonly left: readonly LeftArrivals[]; readonly legs: readonly ArrivalLeg[] }>();
  #endMs: number | undefined;
  #isOver = false;

  constructor(id: number, settings: StreamSettings, seed: number) {
    this.id = id;
    this.settings = settings;
    this.#seed = seed;
    this.#positions = new ArrivalPositions(settings.pattern, seed);
  }

  /** Arrivals until a time of the run. */
  plannedUntil(runMs: number): number {
    return Math.min(this.#indexAt(Math.min(runMs, this.#endMs ?? Infinity)), this.settings.count ?? Infinity);
  }

  /** Arrivals per second that are still to come at a time of the run: none where all of them are planned already. */
  rateAt(runMs: number): number {
    return this.#indexAt(runMs) >= (this.settings.count ?? Infinity) ? 0 : this.curveRateAt(runMs);
  }

  /** The same, however many were planned. */
  curveRateAt(runMs: number): number {
    return new CurveReader(this.curveAt(runMs)).rateAt(runMs);
  }

  curveAt(runMs: number): RateCurve {
    return curveAt(this.#legs, runMs) ?? this.settings.curve;
  }

  /** Users of each member in the leg that is the last one. */
  get lastUsers(): readonly number[] {
    return this.#legs.at(-1)?.byUsers ?? [];
  }

  /** No arrival starts at that time of the run or later; undefined: there is no end. */
  endAt(endMs: number | undefined): void {
    this.#endMs = endMs;
  }

  /** Its users end. */
  end(): void {
    this.#isOver = true;
  }

  begin(fromMs: number, turns: Turns): void {
    this.#legs = [{ fromIndex: this.#indexAt(fromMs), curve: this.settings.curve, ...turns }];
  }

  /** Puts a leg behind the others; those that have been over for a while are forgotten. */
  legFrom({ nowMs, atMs, heldMs = Infinity }: ChangeTimes, curve: RateCurve, turns: Turns): void {
    const fromIndex = Math.max(this.#legs.at(-1)?.fromIndex ?? 0, this.#firstAfter(atMs));
    const over = this.#indexAt(Math.min(nowMs - FORGET_AFTER_MS, heldMs));
    const kept = this.#legs.filter((leg, i) =>
      leg.fromIndex < fromIndex && (this.#legs[i + 1]?.fromIndex ?? Infinity) > over
    );
    this.#legs = [...kept, { fromIndex, curve, ...turns }];
  }

  /** A worker takes part no more. It may come back, and has to hear of the legs of now. */
  memberGone(workerId: string): void {
    this.#away.set(workerId, { left: this.#away.get(workerId)?.left ?? [], legs: this.#legsOf(workerId) });
  }

  settle({ workerId, sinceMs, nowMs, members, unreachable, createId }: Settlement): void {
    if (this.settings.kind === "target") return; // what was missed is not made up for
    const others = members.filter((id) => hasTurns(this.#legs.at(-1), id));
    const reachable = others.filter((id) => !unreachable.has(id));
    const heirs = reachable.length === 0 ? others : reachable;
    const from = this.#firstAfter(sinceMs);
    const { legs, owed } = takeFrom(this.#legs, workerId, from);
    this.#legs = legs;
    const before = this.#away.get(workerId)?.left ?? [];
    const left = [...before, { id: createId(), fromIndex: from }].slice(-MAX_IN_ORDER);
    this.#away.set(workerId, { left, legs: this.#legsOf(workerId) });
    const own = this.#debts.filter((debt) => debt.workerId === workerId);
    const inherited = own.flatMap((debt) => laterPart(debt.owed, from));
    this.#debts = [
      ...this.#debts.map((debt) => debt.workerId === workerId ? earlierPart(debt, from) : debt)
        .filter(({ owed: { fromIndex, toIndex }, sinceMs }) => toIndex > fromIndex && nowMs - sinceMs < KEEP_DEBTS_MS),
      ...divideOwed([...owed, ...inherited], heirs, { sinceMs: nowMs, createId }),
    ];
  }

  /** The worker has heard of all orders with debts up to `lastId`; what it owes of before that time stays its own. */
  heard(workerId: string, { atMs, lastId }: { readonly atMs: number; readonly lastId: number }): void {
    this.#away.delete(workerId);
    // The curve of a leg knows nothing of the time before it.
    const isKnown = atMs >= (this.#legs[0]?.curve.points[0]?.[0] ?? Infinity);
    const index = isKnown ? this.#indexAt(atMs) : 0;
    this.#debts = this.#debts.filter((debt) =>
      debt.workerId !== workerId || debt.owed.toIndex > index || (debt.owed.id ?? 0) > lastId
    );
  }

  owedOf(workerId: string): OwedArrivals[] {
    return this.#debts.filter((debt) => debt.workerId === workerId).map(({ owed }) => owed);
  }

  /** What a worker is to know. `part`: of what it owes, which may be more than an order can hold. */
  orderFor(workerId: string, part: number): Omit<ArrivalStream, "firstUserIndex" | "userIndexStep"> {
    const { kind, classes, pattern, maxUsers, count } = this.settings;
    const left = this.#away.get(workerId)?.left;
    return {
      id: this.id,
      ...(kind === undefined ? {} : { kind }),
      classes,
      pattern,
      seed: this.#seed,
      maxUsers,
      ...(count === undefined ? {} : { count }),
      legs: this.#legsOf(workerId).slice(-MAX_IN_ORDER)
        .map((leg) => ({ ...leg, curve: endCurve(leg.curve, this.#endMs) })),
      ...(this.#isOver ? { isOver: true as const } : {}),
      owed: this.owedOf(workerId).slice(part * MAX_IN_ORDER, (part + 1) * MAX_IN_ORDER),
      ...(left === undefined ? {} : { left }),
    };
  }

  /** What one worker is to know, beginning with what it had when it went away. */
  #legsOf(workerId: string): readonly ArrivalLeg[] {
    const known = legsFor(this.#legs, workerId);
    const first = known[0]?.fromIndex ?? 0;
    return [...(this.#away.get(workerId)?.legs ?? []).filter(({ fromIndex }) => fromIndex < first), ...known];
  }

  /** How many arrivals are planned before that time. */
  #indexAt(runMs: number): number {
    return this.#positions.countBefore(roundUp(new CurveReader(this.curveAt(runMs)).countAt(runMs)));
  }

  /** The first arrival that nobody has started who has started none of that time or later. */
  #firstAfter(runMs: number): number {
    const legs = this.#legs.map(({ fromIndex, curve }) => ({ fromIndex, curve: endCurve(curve, this.#endMs) }));
    return firstArrivalFrom(legs, this.#positions, runMs + MARGIN_MS);
  }
}

/** Who has none has no users of the stream either. */
function hasTurns(leg: Leg | undefined, workerId: string): boolean {
  return (leg?.slotsOf.get(workerId) ?? []).length > 0;
}
