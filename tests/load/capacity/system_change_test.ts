import assert from "node:assert/strict";
import { test } from "node:test";
import { findChange, loadBeyond } from "../../../src/load/capacity/system_change.ts";
import type { CapacityStep } from "../../../src/protocol/capacity_message.ts";

/** Slow samples beside those that are allowed. */
type Window = readonly [load: number, ratio: number, outcome: CapacityStep["outcome"], doubts?: readonly string[]];

function stepsOf(windows: readonly Window[]): readonly CapacityStep[] {
  return windows.map(([load, ratio, outcome, doubts = []], i) => ({
    number: i + 1,
    purpose: "halve",
    unit: "/s",
    load,
    fromSeconds: 0,
    toSeconds: 10,
    achieved: load,
    requestsPerSecond: load,
    outcome,
    leaning: ratio > 1 ? "broken" : "within",
    figures: [{
      condition: "p99<500ms",
      statistic: "p99",
      limit: 500,
      unit: "ms",
      measured: 400,
      outcome,
      excess: (ratio - 1) * 0.01,
      error: outcome === "unclear" ? 0.006 : 0.003,
      share: 0.01,
      weight: 1000,
      needed: 500,
    }],
    doubts,
  }));
}

const broken: Window = [80, 6, "broken"];
const changes: readonly (readonly [
  sentence: string,
  windows: readonly Window[],
  readonly [brokenUntil: number, knownAt: number],
])[] = [
  ["clearly more held twice", [broken, [60, 0, "within"], [96, 0, "within"], [100, 0, "within"]], [1, 4]],
  ["windows that are unclear by themselves are clear together", [
    broken,
    [96, 0, "unclear"],
    [150, 0, "unclear"],
  ], [1, 3]],
  ["what broke before it broke at another system too", [
    [200, 9, "broken"],
    broken,
    [96, 0, "within"],
    [96, 0, "within"],
  ], [2, 4]],
  ["a larger load that breaks later changes nothing of it", [
    broken,
    [96, 0, "within"],
    [200, 9, "broken"],
    [100, 0, "within"],
  ], [1, 4]],
];
for (const [sentence, windows, [brokenUntil, knownAt]] of changes) {
  test(`findChange() sees a change: ${sentence}`, () => {
    assert.deepEqual(findChange(stepsOf(windows)), { brokenUntil, knownAt });
  });
}

const none: readonly (readonly [sentence: string, windows: readonly Window[]])[] = [
  ["once is luck", [broken, [96, 0, "within"]]],
  ["a little more is within the noise of an edge", [broken, [82, 0, "within"], [85, 0, "within"], [90, 0, "within"]]],
  ["it held before it broke", [[96, 0, "within"], [100, 0, "within"], broken]],
  ["it broke again in between", [broken, [96, 0, "within"], [78, 4, "broken"], [96, 0, "within"]]],
  ["windows near the limit say nothing", [broken, [96, 0.9, "unclear"], [96, 1.2, "unclear"], [96, 0.9, "unclear"]]],
  ["it was the load generator that broke it", [[80, 6, "broken", ["busy"]], [96, 0, "within"], [96, 0, "within"]]],
];
for (const [sentence, windows] of none) {
  test(`findChange() sees none: ${sentence}`, () => {
    assert.equal(findChange(stepsOf(windows)), undefined);
  });
}

test("loadBeyond() goes to clearly more once the load that broke has held, then to much more", () => {
  const once: readonly Window[] = [broken, [80, 0, "within"]];
  assert.equal(loadBeyond(80, stepsOf(once), 1000), undefined);
  const twice: readonly Window[] = [...once, [82, 0, "within"]];
  assert.equal(loadBeyond(80, stepsOf(twice), 1000), 96);
  assert.equal(loadBeyond(80, stepsOf([...twice, [96, 0, "unclear"]]), 1000), 192);
  assert.equal(loadBeyond(80, stepsOf([...twice, [96, 0, "unclear"]]), 150), 150);
  assert.equal(loadBeyond(80, stepsOf([...twice, [150, 0, "unclear"]]), 150), undefined);
  assert.equal(loadBeyond(80, stepsOf([...twice, [96, 8, "broken"]]), 1000), undefined);
});
