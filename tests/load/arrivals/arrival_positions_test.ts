import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArrivalPositions } from "../../../src/load/arrivals/arrival_positions.ts";

test("ArrivalPositions of a Poisson process rise, and are the same for the same seed", () => {
  fc.assert(fc.property(fc.nat(), fc.nat({ max: 3e6 }), (seed, from) => {
    const positions = new ArrivalPositions("poisson", seed);
    const list = Array.from({ length: 600 }, (_, i) => positions.positionOf(from + i));
    assert.ok(list.every((each, i) => i === 0 || each >= (list[i - 1] as number)));
    const again = new ArrivalPositions("poisson", seed);
    assert.equal(again.positionOf(from + 300), list[300]);
  }));
});

test("ArrivalPositions of a Poisson process keep their mean: at the end of each stretch exactly", () => {
  for (const seed of [1, 2, 3]) {
    const positions = new ArrivalPositions("poisson", seed);
    for (const cells of [1, 3, 7, 15, 1023, 4095, 8191, 12287]) {
      assert.equal(positions.countBefore(cells * 256), cells * 256);
      assert.ok(
        positions.positionOf(cells * 256 - 1) < cells * 256 && positions.positionOf(cells * 256) >= cells * 256,
      );
    }
    for (const count of [500, 5000, 50_000, 500_000]) {
      const drift = Math.abs(positions.countBefore(count) - count);
      assert.ok(drift < 2 * Math.sqrt(count), `${drift} of ${count}`);
    }
  }
});

// A queue near its capacity remembers for many seconds: rushes have to be there at each scale.
test("ArrivalPositions of a Poisson process vary as much as their number, over short and long parts", () => {
  const positions = new ArrivalPositions("poisson", 11);
  for (const length of [10, 300, 2000, 8000]) {
    const parts = Math.min(2000, Math.floor(1_000_000 / length));
    const counts = Array.from(
      { length: parts },
      (_, i) => positions.countBefore(40_000 + (i + 1) * length) - positions.countBefore(40_000 + i * length),
    );
    const variance = counts.reduce((sum, count) => sum + (count - length) ** 2, 0) / parts;
    assert.ok(Math.abs(variance / length - 1) < 0.3, `${length}: ${variance / length}`);
  }
});

test("ArrivalPositions of a Poisson process have the spread of one", () => {
  const positions = new ArrivalPositions("poisson", 7);
  const gaps = Array.from({ length: 20_000 }, (_, i) => positions.positionOf(i + 1) - positions.positionOf(i));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  assert.ok(Math.abs(mean - 1) < 0.01, `mean ${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.08, `variance ${variance}`); // 1 of an exponential distribution
});

test("ArrivalPositions.countBefore() counts what positionOf() lists", () => {
  const property = fc.property(
    fc.constantFrom("even" as const, "poisson" as const),
    fc.double({ min: 0, max: 2e6, noNaN: true }),
    (pattern, position) => {
      const positions = new ArrivalPositions(pattern, 3);
      const count = positions.countBefore(position);
      assert.ok(count === 0 || positions.positionOf(count - 1) < position);
      assert.ok(positions.positionOf(count) >= position);
    },
  );
  fc.assert(property);
});
