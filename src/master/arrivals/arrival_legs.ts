/**
 * Keeps who has which arrivals of a stream, as a list of legs: each from one number on, in turns. What a worker leaves,
 * and how that is divided among others. Pure.
 */
import { turnsByUsers } from "../../load/arrivals/turns_by_users.ts";
import type { ArrivalLeg, OwedArrivals, RateCurve } from "../../protocol/arrivals_message.ts";

export interface Leg {
  readonly fromIndex: number;
  readonly curve: RateCurve;
  readonly of: number;
  readonly slotsOf: ReadonlyMap<string, readonly number[]>;
  /** Of a target rate: the users by which the turns were divided. */
  readonly byUsers?: readonly number[];
}

/** Who has which turns of a leg. */
export type Turns = Omit<Leg, "fromIndex" | "curve">;

/** Each thread has a turn. */
export function turnsOfThreads(
  members: readonly { readonly id: string; readonly threads: number }[],
  maxUsers: number,
): Turns {
  const threads = members.reduce((sum, member) => sum + member.threads, 0);
  // A stream of fewer users than threads is left to as many threads: each of them needs one.
  const of = Math.max(1, Math.min(threads, maxUsers));
  const slotsOf = new Map<string, number[]>();
  let slot = 0;
  for (const { id, threads } of members) {
    const slots: number[] = [];
    for (let i = 0; i < threads && slot < of; i++) slots.push(slot++);
    slotsOf.set(id, slots);
  }
  return { of, slotsOf };
}

/** In the shares of the users that keep a target rate. */
export function turnsOfUsers(members: readonly { readonly id: string }[], byUsers: readonly number[]): Turns {
  const { of, slots } = turnsByUsers(byUsers);
  return { of, byUsers, slotsOf: new Map(members.map(({ id }, i) => [id, slots[i] ?? []])) };
}

/** What a worker starts in place of one that is gone. */
export interface Debt {
  readonly workerId: string;
  readonly owed: OwedArrivals;
  /** When it was made. */
  readonly sinceMs: number;
}

/**
 * More than changes leave in the time for which legs are kept. Where workers go faster than that, what one leaves
 * begins with a later leg.
 */
const MAX_LEGS = 64;

/** What a worker has between two numbers. */
function owedBy(legs: readonly Leg[], workerId: string, from: number, to: number): OwedArrivals[] {
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
export function earlierPart({ owed, ...debt }: Debt, to: number): Debt {
  return { ...debt, owed: { ...owed, toIndex: Math.min(owed.toIndex, to) } };
}

/** What is owed, divided among workers. */
export function divideOwed(
  owed: readonly OwedArrivals[],
  workers: readonly string[],
  { sinceMs, createId }: Pick<Debt, "sinceMs"> & { readonly createId: () => number },
): Debt[] {
  return workers.flatMap((workerId, at) =>
    owed.flatMap((each) => {
      const slots = each.slots.filter((_, i) => i % workers.length === at);
      return slots.length === 0 ? [] : [{ workerId, owed: { ...each, id: createId(), slots }, sinceMs }];
    })
  );
}
