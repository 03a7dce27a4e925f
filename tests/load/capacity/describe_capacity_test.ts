import assert from "node:assert/strict";
import { test } from "node:test";
import { describeCapacity } from "../../../src/load/capacity/describe_capacity.ts";
import type { CapacityFigure, CapacityOutcome, CapacityStep } from "../../../src/protocol/capacity_message.ts";

function stepAt16(number: number, measured: number, outcome: CapacityOutcome): CapacityStep {
  const excess = measured > 100 ? 0.01 : -0.01;
  const figure: CapacityFigure = {
    condition: "p99<100ms",
    statistic: "p99",
    limit: 100,
    unit: "ms",
    measured,
    outcome,
    excess,
    error: 0.01,
    share: 0.01,
    weight: 1000,
    needed: 500,
  };
  return {
    number,
    purpose: "halve",
    unit: "users",
    load: 16,
    fromSeconds: 10 * number,
    toSeconds: 10 * number + 8,
    achieved: 16,
    requestsPerSecond: 125,
    outcome,
    leaning: excess > 0 ? "broken" : "within",
    figures: [figure],
    doubts: [],
  };
}

test("describeCapacity() cites a window that was beyond the limit, not one of the same load that kept it", () => {
  const steps = [stepAt16(1, 146.9, "unclear"), stepAt16(2, 83.7, "within")];
  const sentence = describeCapacity(
    {
      unit: "users",
      slo: ["p99<100ms"],
      end: "found",
      load: 15,
      requestsPerSecond: 120,
      low: 15,
      high: 17,
      isConfirmed: true,
      limitedBy: "system",
    },
    {
      best: undefined,
      high: { load: 16, steps, outcome: "unclear", leaning: "broken" },
      range: { unit: "users", start: 4, max: 100 },
      lowest: 4,
    },
  );
  assert.match(sentence, /at 16 users p99 was 14\d/);
});
