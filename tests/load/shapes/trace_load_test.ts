import { strict as assert } from "node:assert";
import { test } from "node:test";
import { fromStages } from "../../../src/load/shapes/stages.ts";
import { traceLoad } from "../../../src/load/shapes/trace_load.ts";

test("traceLoad() of stages has their corners", () => {
  assert.deepEqual(traceLoad(fromStages("30s:60,1m:60,10s:0")), [[0, 0], [30, 60], [90, 60], [100, 0]]);
});

test("traceLoad() follows the spawn rate, also within a second, and stands at once where it is high", () => {
  const ask = (second: number) =>
    second < 3 ? { users: 10, spawnRate: 4 } : second < 5 ? { users: 5, spawnRate: 100 } : null;
  assert.deepEqual(traceLoad(ask), [[0, 0], [2.5, 10], [3, 10], [3.05, 5], [5, 5]]);
});

test("traceLoad() tells the shape how many users run", () => {
  const seen: number[] = [];
  traceLoad((second, users) => {
    seen.push(users);
    return second === 3 ? null : { users: 100, spawnRate: 10 };
  });
  assert.deepEqual(seen, [0, 10, 20, 30]);
});

test("traceLoad() of a shape without an end ends a minute after its last change", () => {
  assert.deepEqual(traceLoad(() => ({ users: 20, spawnRate: 2 })), [[0, 0], [10, 20], [70, 20]]);
});

test("traceLoad() of a restless shape has a bound", () => {
  const points = traceLoad((second) => ({ users: 10 + (second * 7919) % 13, spawnRate: 100 }));
  assert.ok(points.length <= 1002);
});
