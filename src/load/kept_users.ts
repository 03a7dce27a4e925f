/**
 * Chooses the users that stay when not all can: as many as possible. A first choice takes users away where a class is
 * most in excess; a maximal flow from places to classes then proves it, or gives back what was taken too much.
 *
 *   source → place (its floor)  ─┐
 *   source → extras (number) → place (1)  → class (users it has now) → sink (the class's target)
 */
import { type FlowEdge, maximizeFlow } from "./max_flow.ts";
import { changeUsers, countOf, excessOf, type Place, type PlacementGoal } from "./place.ts";

/** Reduces the users of `places` to those that stay. */
export function keepMostUsers(places: readonly Place[], goal: PlacementGoal): void {
  const before = places.map(({ users }) => [...users]);
  const taken = trimClasses(places, goal);
  const trimmed = trimPlaces(places, goal);
  // What classes have too much must go, and what places have too much as well: only both together can be one too many.
  if (taken > 0 && trimmed > 0) keepMore(places, before, goal);
}

/** Takes users of classes over their target away: first whole ones by the even part, then one by one; says how many. */
function trimClasses(places: readonly Place[], { targets }: PlacementGoal): number {
  let taken = 0;
  targets.forEach((target, c) => {
    let over = Math.max(0, countOf(places, c) - target);
    taken += over;
    for (const place of places) {
      const count = Math.max(0, Math.min(over, Math.floor(excessOf(place, c))));
      changeUsers(place, c, -count);
      over -= count;
    }
    for (; over > 0; over--) changeUsers(fullestPlace(places, c), c, -1);
  });
  return taken;
}

/** The place to take a user of the class from: most over its share, then most over its even part of the class. */
function fullestPlace(places: readonly Place[], c: number): Place {
  let best: Place | undefined;
  let bestOver = 0;
  let bestExcess = 0;
  for (const place of places) {
    if ((place.users[c] ?? 0) === 0) continue;
    const over = Math.max(0, place.total - Math.ceil(place.share));
    const excess = excessOf(place, c);
    if (best === undefined || over > bestOver || (over === bestOver && excess > bestExcess)) {
      [best, bestOver, bestExcess] = [place, over, excess];
    }
  }
  if (best === undefined) throw new RangeError("Cannot take a user away: no place has one of its class");
  return best;
}

/**
 * Takes users from places over their share; answers with how many. Those with the largest fraction keep one extra user
 * each. The classes taken are balanced over all places, so that the place that gets these users gets a mix.
 */
function trimPlaces(places: readonly Place[], { targets, totalUsers, extras }: PlacementGoal): number {
  let extrasLeft = extras;
  let trimmed = 0;
  const trimmedOf = targets.map(() => 0);
  const byFraction = [...places].sort((a, b) => (b.share - b.floor) - (a.share - a.floor));
  for (const place of byFraction) {
    const keepsExtra = place.total > place.floor && place.canTakeExtra && extrasLeft > 0;
    if (keepsExtra) extrasLeft--;
    while (place.total > place.floor + (keepsExtra ? 1 : 0)) {
      const claims = targets.map((target, c) => {
        if ((place.users[c] ?? 0) === 0) return -Infinity;
        const due = ((trimmed + 1) * target) / totalUsers - (trimmedOf[c] ?? 0);
        return excessOf(place, c) + due;
      });
      const c = claims.indexOf(Math.max(...claims));
      changeUsers(place, c, -1);
      trimmedOf[c] = (trimmedOf[c] ?? 0) + 1;
      trimmed++;
    }
  }
  return trimmed;
}

function keepMore(places: readonly Place[], before: readonly (readonly number[])[], goal: PlacementGoal): void {
  const { targets, extras } = goal;
  const source = 0;
  const sink = 1;
  const extraNode = 2;
  const placeNode = (p: number) => 3 + p;
  const classNode = (c: number) => 3 + places.length + c;
  const edges: FlowEdge[] = [];
  const stays: { readonly place: Place; readonly c: number; readonly edge: FlowEdge }[] = [];
  let usedExtras = 0;
  places.forEach((place, p) => {
    const extra = Math.max(0, place.total - place.floor);
    usedExtras += extra;
    edges.push({ from: source, to: placeNode(p), capacity: place.floor, flow: place.total - extra });
    if (place.canTakeExtra) edges.push({ from: extraNode, to: placeNode(p), capacity: 1, flow: extra });
    targets.forEach((_, c) => {
      const capacity = before[p]?.[c] ?? 0;
      if (capacity === 0) return;
      const edge = { from: placeNode(p), to: classNode(c), capacity, flow: place.users[c] ?? 0 };
      edges.push(edge);
      stays.push({ place, c, edge });
    });
  });
  edges.push({ from: source, to: extraNode, capacity: extras, flow: usedExtras });
  targets.forEach((capacity, c) => {
    edges.push({ from: classNode(c), to: sink, capacity, flow: countOf(places, c) });
  });
  maximizeFlow(classNode(targets.length), edges, source, sink);
  for (const { place, c, edge } of stays) changeUsers(place, c, edge.flow - (place.users[c] ?? 0));
}
