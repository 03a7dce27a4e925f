/**
 * Which users stay when not all can: as many as possible. A first choice takes users away where a class is most in excess; a
 * maximal flow from places to classes then proves it, or gives back what was taken too much.
 *
 *   source → place (its floor)  ─┐
 *   source → extras (number) → place (1)  → class (users it has now) → sink (the class's target)
 */
import type { UsersByClass } from "../protocol/worker_message.ts";
import { type FlowEdge, maximizeFlow } from "./max_flow.ts";
import { changeUsers, countOf, excessOf, type Place } from "./placement.ts";

/** Reduces the users of `places` to those that stay. */
export function keepMostUsers(
  places: readonly Place[],
  extras: number,
  classes: readonly string[],
  target: UsersByClass,
  totalUsers: number,
): void {
  const before = places.map(({ users }) => new Map(users));
  const taken = trimClasses(places, classes, target, totalUsers);
  const trimmed = trimPlaces(places, extras, classes, target, totalUsers);
  // What classes have too much must go, and what places have too much as well: only both together can be one too many.
  if (taken > 0 && trimmed > 0) keepMore(places, before, extras, classes, target);
}

/** Takes users of classes over their target away; answers with how many. */
function trimClasses(
  places: readonly Place[],
  classes: readonly string[],
  target: UsersByClass,
  totalUsers: number,
): number {
  let taken = 0;
  for (const name of classes) {
    for (let over = countOf(places, name) - (target[name] ?? 0); over > 0; over--) {
      changeUsers(fullestPlace(places, name, target, totalUsers), name, -1);
      taken++;
    }
  }
  return taken;
}

/** The place to take a user of the class from: most over its share, then most over its even part of the class. */
function fullestPlace(places: readonly Place[], name: string, target: UsersByClass, totalUsers: number): Place {
  let best: Place | undefined;
  let bestOver = -Infinity;
  for (const place of places) {
    if ((place.users.get(name) ?? 0) === 0) continue;
    const over = Math.max(0, place.total - Math.ceil(place.share)) * 1000 +
      excessOf(place, name, target, totalUsers);
    if (over > bestOver) [best, bestOver] = [place, over];
  }
  if (best === undefined) throw new RangeError(`Cannot take a user of ${name} away: there is none`);
  return best;
}

/**
 * Takes users from places over their share; answers with how many. Those with the largest fraction keep one extra user each.
 * The classes taken are balanced over all places, so that whoever gets these users gets a mix.
 */
function trimPlaces(
  places: readonly Place[],
  extras: number,
  classes: readonly string[],
  target: UsersByClass,
  totalUsers: number,
): number {
  let extrasLeft = extras;
  let trimmed = 0;
  const trimmedOf = new Map<string, number>();
  const byFraction = [...places].sort((a, b) => (b.share - b.floor) - (a.share - a.floor));
  for (const place of byFraction) {
    const keepsExtra = place.total > place.floor && place.canTakeExtra && extrasLeft > 0;
    if (keepsExtra) extrasLeft--;
    const claim = (name: string) => {
      if ((place.users.get(name) ?? 0) === 0) return -Infinity;
      const due = ((trimmed + 1) * (target[name] ?? 0)) / totalUsers - (trimmedOf.get(name) ?? 0);
      return excessOf(place, name, target, totalUsers) + due;
    };
    while (place.total > place.floor + (keepsExtra ? 1 : 0)) {
      const name = classes.reduce((most, candidate) => claim(candidate) > claim(most) ? candidate : most);
      changeUsers(place, name, -1);
      trimmedOf.set(name, (trimmedOf.get(name) ?? 0) + 1);
      trimmed++;
    }
  }
  return trimmed;
}

function keepMore(
  places: readonly Place[],
  before: readonly ReadonlyMap<string, number>[],
  extras: number,
  classes: readonly string[],
  target: UsersByClass,
): void {
  const source = 0;
  const sink = 1;
  const extraNode = 2;
  const placeNode = (index: number) => 3 + index;
  const classNode = (index: number) => 3 + places.length + index;
  const edges: FlowEdge[] = [];
  const stays: { readonly place: Place; readonly name: string; readonly edge: FlowEdge }[] = [];
  let usedExtras = 0;
  places.forEach((place, p) => {
    const extra = Math.max(0, place.total - place.floor);
    usedExtras += extra;
    edges.push({ from: source, to: placeNode(p), capacity: place.floor, flow: place.total - extra });
    if (place.canTakeExtra) edges.push({ from: extraNode, to: placeNode(p), capacity: 1, flow: extra });
    classes.forEach((name, c) => {
      const had = before[p]?.get(name) ?? 0;
      if (had === 0) return;
      const edge = { from: placeNode(p), to: classNode(c), capacity: had, flow: place.users.get(name) ?? 0 };
      edges.push(edge);
      stays.push({ place, name, edge });
    });
  });
  edges.push({ from: source, to: extraNode, capacity: extras, flow: usedExtras });
  classes.forEach((name, c) => {
    edges.push({ from: classNode(c), to: sink, capacity: target[name] ?? 0, flow: countOf(places, name) });
  });
  maximizeFlow(classNode(classes.length), edges, source, sink);
  for (const { place, name, edge } of stays) changeUsers(place, name, edge.flow - (place.users.get(name) ?? 0));
}
