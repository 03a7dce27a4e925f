import { strict as assert } from "node:assert";
import { test } from "node:test";
import { formatCounts } from "../../src/base/text.ts";

test("formatCounts() sorts names and has a 0 for those without a number", () => {
  assert.equal(formatCounts({ b: 2, a: 1 }, ["c", "a"]), '{"a": 1, "b": 2, "c": 0}');
  assert.equal(formatCounts({}), "{}");
});
