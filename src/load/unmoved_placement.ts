/**
 * Places users on workers without moving any (`--no-rebalancing`). Pure. Users of workers that are
 * here stay; missing ones go where the fewest users per thread are, surplus ones are taken from where the most are.
 */
import type { UsersByClass } from "../protocol/worker_message.ts";
import type { Capacity } from "./placement.ts";

interface Place {
  readonly id: string;
  readonly threads: number;
  readonly users: Record<string, number>;
  total: number;
}

/** The new users per place, for each place of `capacity`. Each class has exactly its target. */
export function placeUsersUnmoved(
  current: ReadonlyMap<string, UsersByClass>,
  capacity: readonly Capacity[],
  target: UsersByClass,
): Map<string, UsersByClass> {
  const places = capacity.map(({ id, threads }): Place => {
    const users = { ...current.get(id) };
    return { id, threads, users, total: Object.values(users).reduce((sum, count) => sum + count, 0) };
  });
  if (places.length === 0) return new Map();
  const names = new Set([...Object.keys(target), ...places.flatMap(({ users }) => Object.keys(users))]);
  const missing = new Map<string, number>();
  for (const name of names) {
    const have = places.reduce((sum, { users }) => sum + (users[name] ?? 0), 0);
    const change = (target[name] ?? 0) - have;
    if (change > 0) missing.set(name, change);
    for (let i = 0; i > change; i--) move(fullest(places, name), name, -1);
  }
  // One of each class in turn, so that the classes mix on every place.
  while (missing.size > 0) {
    for (const [name, count] of missing) {
      move(emptiest(places), name, 1);
      if (count > 1) missing.set(name, count - 1);
      else missing.delete(name);
    }
  }
  return new Map(places.map(({ id, users }) => [id, withoutZeros(users)]));
}

function move(place: Place, name: string, change: 1 | -1): void {
  place.users[name] = (place.users[name] ?? 0) + change;
  place.total += change;
}

function emptiest(places: readonly Place[]): Place {
  return places.reduce((best, place) => place.total / place.threads < best.total / best.threads ? place : best);
}

/** Among those that have such a user. */
function fullest(places: readonly Place[], name: string): Place {
  return places.filter(({ users }) => (users[name] ?? 0) > 0)
    .reduce((best, place) => place.total / place.threads > best.total / best.threads ? place : best);
}

function withoutZeros(users: UsersByClass): UsersByClass {
  return Object.fromEntries(Object.entries(users).filter(([, count]) => count > 0));
}
