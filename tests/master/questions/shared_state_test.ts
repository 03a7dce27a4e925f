import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_SHARED, SharedHistory } from "../../../src/master/questions/shared_state.ts";

test("SharedHistory adds up names that every object has of its own, as they come from a journal", () => {
  const history = new SharedHistory();
  const change = JSON.parse(
    '{"counters":{"__proto__":5,"constructor":1},"values":{"__proto__":{"a":1}},"tasks":{"__proto__":{"runner":"w/0"}}}',
  );
  history.add({ ...NOTHING_SHARED, ...change });
  history.add({ ...NOTHING_SHARED, counters: { constructor: 2 } });
  const { counters, values, tasks } = history.sum;
  assert.deepEqual(Object.entries(counters), [["__proto__", 5], ["constructor", 2]]);
  assert.deepEqual(Object.entries(values), [["__proto__", { a: 1 }]]);
  assert.deepEqual(Object.entries(tasks), [["__proto__", { runner: "w/0" }]]);
});
