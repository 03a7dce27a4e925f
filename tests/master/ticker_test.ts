import assert from "node:assert/strict";
import { test } from "node:test";
import { startTicker } from "../../src/master/ticker.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** When calls come, and how late they say they are. */
function record(clock: FakeClock, settleMs?: number): string[] {
  const calls: string[] = [];
  startTicker(clock, 1000, (lateMs) => calls.push(`${clock.nowMs()} late ${lateMs}`), 1000, settleMs);
  return calls;
}

test("startTicker() calls at whole periods, and skips those in which the process stood still", async () => {
  const clock = new FakeClock();
  const calls = record(clock);
  await clock.advance(2000);
  clock.skip(3300);
  await clock.advance(1700);
  assert.deepEqual(calls, ["1000 late 0", "2000 late 0", "5300 late 2300", "6000 late 0", "7000 late 0"]);
});

test("startTicker() lets what has come in a long pause go first, and is as late as it was then", async () => {
  const clock = new FakeClock();
  const calls = record(clock, 150);
  await clock.advance(1000);
  clock.skip(1100); // a little late: at once
  await clock.advance(900);
  clock.skip(3300);
  clock.schedule(0, () => calls.push(`${clock.nowMs()} a message`));
  await clock.advance(2000);
  assert.deepEqual(calls, [
    "1000 late 0",
    "2100 late 100",
    "3000 late 0",
    "6300 a message",
    "6450 late 2300",
    "7000 late 0",
    "8000 late 0",
  ]);
});

test("startTicker() can be cancelled while a late call waits", async () => {
  const clock = new FakeClock();
  const calls: number[] = [];
  const ticker = startTicker(clock, 1000, () => calls.push(clock.nowMs()), 1000, 150);
  clock.skip(5000);
  await clock.advance(10);
  ticker.cancel();
  await clock.advance(5000);
  assert.deepEqual(calls, []);
});
