import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Sleeper, WakeQueue } from "../../../src/user/timing/wake_queue.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function createSleeper(dueMs: number, wake: (lateMs: number) => void): Sleeper {
  return { dueMs, slot: -1, wake };
}

test("WakeQueue wakes everyone at the due time, in order, whoever was called off meanwhile", async () => {
  const moves = fc.array(
    fc.oneof(
      fc.record({ move: fc.constant("add" as const), ms: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ move: fc.constant("remove" as const), which: fc.nat(30) }),
      fc.record({ move: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 15 }) }),
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(moves, async (list) => {
      const clock = new FakeClock();
      const queue = new WakeQueue(clock);
      const woken: { readonly dueMs: number; readonly atMs: number; readonly lateMs: number }[] = [];
      const sleepers: Sleeper[] = [];
      let removed = 0;
      for (const step of list) {
        if (step.move === "advance") await clock.advance(step.ms);
        else if (step.move === "add") {
          const dueMs = clock.nowMs() + step.ms;
          const sleeper = createSleeper(dueMs, (lateMs) => woken.push({ dueMs, atMs: clock.nowMs(), lateMs }));
          sleepers.push(sleeper);
          queue.add(sleeper);
        } else {
          const sleeper = sleepers[step.which];
          if (sleeper !== undefined && sleeper.slot >= 0) removed++;
          if (sleeper !== undefined) queue.remove(sleeper);
        }
        assert.ok(clock.pendingTimers <= 1);
      }
      await clock.advance(100);
      assert.equal(woken.length + removed, sleepers.length);
      assert.ok(woken.every(({ dueMs, atMs, lateMs }) => atMs === dueMs && lateMs === 0));
      assert.deepEqual([queue.size, clock.pendingTimers], [0, 0]);
    }),
    { numRuns: 100 },
  );
});

test("WakeQueue tells how late it woke, and wakes all that are due at once", async () => {
  const clock = new FakeClock();
  const queue = new WakeQueue(clock);
  const late: number[] = [];
  for (const dueMs of [30, 10, 20]) queue.add(createSleeper(dueMs, (ms) => late.push(ms)));
  clock.skip(25);
  await clock.advance(0);
  assert.deepEqual(late, [15, 5]);
  await clock.advance(5);
  assert.deepEqual(late, [15, 5, 0]);
});

test("WakeQueue lets a sleeper add others, and call off its neighbour, while it wakes", async () => {
  const clock = new FakeClock();
  const queue = new WakeQueue(clock);
  const woken: string[] = [];
  const neighbour = createSleeper(10, () => woken.push("neighbour"));
  queue.add(createSleeper(10, () => {
    woken.push("first");
    queue.remove(neighbour);
    queue.add(createSleeper(10, () => woken.push("same time")));
    queue.add(createSleeper(12, () => woken.push("later")));
  }));
  queue.add(neighbour);
  await clock.advance(20);
  assert.deepEqual(woken, ["first", "same time", "later"]);
});
