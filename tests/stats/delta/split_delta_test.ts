import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { splitDelta } from "../../../src/stats/delta/split_delta.ts";
import { deltaOf, samples, sorted } from "../../support/deltas.ts";

test("splitDelta() parts sum to the delta, whatever the limit", () => {
  fc.assert(fc.property(samples, fc.integer({ min: 1, max: 3000 }), (list, maxBytes) => {
    const delta = { ...deltaOf(list), retries: 3, lostUsers: 2, resets: 1 };
    const sum = new DeltaAccumulator();
    const whole = new DeltaAccumulator();
    sum.reset(1);
    for (const part of splitDelta(delta, maxBytes)) sum.add(part, 0);
    whole.add(delta, 0);
    assert.deepEqual(sorted(sum.take(0)), sorted(whole.take(0)));
  }));
});

test("splitDelta() leaves a delta that fits as it is", () => {
  const delta = deltaOf([{ method: "GET", name: "/", ms: 5, bytes: 10, failure: "x", intervalMs: 0 }]);
  assert.deepEqual(splitDelta(delta), [delta]);
});
