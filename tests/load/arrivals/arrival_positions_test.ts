import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArrivalPositions } from "../../../src/load/arrivals/arrival_positions.ts";

test("ArrivalPositions of a Poisson process rise, keep their mean, and are the same for the same seed", () => {
  fc.assert(fc.property(fc.nat(), fc.nat({ max: 1e6 }), (seed, from) => {
    const positions = new ArrivalPositions("poisson", seed);
    const list = Array.from({ length: 600 }, (_, i) => positions.positionOf(from + i));
    assert.ok(list.every((each, i) => i === 0 || each >= (list[i - 1] as number)));
    assert.ok(list.every((each, i) => Math.abs(each - (from + i)) <= 256), "no drift from the mean");
    const again = new ArrivalPositions("poisson", seed);
    assert.equal(again.positionOf(from + 300), list[300]);
  }));
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
    fc.double({ min: 0, max: 5000, noNaN: true }),
    (pattern, position) => {
      const positions = new ArrivalPositions(pattern, 3);
      const count = positions.countBefore(position);
      assert.ok(count === 0 || positions.positionOf(count - 1) < position);
      assert.ok(positions.positionOf(count) >= position);
    },
  );
  fc.assert(property);
});
