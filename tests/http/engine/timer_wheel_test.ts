import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TimerWheel, WheelEntry } from "../../../src/http/engine/timer_wheel.ts";
import { FakeClock } from "../../support/fake_clock.ts";

class Entry extends WheelEntry {
  readonly firedAtMs: number[] = [];
  again = 0;
  readonly #wheel: TimerWheel;

  constructor(wheel: TimerWheel, deadlineMs: number) {
    super();
    this.#wheel = wheel;
    this.deadlineMs = deadlineMs;
    wheel.watch(this);
  }

  expired(nowMs: number): void {
    this.firedAtMs.push(nowMs);
    if (this.again === 0) return;
    this.deadlineMs = nowMs + this.again;
    this.#wheel.watch(this);
  }
}

test("TimerWheel fires each entry once, never early and at most a tick late", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 40 }), async (deadlines) => {
      const clock = new FakeClock({ nowMs: 12_345.6 });
      const wheel = new TimerWheel(clock);
      const entries = deadlines.map((deadline) => new Entry(wheel, 12_345.6 + deadline));
      await clock.advance(61_000);
      for (const entry of entries) {
        assert.equal(entry.firedAtMs.length, 1);
        const lateMs = (entry.firedAtMs[0] ?? 0) - entry.deadlineMs;
        assert.ok(lateMs >= 0 && lateMs <= 20, `late by ${lateMs}`);
      }
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 30 },
  );
});

test("TimerWheel finds out by itself that a deadline has moved to later", async () => {
  const clock = new FakeClock();
  const entry = new Entry(new TimerWheel(clock), 1_000);
  await clock.advance(900);
  entry.deadlineMs = 5_000;
  await clock.advance(4_000);
  assert.deepEqual(entry.firedAtMs, []);
  await clock.advance(200);
  assert.deepEqual(entry.firedAtMs, [5_000]);
});

test("TimerWheel.watch() takes a deadline that has moved to earlier", async () => {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock);
  const entry = new Entry(wheel, 50_000);
  entry.deadlineMs = 100;
  wheel.watch(entry);
  await clock.advance(110);
  assert.deepEqual(entry.firedAtMs, [100]);
});

test("TimerWheel.forget() takes an entry off, the others stay, and no timer is left without entries", async () => {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock);
  const [first, second, third] = [new Entry(wheel, 100), new Entry(wheel, 100), new Entry(wheel, 100)];
  wheel.forget(first as Entry);
  wheel.forget(first as Entry);
  await clock.advance(200);
  assert.deepEqual([first, second, third].map((entry) => entry?.firedAtMs.length), [0, 1, 1]);
  assert.equal(clock.pendingTimers, 0);
});

test("TimerWheel has an infinite deadline never", async () => {
  const clock = new FakeClock();
  const entry = new Entry(new TimerWheel(clock), Infinity);
  assert.equal(clock.pendingTimers, 0);
  await clock.advance(100_000);
  assert.deepEqual(entry.firedAtMs, []);
});

test("TimerWheel serves entries that are watched again while it turns", async () => {
  const clock = new FakeClock();
  const entry = new Entry(new TimerWheel(clock), 1_000);
  entry.again = 1_000;
  await clock.advance(5_500);
  assert.deepEqual(entry.firedAtMs, [1_000, 2_000, 3_000, 4_000, 5_000]);
});

test("TimerWheel fires everything that came due while the event loop stood still", async () => {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock);
  const entries = [5, 100, 9_000, 15_000, 29_000].map((deadline) => new Entry(wheel, deadline));
  const later = new Entry(wheel, 40_000);
  clock.skip(30_000);
  await clock.advance(20_000 - 1);
  assert.deepEqual(entries.map((entry) => entry.firedAtMs.length), [1, 1, 1, 1, 1]);
  assert.deepEqual(later.firedAtMs, [40_000]);
});
