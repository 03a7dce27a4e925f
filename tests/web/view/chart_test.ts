import { strict as assert } from "node:assert";
import { test } from "node:test";
import { type Chart, lastMeasured, marksNear, timeTicks } from "../../../web/view/chart.ts";
import { buildHeatMap, describeCell, labelledRows } from "../../../web/view/heat_map.ts";

test("timeTicks() are round and not too many", () => {
  assert.deepEqual(timeTicks(0, 60, 5), [0, 15, 30, 45, 60]);
  assert.deepEqual(timeTicks(3, 36_003, 6), [7200, 14_400, 21_600, 28_800, 36_000]);
  for (const to of [1, 7, 59, 100, 5000, 90_000, 1_000_000]) assert.ok(timeTicks(0, to, 4).length <= 5, String(to));
});

test("lastMeasured() passes over gaps at the end", () => {
  assert.equal(lastMeasured([1, 2, null, null]), 2);
  assert.equal(lastMeasured([null]), null);
  assert.equal(lastMeasured([]), null);
});

test("marksNear() finds events within a part of the axis, at least half a second", () => {
  const chart = { x: [0, 1000], marks: [{ x: 10, label: "a", isBad: false }, { x: 30, label: "b", isBad: false }] };
  const found = (at: number) => marksNear(chart as unknown as Chart, at).map(({ label }) => label);
  assert.deepEqual(found(15), ["a"]);
  assert.deepEqual(found(20), []);
  assert.deepEqual(marksNear({ ...chart, x: [0, 1] } as unknown as Chart, 10.4).length, 1);
});

test("labelledRows() are powers of ten; describeCell() says what a cell counts", () => {
  const map = buildHeatMap([{ second: 0, seconds: 1, times: [[2000, 3], [150_000, 1]] }]);
  assert.ok(map !== undefined);
  const labels = labelledRows(map.boundsMs).map((row) => Math.round(map.boundsMs[row] as number));
  assert.deepEqual(labels, [10, 100]);
  const row = map.counts.findIndex(([count]) => count === 3);
  assert.match(describeCell(map, row, 0), /^0:00, 1\.47 to 2\.15 ms: 3 requests$/);
  assert.equal(describeCell(map, -1, 0), "");
  assert.equal(describeCell(map, 0, 9), "");
});
