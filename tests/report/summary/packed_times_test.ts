import assert from "node:assert/strict";
import { test } from "node:test";
import { readTimes, standardDeviationMs } from "../../../src/report/summary/packed_times.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";

function deviationOf(...timesMs: readonly number[]): number | null {
  const times = new Histogram();
  for (const ms of timesMs) times.record(ms * 1000);
  return standardDeviationMs(readTimes(times.pack()));
}

const HOUR = 3_600_000;

test("standardDeviationMs() is that of the values within the width of a bucket, and 0 of equal ones however long they are", () => {
  assert.ok(Math.abs((deviationOf(10, 20, 30) ?? NaN) - Math.sqrt(200 / 3)) < 0.1);
  for (const ms of [0, 0.001, 12.345, 600_123.456, HOUR, 2 * HOUR]) assert.equal(deviationOf(ms, ms, ms), 0, `${ms}`);
});

test("standardDeviationMs() is null without a value, and where some are beyond the scale: nobody knows how far", () => {
  assert.equal(deviationOf(), null);
  assert.equal(deviationOf(10, 2 * HOUR), null);
  assert.equal(deviationOf(HOUR, 2 * HOUR, 3 * HOUR), null);
});
