import { strict as assert } from "node:assert";
import { test } from "node:test";
import { RunHistory } from "../../../web/model/history.ts";
import { sparkPath, sparkTop, sparkValues } from "../../../web/view/sparkline.ts";

function historyOf(requests: readonly number[], p95Ms: readonly (number | null)[], seconds = 1) {
  const history = new RunHistory();
  history.add(requests.map((each, i) => ({
    second: i * seconds,
    seconds,
    users: 1,
    requests: each,
    failures: 0,
    p50Ms: null,
    p90Ms: null,
    p95Ms: p95Ms[i] ?? null,
    p99Ms: null,
    meanMs: null,
  })));
  return history.read();
}

test("sparkValues() divides by the length of the steps where a rate is wanted", () => {
  assert.deepEqual([...sparkValues(historyOf([10, 40], [], 10), "requests", true)], [1, 4]);
  assert.deepEqual([...sparkValues(historyOf([10, 40], [], 10), "requests", false)], [10, 40]);
});

test("sparkValues() keeps the largest value of a stretch of a long history, and gaps", () => {
  const requests = Array.from({ length: 1000 }, (_, i) => i === 777 ? 500 : 1);
  const values = sparkValues(historyOf(requests, []), "requests", true);
  assert.ok(values.length <= 160);
  assert.equal(Math.max(...values), 500);
  assert.deepEqual([...sparkValues(historyOf([1, 1, 1], [5, null, 7]), "p95Ms", false)], [5, NaN, 7]);
});

test("sparkPath() lifts the pen over a gap and puts the largest value at the top", () => {
  const values = Float64Array.of(0, 10, NaN, 5);
  assert.equal(sparkTop([values]), 10);
  assert.equal(sparkPath(values, 10, { width: 30, height: 20 }), "M0.0 20.0h.5L10.0 0.0M30.0 10.0h.5");
  assert.equal(sparkPath(Float64Array.of(0), 0, { width: 30, height: 20 }), "M0.0 20.0h.5");
});
