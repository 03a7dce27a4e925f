import assert from "node:assert/strict";
import { test } from "node:test";
import { RunTime } from "../../../src/thread/arrivals/run_time.ts";

test("RunTime believes the order that was under way for the shortest time, and forgets old ones", () => {
  const time = new RunTime();
  time.note(0, 5003);
  assert.equal(time.toLocalMs(100), 5103);
  time.note(1000, 6000.5);
  time.note(2000, 7080);
  assert.equal(time.toLocalMs(2000), 7000.5);
  assert.equal(time.toRunMs(7000.5), 2000);
  for (let second = 3; second < 30; second++) time.note(second * 1000, 5001 + second * 1000);
  assert.equal(time.toLocalMs(0), 5001);
});

test("RunTime takes a time that was under way for no time as it is, and forgets another master's", () => {
  const time = new RunTime();
  time.note(0, 5000);
  time.set(1000, 6000.25);
  assert.equal(time.toLocalMs(2000), 7000.25);
  time.note(2000, 7100);
  time.note(3000, 8050);
  assert.equal(time.toLocalMs(3000), 8050);
  time.forget();
  time.note(500, 9000);
  assert.equal(time.toLocalMs(1500), 10_000);
});
