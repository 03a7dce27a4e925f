import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeArrivals } from "../../../scripts/bench/arrival_record.ts";

/** 30 s at 100/s, begun at an odd time. */
const evenly = (change: (k: number) => number = () => 0) =>
  Array.from({ length: 3000 }, (_, k) => 123.4 + k * 10 + change(k));

test("judgeArrivals() finds nothing wrong with a schedule that was kept", () => {
  const { rateErrors, lateMs } = judgeArrivals(evenly().toReversed(), 100);
  assert.deepEqual(rateErrors.map((error) => Number(error.toFixed(9))), [0, 0, 0]);
  assert.ok(lateMs(1) < 1e-6);
});

test("judgeArrivals() says how late starts were, but for those of the first second", () => {
  const { lateMs } = judgeArrivals(evenly((k) => k < 100 ? 7 : k % 50 === 0 ? 4 : 0), 100);
  assert.ok(lateMs(0.5) < 1e-6);
  assert.ok(Math.abs(lateMs(0.99) - 4) < 1e-6);
  assert.ok(Math.abs(lateMs(1) - 4) < 1e-6);
});

test("judgeArrivals() finds a rate that is too low, and the second in which nothing came", () => {
  const slow = judgeArrivals(Array.from({ length: 3000 }, (_, k) => k * 10.05), 100);
  assert.ok(slow.rateErrors.every((error) => Math.abs(error + 0.005) < 0.0011), String(slow.rateErrors));
  const gap = judgeArrivals(evenly().filter((time) => time < 15_000 || time >= 16_000), 100);
  assert.deepEqual(gap.rateErrors.map((error) => Math.round(error * 100)), [0, -10, 0]);
});
