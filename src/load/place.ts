/**
 * A worker or thread while its users are placed, and the goal that all places have together. Counts only; no choice is
 * made here.
 */

/** One worker (or thread) while its users are placed. Lists are by class, in the order of `PlacementGoal.targets`. */
export interface Place {
  readonly id: string;
  /** Exact share of all users. */
  readonly share: number;
  /** Smallest number of users it may get; the largest is one more, unless the share is whole. */
  readonly floor: number;
  readonly canTakeExtra: boolean;
  /** Exact part of each class that would make its mix the whole's. */
  readonly even: readonly number[];
  readonly users: number[];
  total: number;
}

/** What the places shall hold together. */
export interface PlacementGoal {
  readonly classes: readonly string[];
  readonly targets: readonly number[];
  readonly totalUsers: number;
  /** Users beyond the floors: so many places get one more. */
  readonly extras: number;
}

/** Users of a class in all places. */
export function countOf(places: readonly Place[], c: number): number {
  let count = 0;
  for (const { users } of places) count += users[c] ?? 0;
  return count;
}

/** How many users of a class a place has beyond its even part; negative: how many it lacks. */
export function excessOf(place: Place, c: number): number {
  return (place.users[c] ?? 0) - (place.even[c] ?? 0);
}

/** Adds to a place's users of a class, or takes away. */
export function changeUsers(place: Place, c: number, by: number): void {
  place.users[c] = (place.users[c] ?? 0) + by;
  place.total += by;
}
