import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TickSeries } from "../../../src/stats/ticks/tick_series.ts";

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

test("TickSeries keeps the newest points of any additions, summed by second", () => {
  const additions = fc.array(fc.tuple(fc.integer({ min: -1, max: 3 }), fc.oneof(fc.nat(3), fc.nat(2 ** 40))), {
    maxLength: 200,
  });
  fc.assert(fc.property(additions, fc.integer({ min: 2, max: 9 }), (list, maxPoints) => {
    const series = new TickSeries();
    let expected: [number, number][] = [];
    let second = 1_767_225_600;
    for (const [step, count] of list) {
      series.add(second += step, count, maxPoints);
      const last = expected.at(-1);
      if (count === 0) continue;
      if (last !== undefined && second <= last[0]) {
        last[1] += count;
        continue;
      }
      if (expected.length >= maxPoints) expected = expected.slice(expected.length >> 1);
      expected.push([second, count]);
    }
    assert.deepEqual(series.points(), expected);
    assert.deepEqual(TickSeries.unpack(series.pack()).points(), expected);
  }));
});
