/**
 * The part of a stream's arrivals that one thread starts, in the order of their times. Threads take turns (number k is for slot
 * k mod n), so that the starts of all of them together are as even as the stream.
 *
 * Invariant: no arrival is handed out twice, whatever orders come; those of another share begin at the number that the order says.
 */
import type { ArrivalLeg, ArrivalStream, OwedArrivals } from "../../protocol/arrivals_message.ts";
import { ArrivalPositions } from "./arrival_positions.ts";
import { CurveReader } from "./rate_curve.ts";

export interface DueArrival {
  readonly index: number;
  /** Its time in the run. */
  readonly atMs: number;
}

interface FoundArrival extends DueArrival {
  readonly owed?: OwedArrivals;
}

interface ReadLeg {
  readonly leg: ArrivalLeg;
  readonly curve: CurveReader;
}

export class ArrivalShare {
  readonly #positions: ArrivalPositions;
  #legs: readonly ReadLeg[] = [];
  #owed: OwedArrivals[] = [];
  #count = Infinity;
  /** The lowest number that was not looked at. */
  #cursor = 0;
  #next: FoundArrival | undefined;

  constructor({ pattern, seed }: Pick<ArrivalStream, "pattern" | "seed">) {
    this.#positions = new ArrivalPositions(pattern, seed);
  }

  /** Takes in another share. */
  update({ legs, owed, count = Infinity }: Pick<ArrivalStream, "legs" | "owed" | "count">): void {
    this.#count = count;
    this.#legs = legs.map((leg) => ({ leg, curve: new CurveReader(leg.curve) }));
    this.#owed.push(...owed.filter(({ slots }) => slots.length > 0));
    this.#next = undefined;
  }

  /** Arrivals of before this time are not for this thread any more. */
  skipTo(runMs: number): void {
    for (const { leg, curve } of this.#legs) {
      const first = this.#positions.countBefore(curve.countAt(runMs));
      const end = this.#endOf(leg);
      this.#cursor = Math.max(this.#cursor, Math.min(first, end));
      if (first < end) break;
    }
    this.#owed = [];
    this.#next = undefined;
  }

  /** Its own arrivals end here, until another share comes. */
  clear(): void {
    this.#legs = [];
    this.#owed = [];
    this.#next = undefined;
  }

  /** The end of the stream; Infinity: there is none. */
  get endMs(): number {
    return this.#legs.at(-1)?.leg.curve.endMs ?? Infinity;
  }

  /** The time of the next arrival; Infinity: there is none. */
  get nextMs(): number {
    return (this.#next ??= this.#find())?.atMs ?? Infinity;
  }

  /** The next arrival. Call it only if there is one. */
  take(): DueArrival {
    const next = this.#next ?? this.#find();
    if (next === undefined) throw new RangeError("Cannot take an arrival: there is none left");
    this.#next = undefined;
    const { owed } = next;
    if (owed === undefined) this.#cursor = next.index + 1;
    else this.#owed = this.#owed.map((each) => each === owed ? { ...owed, fromIndex: next.index + 1 } : each);
    return next;
  }

  /** The earliest of what it owes and what is its own. */
  #find(): FoundArrival | undefined {
    let first: FoundArrival | undefined = this.#findOwn();
    this.#owed = this.#owed.filter((owed) => nextIn(owed, owed.fromIndex) < Math.min(owed.toIndex, this.#count));
    for (const owed of this.#owed) {
      const index = nextIn(owed, owed.fromIndex);
      const atMs = this.#timeOf(index);
      if (first === undefined || atMs < first.atMs) first = { index, atMs, owed };
    }
    return first;
  }

  #findOwn(): DueArrival | undefined {
    for (const { leg, curve } of this.#legs) {
      if (leg.slots.length === 0) continue;
      const index = nextIn(leg, Math.max(this.#cursor, leg.fromIndex));
      if (index >= this.#endOf(leg)) continue;
      if (index >= this.#count) return undefined;
      const atMs = curve.timeOf(this.#positions.positionOf(index));
      return atMs === Infinity ? undefined : { index, atMs };
    }
    return undefined;
  }

  /** Of an arrival whose time is over: by the oldest curve that knows it. */
  #timeOf(index: number): number {
    const read = this.#legs.findLast(({ leg }) => leg.fromIndex <= index) ?? this.#legs[0];
    return read?.curve.timeOf(this.#positions.positionOf(index)) ?? 0;
  }

  #endOf(leg: ArrivalLeg): number {
    const at = this.#legs.findIndex((each) => each.leg === leg);
    return this.#legs[at + 1]?.leg.fromIndex ?? Infinity;
  }
}

/** The first number from `from` on that belongs to the slots. */
function nextIn({ of, slots }: { readonly of: number; readonly slots: readonly number[] }, from: number): number {
  const round = Math.floor(from / of) * of;
  const slot = slots.find((each) => round + each >= from);
  return slot === undefined ? round + of + (slots[0] as number) : round + slot;
}

/** The users that a share of a stream may have at a time. */
export function usersOfShare(maxUsers: number, { of, slots }: Pick<ArrivalLeg, "of" | "slots">): number {
  return slots.reduce((sum, slot) => sum + Math.floor(maxUsers / of) + (slot < maxUsers % of ? 1 : 0), 0);
}
