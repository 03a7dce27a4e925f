/**
 * The part of a stream's arrivals that one thread starts, in the order of their times. Threads take turns (number k is
 * for slot k mod n), so that the starts of all of them together are as even as the stream.
 *
 * Invariant: no arrival is handed out twice, whatever orders come; those of another share begin at the number that the
 * order says. What was given to the thread and is not spoken of in an order stays its own, however late it is.
 */
import type { ArrivalLeg, ArrivalStream, LeftArrivals, OwedArrivals } from "../../protocol/arrivals_message.ts";
import { ArrivalPositions } from "./arrival_positions.ts";
import { firstArrivalFrom } from "./first_arrival.ts";
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
  /** Not included: another leg begins, or what is said of later ones is not for this thread. */
  readonly toIndex: number;
}

/** More changes than come in ten minutes, in which a thread that is alive has started what is over. */
const MAX_KEPT_LEGS = 1000;

export class ArrivalShare {
  readonly #positions: ArrivalPositions;
  #legs: readonly ReadLeg[] = [];
  #owed: OwedArrivals[] = [];
  #count = Infinity;
  /** Of what was owed, and left, so far. */
  #lastId = -1;
  #leftId = -1;
  /** The lowest number that was not looked at. */
  #cursor = 0;
  #next: FoundArrival | undefined;

  constructor({ pattern, seed }: Pick<ArrivalStream, "pattern" | "seed">) {
    this.#positions = new ArrivalPositions(pattern, seed);
  }

  /**
   * Takes in another share. `grantedMs`: of what the orders before have said, only arrivals of before that time of the
   * run were given.
   */
  update(
    { legs, owed, left, count = Infinity }: Pick<ArrivalStream, "legs" | "owed" | "left" | "count">,
    grantedMs = Infinity,
  ): void {
    this.#count = count;
    for (const each of left ?? []) if (each.id > this.#leftId) this.#leave(each);
    const kept = this.#keep(legs[0]?.fromIndex ?? Infinity, grantedMs);
    const taken = legs.map((leg, i): ReadLeg => ({
      leg,
      curve: new CurveReader(leg.curve),
      toIndex: legs[i + 1]?.fromIndex ?? Infinity,
    }));
    const fresh = owed.filter(({ id = Infinity }) => id > this.#lastId);
    this.#lastId = Math.max(this.#lastId, ...owed.map(({ id = -1 }) => id));
    this.#owed.push(...fresh.filter(({ slots }) => slots.length > 0), ...this.#findGained(taken));
    this.#legs = [...kept, ...taken];
    this.#next = undefined;
  }

  /** Others have what was its own from that number on. */
  #leave({ id, fromIndex }: LeftArrivals): void {
    this.#leftId = id;
    this.#legs = this.#legs.map((read) => ({ ...read, toIndex: Math.min(read.toIndex, fromIndex) }));
    this.#owed = this.#owed.map((owed) =>
      (owed.id ?? -1) < id ? { ...owed, toIndex: Math.min(owed.toIndex, fromIndex) } : owed
    );
  }

  /** Its own arrivals below the first number of an order: the order says nothing of them. */
  #keep(beforeIndex: number, grantedMs: number): readonly ReadLeg[] {
    if (this.#legs.every(({ leg }) => leg.fromIndex >= beforeIndex)) return [];
    const granted = firstArrivalFrom(this.#legs.map(({ leg }) => leg), this.#positions, grantedMs);
    return this.#legs.map((read) => ({ ...read, toIndex: Math.min(read.toIndex, beforeIndex, granted) }))
      .filter(({ leg, toIndex }) => leg.slots.length > 0 && toIndex > Math.max(this.#cursor, leg.fromIndex))
      .slice(-MAX_KEPT_LEGS);
  }

  /** Turns that are this thread's now, of numbers that it has passed: a thread beside it is gone. */
  #findGained(legs: readonly ReadLeg[]): OwedArrivals[] {
    return legs.flatMap(({ leg, toIndex }) =>
      this.#legs.flatMap((before): OwedArrivals[] => {
        const from = Math.max(leg.fromIndex, before.leg.fromIndex);
        const to = Math.min(toIndex, before.toIndex, this.#cursor);
        if (to <= from || before.leg.of !== leg.of) return [];
        const slots = leg.slots.filter((slot) => !before.leg.slots.includes(slot));
        return slots.length === 0 ? [] : [{ fromIndex: from, toIndex: to, of: leg.of, slots }];
      })
    );
  }

  /** Arrivals of before this time are not for this thread any more. */
  skipTo(runMs: number): void {
    for (const { curve, toIndex } of this.#legs) {
      const first = this.#positions.countBefore(curve.countAt(runMs));
      this.#cursor = Math.max(this.#cursor, Math.min(first, toIndex));
      if (first < toIndex) break;
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

  /** The end of the stream, or of what this thread has of it; Infinity: there is none. */
  get endMs(): number {
    const newest = this.#legs.at(-1);
    if (newest === undefined) return Infinity;
    const { leg } = newest;
    const isHandedOver = leg.slots.length === 0 && this.#legs.length > 1;
    return isHandedOver ? this.#timeOf(leg.fromIndex - 1) : leg.curve.endMs ?? Infinity;
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
    for (const { leg, curve, toIndex } of this.#legs) {
      if (leg.slots.length === 0) continue;
      const index = nextIn(leg, Math.max(this.#cursor, leg.fromIndex));
      if (index >= toIndex) continue;
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
