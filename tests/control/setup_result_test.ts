import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeSetupResults } from "../../src/control/setup_result.ts";

test("mergeSetupResults() merges objects in the order of the listeners; a later one wins", () => {
  const merged = mergeSetupResults([{ token: "a", ids: [1, 2] }, undefined, null, {
    token: "b",
    nested: { deep: null },
  }]);
  assert.deepEqual(merged, { kind: "shared", shared: { token: "b", ids: [1, 2], nested: { deep: null } } });
});

test("mergeSetupResults() of nothing is an empty object", () => {
  assert.deepEqual(mergeSetupResults([]), { kind: "shared", shared: {} });
});

test("mergeSetupResults() takes one value at two places, which is not a cycle", () => {
  const same = { a: 1 };
  assert.equal(mergeSetupResults([{ first: same, second: same }]).kind, "shared");
});

const unsafe: [sentence: string, value: unknown, said: RegExp][] = [
  ["a list as the result", [1], /it is a list; return an object/],
  ["a string as the result", "token", /it is a string; return an object/],
  ["a function", { call: () => {} }, /Cannot share shared\.call of "runSetup": it is a function/],
  ["a Date deep inside", { users: [{ born: new Date(0) }] }, /shared\.users\[0\]\.born .* a Date/],
  ["a Map", { users: new Map() }, /shared\.users .* a Map/],
  ["NaN", { n: NaN }, /shared\.n .* NaN/],
  ["a bigint", { n: 1n }, /shared\.n .* a bigint/],
];
for (const [sentence, value, said] of unsafe) {
  test(`mergeSetupResults() names the place of ${sentence}`, () => {
    const merged = mergeSetupResults([value]);
    assert.equal(merged.kind, "problems");
    assert.match(merged.kind === "problems" ? merged.problems.join("\n") : "", said);
  });
}

test("mergeSetupResults() notices an object that contains itself", () => {
  const self: Record<string, unknown> = {};
  self["self"] = self;
  const merged = mergeSetupResults([self]);
  assert.match(merged.kind === "problems" ? merged.problems.join() : "", /shared\.self .* contains itself/);
});

test("mergeSetupResults() lists all problems, not only the first", () => {
  const merged = mergeSetupResults([{ a: () => {}, b: Symbol("x") }]);
  assert.equal(merged.kind === "problems" && merged.problems.length, 2);
});
