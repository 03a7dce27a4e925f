import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Waits } from "../../src/user/waits.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

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
      const waits = new Waits();
      const results: string[] = list.map(() => "open");
      list.forEach(({ kind, ms }, i) => {
        waits.start(kind, ms, clock, () => {}).then(() => results[i] = "over", () => results[i] = "ended");
      });
      await clock.advance(endMs);
      waits.end(() => new Error("end"), "wait");
      await settle();
      const expected = list.map(({ kind, ms }) => (ms <= endMs ? "over" : kind === "wait" ? "ended" : "open"));
      assert.deepEqual(results, expected);
      assert.equal(waits.has("wait"), false);
      assert.equal(waits.has("sleep"), expected.includes("open"));
      waits.end(() => new Error("end"));
      await settle();
      assert.ok(!results.includes("open"));
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 50 },
  );
});
