/** Iterations are counted in the thread, the worker and the ledger, and a reset of the statistics keeps them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_DELTA } from "../../../src/protocol/delta_message.ts";
import { ReceivedNames } from "../../../src/protocol/wire/known_names.ts";
import { parseDelta } from "../../../src/protocol/wire/parse_delta.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };
const PLAN = { name: "", kind: "shared", asked: 10, unknown: 0 } as const;

test("Recorder.countIterations() sums counts by plan, and a drain takes them once", () => {
  const recorder = new Recorder({ clock: new FakeClock(), phases: "drop" });
  recorder.countIterations({ "": { started: 3, ended: 2, interrupted: 0 } });
  recorder.countIterations({
    "": { started: 1, ended: 1, interrupted: 1 },
    buy: { started: 5, ended: 5, interrupted: 0 },
  });
  assert.deepEqual(recorder.drain()?.iterations, {
    "": { started: 4, ended: 3, interrupted: 1 },
    buy: { started: 5, ended: 5, interrupted: 0 },
  });
  assert.equal(recorder.drain(), undefined);
});

test("DeltaAccumulator keeps iterations over a reset, its own and those of a delta of before it", () => {
  const sum = new DeltaAccumulator();
  sum.add({ ...EMPTY_DELTA, retries: 1, iterations: { "": { started: 3, ended: 3, interrupted: 0 } } }, 0);
  sum.reset(1);
  sum.add({ ...EMPTY_DELTA, retries: 1, iterations: { "": { started: 2, ended: 1, interrupted: 1 } } }, 0);
  const delta = sum.take(0);
  assert.equal(delta?.retries, 0);
  assert.deepEqual(delta?.iterations, { "": { started: 5, ended: 4, interrupted: 1 } });
});

test("Ledger shows the iterations of each plan, over resets and a restore", () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  ledger.apply({ ...EMPTY_DELTA, iterations: { "": { started: 7, ended: 6, interrupted: 0 } } }, "a");
  ledger.reset();
  ledger.apply({ ...EMPTY_DELTA, iterations: { "": { started: 1, ended: 2, interrupted: 0 } } }, "b");
  const expected = [{ ...PLAN, started: 8, ended: 8, interrupted: 0 }];
  assert.deepEqual(ledger.snapshot({ ...CONTEXT, iterations: [PLAN] }).iterations, expected);
  const saved = JSON.parse(JSON.stringify(ledger.save()));
  const restored = Ledger.restore(saved, { clock });
  assert.deepEqual(restored.snapshot({ ...CONTEXT, iterations: [PLAN] }).iterations, expected);
  assert.equal("iterations" in ledger.snapshot(CONTEXT), false);
});

test("parseDelta() refuses counts of iterations that are none", () => {
  const bad = {
    ...EMPTY_DELTA,
    entries: new Uint8Array(),
    iterations: { "": { started: -1, ended: 0, interrupted: 0 } },
  };
  assert.throws(() => parseDelta(bad, new ReceivedNames()), /"started" is not a whole number/);
});
