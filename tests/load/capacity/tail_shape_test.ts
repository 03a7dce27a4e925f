import assert from "node:assert/strict";
import { test } from "node:test";
import { shapeTail } from "../../../src/load/capacity/tail_shape.ts";

function diagonal(variances: readonly number[]): readonly (readonly number[])[] {
  return variances.map((variance, i) => variances.map((_, j) => i === j ? variance : 0));
}

function lastOf(logs: readonly number[], variances: readonly number[]): number {
  const row = shapeTail(logs, diagonal(variances)).mix.at(-1) ?? [];
  return row.reduce((sum, weight, i) => sum + weight * (logs[i] ?? 0), 0);
}

test("shapeTail() leaves alone what is known exactly", () => {
  assert.ok(Math.abs(lastOf([1, 1.2, 1.25, 1.4], [1e-9, 1e-9, 1e-9, 1e-9]) - 1.4) < 1e-4);
});

test("shapeTail() tells a stretch of which little is known by those before it: the rate changes less and less", () => {
  const last = lastOf([1, 1.2, 1.32, 1.9], [1e-9, 1e-9, 1e-9, 1]);
  assert.ok(Math.abs(last - (1.32 + 0.6 * 0.12)) < 0.05, `${last}`);
});

test("shapeTail() leaves each stretch as it was seen where the shape is clearly another one", () => {
  assert.ok(Math.abs(lastOf([1, 1.01, 1.02, 3], [1e-4, 1e-4, 1e-4, 1e-2]) - 3) < 0.05);
});

test("shapeTail() says how much of its answer is from the shape alone", () => {
  const weights = [0, 0, 0, 1];
  const seen = shapeTail([1, 1.2, 1.32, 1.39], diagonal([1e-9, 1e-9, 1e-9, 1e-9])).varianceOf(weights);
  const told = shapeTail([1, 1.2, 1.32, 1.39], diagonal([1e-9, 1e-9, 1e-9, 1])).varianceOf(weights);
  assert.ok(seen < 1e-6, `${seen}`);
  // 0.4 of a change of 0.12.
  assert.ok(Math.abs(Math.sqrt(told) - 0.05) < 0.01, `${told}`);
});

test("shapeTail() of two stretches has nothing to compare", () => {
  assert.deepEqual(shapeTail([1, 2], diagonal([1, 1])).mix, [[1, 0], [0, 1]]);
});
