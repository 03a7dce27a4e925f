import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalTicks } from "../../../src/stats/ticks/arrival_ticks.ts";

const counts = (asked: number, started = asked, dropped = 0, late = 0) => ({ asked, started, dropped, late });

test("ArrivalTicks gives rates over the window of whole ticks, and what waits", () => {
  const ticks = new ArrivalTicks();
  for (let tick = 0; tick < 15; tick++) ticks.add(counts(10, 8, 1), tick);
  const window = { windowFrom: 5, windowTo: 15, windowMs: 10_000 };
  assert.deepEqual(ticks.read(counts(150, 120, 15), { planned: 152, plannedPerSecond: 10 }, window), {
    planned: 152,
    plannedPerSecond: 10,
    asked: 150,
    started: 120,
    dropped: 15,
    late: 0,
    waiting: 15,
    askedPerSecond: 10,
    startedPerSecond: 8,
    droppedPerSecond: 1,
    latePerSecond: 0,
  });
});

test("ArrivalTicks hands out each step of the history once, with what came after the stop", () => {
  const ticks = new ArrivalTicks();
  ticks.add(counts(3), 0);
  ticks.add(counts(2, 0), undefined);
  assert.deepEqual(ticks.takeSpan(), counts(5, 3));
  assert.equal(ticks.takeSpan(), undefined);
});
