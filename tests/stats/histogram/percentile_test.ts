import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { percentileMs } from "../../../src/stats/histogram/percentile.ts";
import { deltaOf } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };

function snapshotOf(times: readonly number[]) {
  const ledger = new Ledger({ clock: new FakeClock() });
  ledger.apply(
    deltaOf(times.map((ms) => ({ method: "GET", name: "/", ms, bytes: 0, failure: undefined, intervalMs: 0 }))),
    "w",
  );
  return ledger.snapshot(CONTEXT);
}

test("percentileMs() of a snapshot's histogram is the nearest rank at any fraction, within 0.4 %", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (times, fraction) => {
      const sorted = [...times].sort((a, b) => a - b);
      const rank = Math.max(1, Math.ceil(fraction * times.length - 1e-6));
      const exact = sorted[rank - 1] as number;
      const shown = percentileMs(snapshotOf(times).total.times ?? new Uint8Array(0), fraction);
      assert.ok(shown !== null && Math.abs(shown - exact) <= exact * 0.004 + 0.001, `${shown} for ${exact}`);
    },
  ));
});

test("percentileMs() does not interpolate between reported percentiles: regression of 505 ms at 0.85 where 90 % took 10 ms", () => {
  const times = [...Array.from({ length: 90 }, () => 10), ...Array.from({ length: 10 }, () => 1000)];
  const { entries: [entry] } = snapshotOf(times);
  const at = (fraction: number) => Math.round(percentileMs(entry!.times!, fraction) ?? -1);
  assert.deepEqual([at(0), at(0.85), at(0.9), at(0.905), at(1)], [10, 10, 10, 1000, 1000]);
});

test("percentileMs() of nothing is null", () => {
  assert.equal(percentileMs(new Ledger({ clock: new FakeClock() }).snapshot(CONTEXT).total.times!, 0.5), null);
});
