import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, nearest } from "../../../src/base/hints/near_miss.ts";

test("editDistance() counts insertions, deletions, replacements and swaps", () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ["", "", 0],
    ["", "abc", 3],
    ["users", "users", 0],
    ["user", "users", 1],
    ["usres", "users", 1],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, distance] of rows) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

test("editDistance() is symmetric, zero only for equal words, at most the longer length", () => {
  fc.assert(fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
    const distance = editDistance(a, b);
    assert.equal(distance, editDistance(b, a));
    assert.equal(distance === 0, a === b);
    assert.ok(distance <= Math.max(a.length, b.length));
  }));
});

test("editDistance() with a limit is the distance up to it, and Infinity beyond", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 13 }), (a, b, limit) => {
      const distance = editDistance(a, b);
      assert.equal(editDistance(a, b, limit), distance <= limit ? distance : Infinity);
    }),
    { numRuns: 2000 },
  );
});

test("nearest() of long words is one with a few letters changed, among thousands of them", () => {
  const names = Array.from({ length: 2000 }, (_, i) => `/${i}${"<&|*>`".repeat(200)}`);
  const mistyped = names[1234]?.replace("/1234", "/12x34");
  assert.equal(nearest(mistyped ?? "", names), names[1234]);
  assert.equal(nearest("x".repeat(1200), names), undefined);
});

test("nearest() finds what was meant, or nothing when nothing is near", () => {
  const names = ["users", "user-class", "spawn-rate", "host", "run-time"];
  assert.equal(nearest("userz", names), "users");
  assert.equal(nearest("spwan-rate", names), "spawn-rate");
  assert.equal(nearest("HOTS", names), "host");
  assert.equal(nearest("quux", names), undefined);
  assert.equal(nearest("x", []), undefined);
});
