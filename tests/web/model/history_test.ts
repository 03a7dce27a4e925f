/** The columnar history of a run. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { type HistoryStep, RunHistory } from "../../../web/model/history.ts";

function step(second: number, more: Partial<HistoryStep> = {}): HistoryStep {
  const times = { p50Ms: 1, p90Ms: 2, p95Ms: 3, p99Ms: 4, meanMs: 1 };
  return { second, seconds: 1, users: 5, requests: 10, failures: 0, ...times, ...more };
}

test("RunHistory takes each step once, in order, also when it grows", () => {
  const history = new RunHistory();
  history.add(Array.from({ length: 1500 }, (_, second) => step(second)));
  history.add([step(1499), step(1500)]);
  assert.equal(history.length, 1501);
  assert.equal(history.lastTick, 1501);
  assert.deepEqual([...history.read().second.slice(-2)], [1499, 1500]);
});
