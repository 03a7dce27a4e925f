/**
 * A load shape as points to draw: users at each second as they follow the target at its rate, without the points that lie on a
 * straight line. Pure. A shape that does not end within a day is drawn as far as that.
 */
import type { LoadShape } from "./load_shape.ts";

export type ShapePoint = readonly [second: number, users: number];

const MAX_SECONDS = 86_400;
/** A drawing has no more pixels. */
const MAX_POINTS = 600;

export function drawLoadShape(shape: LoadShape): readonly ShapePoint[] {
  const points: ShapePoint[] = [[0, 0]];
  let users = 0;
  for (let second = 0; second < MAX_SECONDS; second++) {
    const target = shape(second);
    if (target === null) {
      if (users > 0) points.push([second, 0]);
      break;
    }
    const step = Math.min(Math.abs(target.users - users), target.spawnRate);
    users += Math.sign(target.users - users) * step;
    points.push([second + 1, users]);
  }
  return thin(dropStraight(points));
}

function dropStraight(points: readonly ShapePoint[]): ShapePoint[] {
  return points.filter(([second, users], i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (before === undefined || after === undefined) return true;
    const [rise, next] = [(users - before[1]) * (after[0] - second), (after[1] - users) * (second - before[0])];
    return Math.abs(rise - next) > 1e-6;
  }).map(([second, users]): ShapePoint => [second, Math.round(users * 10) / 10]);
}

/** Every n-th one, and the last. */
function thin(points: readonly ShapePoint[]): readonly ShapePoint[] {
  const every = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
