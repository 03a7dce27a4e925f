/**
 * Which worker runs how many users of which class. Pure. In this order of importance:
 *
 *   1. each class has exactly its target;
 *   2. each worker has its share of all users by threads, rounded down or up;
 *   3. as many users as possible stay where they are (a maximal flow, not a guess);
 *   4. each worker's mix of classes is near the whole's.
 *
 * The same function spreads users over workers (master) and over threads (worker).
 */
import type { UsersByClass } from "../protocol/worker_message.ts";
import { keepMostUsers } from "./kept_users.ts";

export interface Capacity {
  readonly id: string;
  readonly threads: number; // > 0: weight of its share
}

/** One worker (or thread) while its users are placed. */
export interface Place {
  readonly id: string;
  /** Exact share of all users. */
  readonly share: number;
  /** Smallest number of users it may get; the largest is one more, unless the share is whole. */
  readonly floor: number;
  readonly canTakeExtra: boolean;
  readonly users: Map<string, number>;
  total: number;
}

/**
 * The new users per place, for each place of `capacity`, in its order. `current` may name places that are gone: their users go
 * to the others. Without a place nothing is placed.
 */
export function placeUsers(
  current: ReadonlyMap<string, UsersByClass>,
  capacity: readonly Capacity[],
  target: UsersByClass,
): Map<string, UsersByClass> {
  const classes = Object.keys(target).filter((name) => (target[name] ?? 0) > 0);
  const totalUsers = classes.reduce((sum, name) => sum + (target[name] ?? 0), 0);
  const totalThreads = capacity.reduce((sum, { threads }) => sum + threads, 0);
  const places = capacity.map((worker) =>
    createPlace(worker, current.get(worker.id), totalUsers, totalThreads, classes)
  );
  if (places.length === 0) return new Map();

  const extras = totalUsers - places.reduce((sum, { floor }) => sum + floor, 0);
  if (mustMove(places, extras, classes, target)) keepMostUsers(places, extras, classes, target, totalUsers);
  fill(places, extras, classes, target, totalUsers);
  return new Map(places.map((place) => [place.id, toUsersByClass(place, current.get(place.id))]));
}

function createPlace(
  worker: Capacity,
  users: UsersByClass | undefined,
  totalUsers: number,
  totalThreads: number,
  classes: readonly string[],
): Place {
  const share = (totalUsers * worker.threads) / totalThreads;
  // 45 · 1/3 must be 15 and not 14.999999999999998.
  const floor = Math.floor(share + 1e-9);
  const kept = new Map<string, number>();
  let total = 0;
  for (const name of classes) {
    const count = users?.[name] ?? 0;
    if (count === 0) continue;
    kept.set(name, count);
    total += count;
  }
  return { id: worker.id, share, floor, canTakeExtra: share - floor > 1e-9, users: kept, total };
}

/** True if some users cannot stay where they are. */
function mustMove(places: readonly Place[], extras: number, classes: readonly string[], target: UsersByClass): boolean {
  let usedExtras = 0;
  for (const { total, floor, canTakeExtra } of places) {
    if (total <= floor) continue;
    if (total > floor + (canTakeExtra ? 1 : 0)) return true;
    usedExtras++;
  }
  if (usedExtras > extras) return true;
  return classes.some((name) => countOf(places, name) > (target[name] ?? 0));
}

export function countOf(places: readonly Place[], name: string): number {
  return places.reduce((sum, { users }) => sum + (users.get(name) ?? 0), 0);
}

/** How many users of a class a place has beyond its even part of that class. */
export function excessOf(place: Place, name: string, target: UsersByClass, totalUsers: number): number {
  return (place.users.get(name) ?? 0) - ((target[name] ?? 0) * place.share) / totalUsers;
}

/** Adds to a place's users of a class, or takes away. */
export function changeUsers(place: Place, name: string, by: number): void {
  if (by === 0) return;
  place.users.set(name, (place.users.get(name) ?? 0) + by);
  place.total += by;
}

/** Places what is missing: first whole users by the even part, then one after the other where the class is rarest. */
function fill(
  places: readonly Place[],
  extras: number,
  classes: readonly string[],
  target: UsersByClass,
  totalUsers: number,
): void {
  const missing = new Map(classes.map((name) => [name, (target[name] ?? 0) - countOf(places, name)]));
  for (const place of places) {
    for (const name of classes) {
      const even = Math.floor(-excessOf(place, name, target, totalUsers));
      const count = Math.max(0, Math.min(even, place.floor - place.total, missing.get(name) ?? 0));
      changeUsers(place, name, count);
      missing.set(name, (missing.get(name) ?? 0) - count);
    }
  }
  let extrasLeft = extras - places.filter(({ total, floor }) => total > floor).length;
  for (let name = scarcest(missing); name !== undefined; name = scarcest(missing)) {
    const place = rarestPlace(places, extrasLeft, name, target, totalUsers);
    if (place.total >= place.floor) extrasLeft--;
    changeUsers(place, name, 1);
    missing.set(name, (missing.get(name) ?? 0) - 1);
  }
}

/** The class with the most users still to be placed. */
function scarcest(missing: ReadonlyMap<string, number>): string | undefined {
  let name: string | undefined;
  let most = 0;
  for (const [candidate, count] of missing) {
    if (count > most) [name, most] = [candidate, count];
  }
  return name;
}

/** Among the places with room: where one more of the class comes closest to the even part. Ties: the emptier place. */
function rarestPlace(
  places: readonly Place[],
  extrasLeft: number,
  name: string,
  target: UsersByClass,
  totalUsers: number,
): Place {
  let best: Place | undefined;
  let bestExcess = Infinity;
  for (const place of places) {
    const hasRoom = place.total < place.floor || (extrasLeft > 0 && place.canTakeExtra && place.total === place.floor);
    if (!hasRoom) continue;
    const excess = excessOf(place, name, target, totalUsers);
    const isBetter = best === undefined || excess < bestExcess - 1e-9 ||
      (excess < bestExcess + 1e-9 && place.total - place.share < best.total - best.share - 1e-9);
    if (isBetter) [best, bestExcess] = [place, excess];
  }
  // The floors and the extras add up to all users: as long as one is missing, there is room for it.
  if (best === undefined) throw new RangeError("Cannot place a user: no place has room");
  return best;
}

/** The counts as plain data; the object of before where nothing changed, so that callers can tell by identity. */
function toUsersByClass(place: Place, before: UsersByClass | undefined): UsersByClass {
  const users = [...place.users].filter(([, count]) => count > 0);
  const same = before !== undefined && Object.values(before).filter((count) => count > 0).length === users.length &&
    users.every(([name, count]) => before[name] === count);
  return same ? before : Object.fromEntries(users);
}
