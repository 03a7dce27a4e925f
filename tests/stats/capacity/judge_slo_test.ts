import assert from "node:assert/strict";
import { test } from "node:test";
import { CLEAR, decideSide, poolEvidence, weighBlocks } from "../../../src/stats/capacity/judge_slo.ts";
import { parseThreshold } from "../../../src/stats/thresholds/parse_threshold.ts";
import type { ThresholdCondition } from "../../../src/stats/thresholds/threshold.ts";
import { allowedShare, type SloBlock } from "../../../src/stats/capacity/slo_block.ts";

const condition = (text: string) => parseThreshold(text).conditions[0] as ThresholdCondition;
const judge = (text: string, blocks: readonly SloBlock[]) => {
  const of = condition(text);
  return decideSide(weighBlocks(of, blocks), CLEAR, allowedShare(of));
};
const even = (blocks: number, weight: number, sum: number): SloBlock[] =>
  Array.from({ length: blocks }, () => ({ weight, sum }));

const CASES: [sentence: string, condition: string, blocks: SloBlock[], outcome: string][] = [
  ["nothing counted decides nothing", "p99<300ms", [], "unclear"],
  ["100 samples, none slow: a p99 needs more", "p99<300ms", even(10, 10, 0), "unclear"],
  ["500 samples, none slow", "p99<300ms", even(10, 50, 0), "within"],
  ["10,000 samples, 0.5 % slow", "p99<300ms", even(10, 1000, 5), "within"],
  ["10,000 samples, 0.95 % slow is too near to 1 %", "p99<300ms", even(10, 1000, 9.5), "unclear"],
  ["10,000 samples, 1.3 % slow", "p99<300ms", even(10, 1000, 13), "broken"],
  [
    "the same share, all in one second, is one event",
    "p99<300ms",
    [{ weight: 1000, sum: 130 }, ...even(9, 1000, 0)],
    "unclear",
  ],
  ["two slow requests are no load", "p99<300ms", [{ weight: 5, sum: 2 }], "unclear"],
  ["three of five are", "p99<300ms", [{ weight: 5, sum: 3 }], "broken"],
  ["one failure where none is allowed", "failures<=0%", [{ weight: 100, sum: 1 }], "broken"],
  ["no failure where none is allowed", "failures<=0%", even(3, 10, 0), "within"],
  ["a maximum is broken by one", "max<1s", [{ weight: 100, sum: 1 }], "broken"],
  ["a mean beyond its spread", "mean<50ms", [{ weight: 100, sum: 5200 }, { weight: 100, sum: 5300 }, {
    weight: 100,
    sum: 5250,
  }], "broken"],
  ["a mean within its spread", "mean<50ms", [{ weight: 100, sum: 4000 }, { weight: 100, sum: 6500 }, {
    weight: 100,
    sum: 4600,
  }], "unclear"],
  ["a rate that has to be reached", "rps>100", even(5, 1, 90), "broken"],
  ["a rate that is reached", "rps>100", even(5, 1, 110), "within"],
];

for (const [sentence, text, blocks, outcome] of CASES) {
  test(`decideSide(): ${sentence}`, () => assert.equal(judge(text, blocks), outcome));
}

test("weighBlocks() knows a queue that remembers for longer than a second", () => {
  const slow = [0, 0, 0, 0, 0, 0, 0, 0, 30, 30, 30, 30, 30, 30, 30, 30];
  const mixed = [0, 30, 0, 30, 0, 30, 0, 30, 0, 30, 0, 30, 0, 30, 0, 30];
  const error = (sums: number[]) =>
    weighBlocks(condition("p99<300ms"), sums.map((sum) => ({ weight: 1000, sum }))).error;
  assert.ok(error(slow) > 1.4 * error(mixed), `${error(slow)} ${error(mixed)}`);
});

test("poolEvidence() of two windows is about that of one window of both", () => {
  const half = even(10, 1000, 9);
  const of = condition("p99<300ms");
  const pooled = poolEvidence([weighBlocks(of, half), weighBlocks(of, half)]);
  const whole = weighBlocks(of, [...half, ...half]);
  assert.equal(pooled.weight, whole.weight);
  assert.ok(Math.abs(pooled.excess - whole.excess) < 1e-12);
  assert.ok(Math.abs(pooled.error - whole.error) < 1e-12);
  assert.equal(poolEvidence([]).weight, 0);
});
