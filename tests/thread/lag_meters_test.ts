import assert from "node:assert/strict";
import { test } from "node:test";
import { createLatenessMeter, quantile, startLoopMeter } from "../../src/thread/lag_meters.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** Users that do something all the time. */
function busy(): () => number {
  let steps = 0;
  return () => steps++;
}

test("startLoopMeter() beats every 10 ms", async () => {
  const clock = new FakeClock();
  let beats = 0;
  startLoopMeter(clock, () => beats++, busy());
  await clock.advance(1000);
  assert.equal(beats, 100);
});

test("LoopMeter.takeP99Ms() of a loop that is never late is 0", async () => {
  const clock = new FakeClock();
  const meter = startLoopMeter(clock, () => {}, busy());
  await clock.advance(1000);
  assert.equal(meter.takeP99Ms(), 0);
});

test("LoopMeter.takeP99Ms() counts one stall of 300 ms as all the beats that it held back", async () => {
  const clock = new FakeClock();
  const meter = startLoopMeter(clock, () => {}, busy());
  await clock.advance(700);
  clock.skip(300); // the loop is blocked: time passes, nothing fires
  await clock.advance(0);
  const p99 = meter.takeP99Ms();
  assert.ok(p99 > 270 && p99 <= 300, `${p99}`);
});

test("LoopMeter.takeP99Ms() begins anew with each call", async () => {
  const clock = new FakeClock();
  const meter = startLoopMeter(clock, () => {}, busy());
  clock.skip(500);
  await clock.advance(10);
  assert.ok(meter.takeP99Ms() > 400);
  await clock.advance(1000);
  assert.equal(meter.takeP99Ms(), 0);
});

test("LoopMeter keeps no more than a minute's beats of a machine that was suspended for a day", async () => {
  const clock = new FakeClock();
  const meter = startLoopMeter(clock, () => {}, busy());
  clock.skip(86_400_000);
  await clock.advance(10);
  assert.ok(meter.takeP99Ms() <= 60_000);
});

test("startLoopMeter() beats less often while users do nothing, and as before when they do something", async () => {
  const clock = new FakeClock();
  let beats = 0;
  let steps = 7;
  startLoopMeter(clock, () => beats++, () => steps);
  await clock.advance(1000); // nothing has been done so far
  assert.equal(beats, 100);
  await clock.advance(1000);
  assert.equal(beats, 110);
  steps++;
  await clock.advance(100); // it is noticed by the next beat
  beats = 0;
  await clock.advance(100);
  assert.equal(beats, 10);
});

test("LoopMeter.takeP99Ms() weighs a late beat at rest as a late one of many", async () => {
  const clock = new FakeClock();
  const meter = startLoopMeter(clock, () => {}, () => 0);
  await clock.advance(1000);
  meter.takeP99Ms();
  clock.skip(102); // late by a trifle: one of thirty beats, and one of three hundred of a thread at work
  await clock.advance(2898);
  assert.equal(meter.takeP99Ms(), 0);
  clock.skip(350);
  await clock.advance(650);
  const p99 = meter.takeP99Ms();
  assert.ok(p99 > 200 && p99 <= 350, `${p99}`); // a stall counts as it does at work
});

test("LoopMeter.stop() leaves no timer", async () => {
  const clock = new FakeClock();
  const meter = startLoopMeter(clock, () => {}, busy());
  await clock.advance(50);
  meter.stop();
  assert.equal(clock.pendingTimers, 0);
});

test("LatenessMeter.takeP99Ms() tells how late users woke, early ones counting as punctual", () => {
  const meter = createLatenessMeter();
  for (let i = 0; i < 98; i++) meter.record(-0.5);
  meter.record(40);
  meter.record(40);
  assert.ok(Math.abs(meter.takeP99Ms() - 40) < 0.5);
  assert.equal(meter.takeP99Ms(), 0);
});

const quantiles: [sentence: string, values: number[], fraction: number, expected: number][] = [
  ["of nothing", [], 0.99, 0],
  ["of one value", [7], 0.99, 7],
  ["of a hundred values: the last but one", Array.from({ length: 100 }, (_, at) => at), 0.99, 98],
  ["the median of an unsorted list", [9, 1, 5], 0.5, 5],
];
for (const [sentence, values, fraction, expected] of quantiles) {
  test(`quantile() ${sentence}`, () => assert.equal(quantile(values, fraction), expected));
}
