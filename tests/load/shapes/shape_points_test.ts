import { strict as assert } from "node:assert";
import { test } from "node:test";
import { drawLoadShape } from "../../../src/load/shapes/shape_points.ts";
import { fromStages } from "../../../src/load/shapes/stages.ts";

test("drawLoadShape() keeps the corners of stages", () => {
  assert.deepEqual(drawLoadShape(fromStages("10s:20,20s:20,10s:0")), [[0, 0], [10, 20], [30, 20], [40, 0]]);
});

test("drawLoadShape() follows the target at its rate, and falls to nothing at the end", () => {
  const shape = (second: number) => second < 5 ? { users: 10, spawnRate: 4 } : null;
  assert.deepEqual(drawLoadShape(shape), [[0, 0], [2, 8], [3, 10], [5, 10], [5, 0]]);
});

test("drawLoadShape() is bounded: a shape without an end, and one that never rests", () => {
  const points = drawLoadShape((second) => ({ users: second % 2 === 0 ? 10 : 0, spawnRate: 10 }));
  assert.ok(points.length <= 601, String(points.length));
  assert.equal(points.at(-1)?.[0], 86_400);
});
