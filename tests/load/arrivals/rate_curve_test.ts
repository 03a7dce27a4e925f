import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RateCurve } from "../../../src/protocol/arrivals_message.ts";
import { parseArrivalRate, startCurve } from "../../../src/load/arrivals/arrival_rate.ts";
import { CurveReader } from "../../../src/load/arrivals/rate_curve.ts";

const steady: RateCurve = { countBefore: 0, points: [[0, 50]] };

test("CurveReader counts a steady rate, and finds the time of each arrival", () => {
  const curve = new CurveReader(steady);
  assert.deepEqual([curve.countAt(0), curve.countAt(1000), curve.countAt(86_400_000)], [0, 50, 4_320_000]);
  assert.deepEqual([curve.timeOf(0), curve.timeOf(1), curve.timeOf(50)], [0, 20, 1000]);
  assert.equal(curve.rateAt(5), 50);
});

test("CurveReader counts stages as straight lines of the rate", () => {
  const { curve } = parseArrivalRate("10s:100/s, 10s:100/s, 10s:0");
  const read = new CurveReader(curve);
  assert.deepEqual([5000, 10_000, 20_000, 30_000, 99_000].map((ms) => Math.round(read.countAt(ms))), [
    125,
    500,
    1500,
    2000,
    2000,
  ]);
  assert.deepEqual([2500, 15_000, 25_000, 31_000].map((ms) => read.rateAt(ms)), [25, 100, 50, 0]);
  assert.equal(read.timeOf(125), 5000);
  assert.ok(read.timeOf(1999) < 30_000);
  assert.equal(read.timeOf(2000), Infinity);
});

test("CurveReader finds no time in a stretch without arrivals, and goes on after it", () => {
  const read = new CurveReader({ countBefore: 0, points: [[0, 10], [1000, 10], [1000, 0], [5000, 0], [5000, 10]] });
  assert.equal(read.countAt(4000), 10);
  assert.equal(read.timeOf(9), 900);
  assert.equal(read.timeOf(10), 5000);
  assert.equal(read.timeOf(11), 5100);
});

test("CurveReader.timeOf() is the inverse of countAt(), whatever the stages", () => {
  const stages = fc.array(fc.tuple(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 20_000 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(fc.property(stages, fc.double({ min: 0, max: 1, noNaN: true }), (list, part) => {
    fc.pre(list.some(([, rate]) => rate > 0));
    const { curve } = parseArrivalRate(list.map(([seconds, rate]) => `${seconds}s:${rate}/s`).join(","));
    const read = new CurveReader(startCurve(curve, 700, 0.25));
    const total = read.countAt(Infinity) - 0.25;
    const wanted = 0.25 + part * total * 0.999;
    const atMs = read.timeOf(wanted);
    assert.ok(Math.abs(read.countAt(atMs) - wanted) <= 1e-5 * Math.max(1, wanted), `${wanted} at ${atMs}`);
  }));
});
