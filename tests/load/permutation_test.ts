import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { permute } from "../../src/load/permutation.ts";

test("permute() gives each number below the size once, whatever size and key", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (size, key) => {
    const seen = new Set(Array.from({ length: size }, (_, index) => permute(index, size, key)));
    assert.equal(seen.size, size);
    for (const number of seen) assert.ok(number >= 0 && number < size);
  }));
});

test("permute() mixes: neighbours and keys have little in common", () => {
  const size = 10_000;
  const order = Array.from({ length: size }, (_, index) => permute(index, size, 7));
  const ascending = order.filter((number, index) => number > (order[index - 1] ?? -1)).length;
  assert.ok(Math.abs(ascending - size / 2) < 300, `${ascending} of ${size} ascend`);
  const same = order.filter((number, index) => number === permute(index, size, 8)).length;
  assert.ok(same < 20, `${same} are in the same place with another key`);
});

test("permute() works for sizes far above a list's", () => {
  for (const index of [0, 1, 5_000_000_000]) {
    const number = permute(index, 10 ** 10, 3);
    assert.ok(Number.isSafeInteger(number) && number >= 0 && number < 10 ** 10);
  }
});
