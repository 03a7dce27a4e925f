/**
 * Places users on workers, by class. Pure. In this order of importance:
 *
 *   1. each class has exactly its target;
 *   2. each worker has its share of all users by threads, rounded down or up;
 *   3. as many users as possible stay where they are (a maximal flow, not a guess);
 *   4. each worker's mix of classes is near the whole's: exactly known for users placed at once; for users that come one by one as
 *      near as can be without knowing the next. (A mix whose period is a multiple of the number of workers may drift by one user
 *      in twenty: the last of each round has but one place to go.)
 *
 * The same function spreads users over workers (master) and over threads (worker).
 */
import type { UsersByClass } from "../protocol/worker_message.ts";
import { keepMostUsers } from "./kept_users.ts";
import { changeUsers, countOf, excessOf, type Place, type PlacementGoal } from "./place.ts";

export interface Capacity {
  readonly id: string;
  readonly threads: number; // > 0: weight of its share
}

/**
 * The new users per place, for each place of `capacity`, in its order. `current` may name places that are gone: their
 * users go to the others. Without a place nothing is placed.
 */
export function placeUsers(
  current: ReadonlyMap<string, UsersByClass>,
  capacity: readonly Capacity[],
  target: UsersByClass,
): Map<string, UsersByClass> {
  const classes = Object.keys(target).filter((name) => (target[name] ?? 0) > 0);
  const targets = classes.map((name) => target[name] ?? 0);
  const totalUsers = sumOf(targets);
  const totalThreads = sumOf(capacity.map(({ threads }) => threads));
  const places = capacity.map(({ id, threads }) =>
    createPlace(id, (totalUsers * threads) / totalThreads, classes, targets, totalUsers, current.get(id))
  );
  if (places.length === 0) return new Map();
  const extras = totalUsers - sumOf(places.map(({ floor }) => floor));
  const goal: PlacementGoal = { classes, targets, totalUsers, extras };
  if (mustMove(places, goal)) keepMostUsers(places, goal);
  fill(places, goal);
  return new Map(places.map((place) => [place.id, toUsersByClass(place, classes, current.get(place.id))]));
}

function createPlace(
  id: string,
  share: number,
  classes: readonly string[],
  targets: readonly number[],
  totalUsers: number,
  users: UsersByClass | undefined,
): Place {
  // 45 · 1/3 must be 15 and not 14.999999999999998.
  const floor = Math.floor(share + 1e-9);
  const counts = classes.map((name) => users?.[name] ?? 0);
  return {
    id,
    share,
    floor,
    canTakeExtra: share - floor > 1e-9,
    even: targets.map((count) => (count * share) / totalUsers),
    users: counts,
    total: sumOf(counts),
  };
}

/** True if some users cannot stay where they are. */
function mustMove(places: readonly Place[], { targets, extras }: PlacementGoal): boolean {
  let usedExtras = 0;
  for (const { total, floor, canTakeExtra } of places) {
    if (total <= floor) continue;
    if (total > floor + (canTakeExtra ? 1 : 0)) return true;
    usedExtras++;
  }
  if (usedExtras > extras) return true;
  return targets.some((target, c) => countOf(places, c) > target);
}

/** Places what is missing: first whole users by the even part, then one after the other where it fits best. */
function fill(places: readonly Place[], { targets, extras }: PlacementGoal): void {
  const missing = targets.map((target, c) => target - countOf(places, c));
  for (const place of places) {
    for (let c = 0; c < targets.length; c++) {
      const even = Math.floor(-excessOf(place, c));
      const count = Math.max(0, Math.min(even, place.floor - place.total, missing[c] ?? 0));
      changeUsers(place, c, count);
      missing[c] = (missing[c] ?? 0) - count;
    }
  }
  let extrasLeft = extras - places.filter(({ total, floor }) => total > floor).length;
  for (let left = sumOf(missing); left > 0; left--) {
    const c = missing.indexOf(Math.max(...missing));
    const place = bestPlace(places, c, extrasLeft);
    if (place.total >= place.floor) extrasLeft--;
    changeUsers(place, c, 1);
    missing[c] = (missing[c] ?? 0) - 1;
  }
}

/**
 * Among the places with room: where the class is rare and no other class is rarer. Looking at the others matters where
 * users come one by one: a place that lacks B must not be filled up with A just before the B comes, round after round.
 */
function bestPlace(places: readonly Place[], c: number, extrasLeft: number): Place {
  let best: Place | undefined;
  let bestScore = Infinity;
  for (const place of places) {
    const { total, floor, canTakeExtra } = place;
    const hasRoom = total < floor || (extrasLeft > 0 && canTakeExtra && total === floor);
    if (!hasRoom) continue;
    const score = excessOf(place, c) + largestLack(place, c);
    const isBetter = best === undefined || score < bestScore - 1e-9 ||
      (score < bestScore + 1e-9 && total - place.share < best.total - best.share - 1e-9);
    if (isBetter) [best, bestScore] = [place, score];
  }
  // The floors and the extras add up to all users: as long as one is missing, there is room for it.
  if (best === undefined) throw new RangeError("Cannot place a user: no place has room");
  return best;
}

/** How many users a place lacks of the class, other than `except`, that it lacks most. */
function largestLack(place: Place, except: number): number {
  let lack = 0;
  for (let c = 0; c < place.users.length; c++) {
    if (c !== except) lack = Math.max(lack, -excessOf(place, c));
  }
  return lack;
}

/** The counts as plain data; the object of before where nothing changed, so that callers can tell by identity. */
function toUsersByClass(place: Place, classes: readonly string[], before: UsersByClass | undefined): UsersByClass {
  const counts = classes.map((name, c) => [name, place.users[c] ?? 0] as const).filter(([, count]) => count > 0);
  const isSame = before !== undefined && counts.every(([name, count]) => before[name] === count) &&
    Object.keys(before).length === counts.length;
  return isSame ? before : Object.fromEntries(counts);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
