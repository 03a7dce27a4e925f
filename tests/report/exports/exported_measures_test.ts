import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeasuresSnapshot } from "../../../src/protocol/measures_message.ts";
import { addMeasures, transactionCounts } from "../../../src/report/exports/exported_measures.ts";
import { statsdMeasures } from "../../../src/report/exports/statsd/statsd_measures.ts";
import { countTimes } from "../../../src/report/exports/time_buckets.ts";
import { MeasureBook } from "../../../src/stats/measures/measure_book.ts";
import { snapshotMeasures } from "../../../src/stats/measures/snapshot_measures.ts";

function measured(count: (book: MeasureBook) => void): MeasuresSnapshot {
  const book = new MeasureBook();
  count(book);
  const measures = snapshotMeasures(book, 1000);
  assert.ok(measures !== undefined);
  return measures;
}

const before = measured((book) => {
  book.check("a").take(1);
  book.check("gone").take(0);
  book.metric("counter", "orders", "").take(10, 0);
  book.metric("trend", "paint", "ms").take(100, 0);
  book.metric("gauge", "queue", "").take(9, 0);
  book.transaction("pay").finish(100, 40, "failure");
  book.transaction("pay").cutOff++;
});
const since = measured((book) => {
  book.check("a").take(0);
  book.metric("counter", "orders", "").take(5, 0);
  book.metric("trend", "paint", "ms").take(300, 0);
  book.metric("gauge", "queue", "").take(2, 0);
  book.transaction("pay").finish(3000, 20, "success");
});

test("addMeasures() goes on with counts and sums over a reset, and takes figures of the time since", () => {
  const sum = addMeasures(before, since);
  assert.deepEqual(sum?.checks, [{ name: "a", passes: 1, fails: 1 }, { name: "gone", passes: 0, fails: 1 }]);
  const [paint, orders, queue] = ["paint", "orders", "queue"].map((name) =>
    sum?.metrics.find((each) => each.name === name)
  );
  assert.ok(paint?.kind === "trend" && orders?.kind === "counter" && queue?.kind === "gauge");
  assert.deepEqual([paint.count, paint.mean], [2, 300]);
  assert.deepEqual([orders.sum, queue.last], [15, 2]);
  const [pay] = sum?.transactions ?? [];
  assert.deepEqual([pay?.count, pay?.failures, pay?.cutOff], [2, 1, 1]);
  const times = countTimes(pay?.times.packed ?? new Uint8Array());
  assert.deepEqual([times.count, times.sumSeconds], [2, 3.1]);
  assert.deepEqual(sum === undefined ? [] : transactionCounts(sum).map(({ result, count }) => [result, count]), [
    ["success", 1],
    ["failure", 1],
    ["cut_off", 1],
  ]);
});

test("addMeasures() is what there is where one side has nothing", () => {
  assert.equal(addMeasures(undefined, since), since);
  assert.equal(addMeasures(before, undefined), before);
  assert.equal(addMeasures(undefined, undefined), undefined);
});

test("statsdMeasures() counts what came since the lines before, and sets a gauge below 0 by way of 0", () => {
  const level = measured((book) => {
    book.check("a|b").take(1);
    book.metric("gauge", "level", "").take(-4, 0);
  });
  const first = statsdMeasures(level, new Map());
  assert.deepEqual(first.lines, [
    "locust_ts.checks:1|c|#check:a_b,result:pass",
    "locust_ts.metric.last:0|g|#metric:level",
    "locust_ts.metric.last:-4|g|#metric:level",
  ]);
  assert.deepEqual(statsdMeasures(level, first.sums).lines, first.lines.slice(1));
});
