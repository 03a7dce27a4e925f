import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { StatusCounts } from "../../../src/stats/groups/status_counts.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

describe("StatusCounts", () => {
  test("counts what a plain count does, in any order, also by parts", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(0, 101, 200, 204, 404, 503)), fc.nat(30), (statuses, cut) => {
      const whole = new StatusCounts();
      const parts = [new StatusCounts(), new StatusCounts()] as const;
      const expected: Record<string, number> = {};
      for (const [i, status] of statuses.entries()) {
        whole.count(status);
        parts[i < cut ? 0 : 1].count(status);
        expected[String(status)] = (expected[status] ?? 0) + 1;
      }
      const merged = new StatusCounts();
      for (const part of parts) merged.add(part.read());
      assert.deepEqual(whole.read(), expected);
      assert.deepEqual(merged.read(), expected);
      assert.equal(whole.isEmpty, statuses.length === 0);
    }));
  });
});

test("statuses reach the snapshot, survive a saved state, and are gone after a reset", () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const recorder = new Recorder({ clock });
  for (const status of [200, 200, 404]) recorder.record(recorder.entry("GET", "/"), 1, 0, undefined, 0, 0, status);
  const delta = recorder.drain();
  assert.ok(delta);
  ledger.apply(delta, "w");
  const context = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };
  assert.deepEqual(ledger.snapshot(context).statuses, { 200: 2, 404: 1 });
  const restored = Ledger.restore(ledger.save(), { clock, awayMs: 0 });
  assert.deepEqual(restored.snapshot(context).statuses, { 200: 2, 404: 1 });
  ledger.reset();
  assert.deepEqual(ledger.snapshot(context).statuses, {});
});
