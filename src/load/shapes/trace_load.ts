/** Draws a load over time before it runs: the users of each moment, as far as they are known. Pure. */
import type { ShapeTarget } from "./load_shape.ts";

/** Longer shapes are drawn up to here: a day is half the width of a pixel per minute. */
const MAX_SECONDS = 24 * 3600;
/** A shape that never ends is drawn so far beyond its last change. */
const TAIL_SECONDS = 60;
/** Points of a drawing; beyond them it is as good as full. */
const MAX_POINTS = 1000;

export type LoadPoint = readonly [second: number, users: number];

/**
 * The corners of the line of the users, the first at 0. `ask` is a shape: what it wants at a second, with the users
 * that run then; null ends it.
 */
export function traceLoad(
  ask: (second: number, currentUsers: number) => ShapeTarget | null,
  maxSeconds: number = MAX_SECONDS,
): readonly LoadPoint[] {
  const points: [number, number][] = [[0, 0]];
  const add = (second: number, users: number) => {
    const last = points[points.length - 1] as [number, number];
    const before = points[points.length - 2];
    if (second === last[0]) return void (last[1] = users);
    // A point in the middle of a straight line is moved instead of another one added.
    const isStraight = before !== undefined &&
      Math.abs((last[1] - before[1]) / (last[0] - before[0]) - (users - last[1]) / (second - last[0])) < 1e-9;
    if (isStraight) points[points.length - 1] = [second, users];
    else points.push([second, users]);
  };
  let users = 0;
  let changedAt = 0;
  for (let second = 0; second < maxSeconds && points.length < MAX_POINTS; second++) {
    const target = ask(second, Math.round(users));
    if (target === null) return points;
    const missing = target.users - users;
    if (missing === 0) {
      add(second + 1, users);
      continue;
    }
    const step = Math.min(Math.abs(missing), Math.max(0, target.spawnRate));
    if (step === 0) {
      add(second + 1, users);
      continue;
    }
    const reachedAt = second + step / Math.max(target.spawnRate, step);
    users = step === Math.abs(missing) ? target.users : users + Math.sign(missing) * step;
    add(reachedAt, users);
    add(second + 1, users);
    changedAt = second + 1;
  }
  const last = points[points.length - 1] as [number, number];
  if (points.length < MAX_POINTS) last[0] = Math.min(last[0], changedAt + TAIL_SECONDS);
  return points;
}
