import assert from "node:assert/strict";
import { test } from "node:test";
import type { Memory } from "../../../src/platform/linux/libc.ts";
import { ReceiveClock } from "../../../src/platform/linux/receive_clock.ts";

/** 2026-11-28 10:00:00 UTC, in seconds. */
const DATE = 1_795_860_000;
const MICROSECOND = 0.001;

/** A machine: `performance.now()`, its date, and how long a look at both takes. */
class Machine {
  nowMs = 5000;
  dateMs = 0;
  /** Passes between the two looks of the next readings. */
  pausesMs: number[] = [];

  readonly libc = {
    clock_gettime: (clock: number, time: Memory) => {
      assert.equal(clock, 0);
      this.pass(this.pausesMs.shift() ?? MICROSECOND);
      const words = time as Uint32Array;
      const { seconds, nanoseconds } = this.stamp();
      words.set([seconds, 0, nanoseconds, 0]);
      return 0;
    },
  };

  open(): ReceiveClock {
    return new ReceiveClock(this.libc, () => this.nowMs);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.dateMs += ms;
  }

  stamp(): { seconds: number; nanoseconds: number } {
    const second = Math.floor(this.dateMs / 1000);
    return { seconds: DATE + second, nanoseconds: Math.round((this.dateMs - second * 1000) * 1e6) };
  }
}

const near = (actual: number | undefined, expected: number) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= 2 * MICROSECOND, `${actual}, expected ${expected}`);

test("ReceiveClock.toMs() is the time of the stamp, however long ago it was", () => {
  const machine = new Machine();
  const clock = machine.open();
  for (const agoMs of [0, 0.05, 20, 999, 70_000]) {
    const stampedMs = machine.nowMs;
    const { seconds, nanoseconds } = machine.stamp();
    machine.pass(agoMs);
    clock.read();
    near(clock.toMs(seconds, nanoseconds), stampedMs);
  }
});

test("ReceiveClock.toMs() is exact although the thread was interrupted between its two looks", () => {
  const machine = new Machine();
  machine.pausesMs = [MICROSECOND, 30, 7, 0.04, 12];
  const clock = machine.open();
  const stampedMs = machine.nowMs;
  const { seconds, nanoseconds } = machine.stamp();
  for (const pauses of [[], [8], [8, 8], [0.03]]) {
    machine.pausesMs = pauses;
    clock.read();
    near(clock.toMs(seconds, nanoseconds), stampedMs);
  }
});

for (const stepMs of [3600_000, 5, -5, -3600_000]) {
  test(`ReceiveClock.toMs() uses no stamp for a second after the date was set by ${stepMs} ms`, () => {
    const machine = new Machine();
    const clock = machine.open();
    const before = machine.stamp();
    machine.pass(10);
    machine.dateMs += stepMs;
    const after = machine.stamp();
    machine.pass(10);
    clock.read();
    assert.equal(clock.toMs(before.seconds, before.nanoseconds), undefined);
    assert.equal(clock.toMs(after.seconds, after.nanoseconds), undefined);
    machine.pass(1001);
    const { seconds, nanoseconds } = machine.stamp();
    const stampedMs = machine.nowMs;
    machine.pass(20);
    clock.read();
    near(clock.toMs(seconds, nanoseconds), stampedMs);
  });
}

test("ReceiveClock.toMs() takes bytes that came after the last look for what they are, and none from the future", () => {
  const machine = new Machine();
  const clock = machine.open();
  clock.read();
  machine.pass(0.1);
  const cameMs = machine.nowMs;
  const came = machine.stamp();
  machine.pass(0.1);
  near(clock.toMs(came.seconds, came.nanoseconds), cameMs);
  assert.equal(clock.toMs(came.seconds + 10, 0), machine.nowMs);
});
