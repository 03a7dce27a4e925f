/** The drawing of the load that a start form asks for. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { rampPreview, ratePreview } from "../../../web/view/load_preview.ts";

test("rampPreview() ends at the run time, with and without the whole ramp in it", () => {
  assert.deepEqual(rampPreview({ users: 100, spawnRate: 10, runTimeSeconds: 60 }).map(({ second }) => second), [
    0,
    10,
    60,
    60,
  ]);
  assert.deepEqual(rampPreview({ users: 100, spawnRate: 1, runTimeSeconds: 30 }).at(-1), { second: 30, users: 30 });
});

test("ratePreview() draws a rate to the end of the run, of its stages, or a while", () => {
  const draw = (rate: string, runTimeSeconds: number | null) =>
    ratePreview({ rate, runTimeSeconds }).map(({ second, users }) => [second, users]);
  assert.deepEqual(draw("50/s", null), [[0, 50], [10, 50]]);
  assert.deepEqual(draw("50", 30), [[0, 50], [30, 50], [30, 0]]);
  assert.deepEqual(draw("6/m", 60), [[0, 0.1], [60, 0.1], [60, 0]]);
  const stages = "1m:60/s, 1m:120/s, 30s:0";
  assert.deepEqual(draw(stages, null), [[0, 0], [60, 60], [120, 120], [150, 0], [150, 0]]);
  assert.deepEqual(draw(stages, 90), [[0, 0], [60, 60], [90, 90], [90, 0]], "cut within a stage");
  assert.deepEqual(
    draw("0s:20/s, 10s:20/s", 30),
    [[0, 0], [0, 20], [10, 20], [10, 0], [30, 0]],
    "nothing after its end",
  );
  assert.deepEqual(draw("50/s poisson", null), [[0, 50], [10, 50]]);
});
