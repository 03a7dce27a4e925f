import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Waits } from "../../../src/user/timing/waits.ts";
import { WakeQueue } from "../../../src/user/timing/wake_queue.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

test("Waits: each wait ends once, by time or by end(), whatever the order", async () => {
  const plan = fc.array(
    fc.record({
      kind: fc.constantFrom("wait" as const, "sleep" as const),
      ms: fc.integer({ min: 1, max: 50 }),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(plan, fc.integer({ min: 0, max: 60 }), async (list, endMs) => {
      const clock = new FakeClock();
      const queue = new WakeQueue(clock);
      let woken = 0;
      const waits = new class extends Waits {
        override woke() {
          woken++;
        }
      }();
      const results: string[] = list.map(() => "open");
      list.forEach(({ kind, ms }, i) => {
        waits.startWait(kind, clock.nowMs() + ms, queue).then(
          () => results[i] = "over",
          () => results[i] = "ended",
        );
      });
      await clock.advance(endMs);
      waits.endWaits(queue, () => new Error("end"), "wait");
      await settle();
      const expected = list.map(({ kind, ms }) => (ms <= endMs ? "over" : kind === "wait" ? "ended" : "open"));
      assert.deepEqual(results, expected);
      assert.equal(waits.hasWait("wait"), false);
      assert.equal(waits.hasWait("sleep"), expected.includes("open"));
      waits.endWaits(queue, () => new Error("end"));
      await settle();
      assert.ok(!results.includes("open"));
      assert.equal(woken, expected.filter((result) => result === "over").length);
      assert.deepEqual([queue.size, clock.pendingTimers], [0, 0]);
    }),
    { numRuns: 50 },
  );
});
