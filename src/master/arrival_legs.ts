/**
 * Keeps who has which arrivals of a stream, as a list of legs: each from one number on, in turns. What a worker leaves, and how that is divided
 * among others. Pure.
 */
import type { ArrivalLeg, OwedArrivals, RateCurve } from "../protocol/arrivals_message.ts";

export interface Leg {
  readonly fromIndex: number;
  readonly curve: RateCurve;
  readonly of: number;
  readonly slotsOf: ReadonlyMap<string, readonly number[]>;
  /** Of a target rate: the users by which the turns were divided. */
  readonly byUsers?: readonly number[];
}

/** What a worker starts in place of one that is gone. */
export interface Debt {
  readonly workerId: string;
  readonly owed: OwedArrivals;
}

/** More than changes leave in the time for which legs are kept. Where workers go faster than that, what one leaves begins with a later leg. */
const MAX_LEGS = 64;

/** What a worker has between two numbers. */
export function owedBy(legs: readonly Leg[], workerId: string, from: number, to: number): OwedArrivals[] {
  return legs.flatMap(({ fromIndex, of, slotsOf }, i) => {
    const slots = slotsOf.get(workerId) ?? [];
    const begin = Math.max(from, fromIndex);
    const end = Math.min(to, legs[i + 1]?.fromIndex ?? Infinity);
    return slots.length === 0 || end <= begin ? [] : [{ fromIndex: begin, toIndex: end, of, slots }];
  });
}

/** Takes from a worker what it has from a number on, in all legs but the newest, which was made without it. */
export function takeFrom(
  legs: readonly Leg[],
  workerId: string,
  number: number,
): { readonly legs: Leg[]; readonly owed: readonly OwedArrivals[] } {
  const newest = legs.at(-1)?.fromIndex ?? 0;
  const from = legs.length < MAX_LEGS ? number : legs.find(({ fromIndex }) => fromIndex >= number)?.fromIndex ?? newest;
  const owed = owedBy(legs, workerId, from, newest);
  const left = legs.flatMap((leg, i): Leg[] => {
    const end = legs[i + 1]?.fromIndex ?? Infinity;
    if (leg.fromIndex >= newest || end <= from || (leg.slotsOf.get(workerId) ?? []).length === 0) return [leg];
    const without = { ...leg, slotsOf: new Map(leg.slotsOf).set(workerId, []) };
    return leg.fromIndex >= from ? [without] : [leg, { ...without, fromIndex: from }];
  });
  return { legs: left, owed };
}

/** The legs as one worker gets them: what concerns others alone is no leg of its own. */
export function legsFor(legs: readonly Leg[], workerId: string): ArrivalLeg[] {
  const list: ArrivalLeg[] = [];
  for (const { fromIndex, curve, of, slotsOf } of legs) {
    const slots = slotsOf.get(workerId) ?? [];
    const last = list.at(-1);
    const isSame = last?.curve === curve && last.of === of && last.slots.length === slots.length &&
      last.slots.every((slot, i) => slot === slots[i]);
    if (!isSame) list.push({ fromIndex, curve, of, slots });
  }
  return list;
}

/** Without what comes before a number. */
export function laterPart(owed: OwedArrivals, from: number): OwedArrivals[] {
  return owed.toIndex <= from ? [] : [{ ...owed, fromIndex: Math.max(owed.fromIndex, from) }];
}

/** Without what comes from a number on. */
export function earlierPart({ workerId, owed }: Debt, to: number): Debt {
  return { workerId, owed: { ...owed, toIndex: Math.min(owed.toIndex, to) } };
}

/** What is owed, divided among workers. */
export function divideOwed(owed: readonly OwedArrivals[], workers: readonly string[], createId: () => number): Debt[] {
  return workers.flatMap((workerId, at) =>
    owed.flatMap((each) => {
      const slots = each.slots.filter((_, i) => i % workers.length === at);
      return slots.length === 0 ? [] : [{ workerId, owed: { ...each, id: createId(), slots } }];
    })
  );
}
