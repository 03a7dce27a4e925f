import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TickSeries } from "../../src/stats/tick_series.ts";

test("TickSeries.add() sums what falls into one second and skips nothing that has none", () => {
  const series = new TickSeries();
  series.add(100, 2, 1000);
  series.add(100, 3, 1000);
  series.add(101, 0, 1000);
  series.add(107, 1, 1000);
  assert.deepEqual(series.points(), [[100, 5], [107, 1]]);
});

test("TickSeries.add() drops the oldest half when it is full", () => {
  const series = new TickSeries();
  for (let second = 1; second <= 5; second++) series.add(second, 1, 4);
  assert.deepEqual(series.points(), [[3, 1], [4, 1], [5, 1]]);
});

test("TickSeries.unpack() restores what pack() wrote", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e9 })), {
    maxLength: 50,
  });
  fc.assert(fc.property(steps, (list) => {
    const series = new TickSeries();
    let second = 1_767_225_600;
    for (const [gap, count] of list) series.add(second += gap, count, Infinity);
    assert.deepEqual(TickSeries.unpack(series.pack()).points(), series.points());
  }));
});
