import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Random } from "../../../src/base/random.ts";
import { bucketOf } from "../../../src/stats/histogram/bucket.ts";
import {
  autocorrelation,
  blockLength,
  drawResamples,
  intervalAround,
  memoryFactor,
  widening,
} from "../../../src/stats/comparison/block_bootstrap.ts";
import { type FigureChange, judgeChange } from "../../../src/stats/comparison/judge_change.ts";
import { type CountedCell, FIGURES, memoryOf, resampleFigures } from "../../../src/stats/comparison/row_series.ts";

const SECONDS = 60;

/** About 40 requests a second, whose level drifts from second to second, as that of real systems does. */
function simulate(random: Random, slower: number, seconds: number): CountedCell[] {
  let drift = 0;
  return Array.from({ length: seconds }, (_, span) => {
    drift = 0.3 * drift + 0.05 * normal(random);
    const counts = new Map<number, number>();
    let [sumUs, failures] = [0, 0];
    const requests = random.integer(35, 45);
    for (let i = 0; i < requests; i++) {
      const us = Math.round(20_000 * slower * Math.exp(drift + 0.3 * normal(random)));
      sumUs += us;
      counts.set(bucketOf(us), (counts.get(bucketOf(us)) ?? 0) + 1);
      if (random.float() < 0.05) failures++;
    }
    const sorted = [...counts].sort(([a], [b]) => a - b);
    return {
      span,
      requests,
      failures,
      sumUs,
      buckets: sorted.map(([bucket]) => bucket),
      counts: sorted.map(([, count]) => count),
    };
  });
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function compare(seed: number, slower: number, resamples: number, seconds = SECONDS): FigureChange[] {
  const spans = new Array<number>(seconds).fill(1);
  const [a, b] = [1, slower].map((factor, side) => {
    const cells = simulate(createRandom(seed, side), factor, seconds);
    const [whole] = resampleFigures(cells, spans, [new Uint16Array(seconds).fill(1)]);
    assert.ok(whole !== undefined);
    return {
      whole,
      drawn: resampleFigures(cells, spans, drawResamples(createRandom(9, side), seconds, resamples)),
      memory: memoryOf(cells, spans),
    };
  }) as [
    {
      whole: ReturnType<typeof resampleFigures>[number];
      drawn: ReturnType<typeof resampleFigures>;
      memory: ReturnType<typeof memoryOf>;
    },
    never,
  ];
  const other: typeof a = b;
  return FIGURES.map((figure) =>
    judgeChange(figure, a.whole[figure], other.whole[figure], {
      a: a.drawn.map((each) => each[figure]),
      b: other.drawn.map((each) => each[figure]),
      widening: widening(seconds) * memoryFactor(seconds, (a.memory[figure] + other.memory[figure]) / 2),
    })
  );
}

test("drawResamples(): as many spans as there are, in blocks of neighbours", () => {
  assert.equal(blockLength(27), 5);
  assert.equal(blockLength(120), 8);
  for (const weights of drawResamples(createRandom(1), 27, 50)) {
    assert.equal(weights.reduce((sum, each) => sum + each, 0), 27);
  }
});

test("intervalAround(): as wide as the middle 95 %, by nearest rank, around the estimate; null where a value is missing", () => {
  const values = Array.from({ length: 1000 }, (_, i) => 999 - i);
  assert.deepEqual(intervalAround(499.5, values, 1), [25, 974]);
  assert.deepEqual(intervalAround(600, values, 2), [600 - 2 * 474.5, 600 + 2 * 474.5]);
  assert.equal(intervalAround(1, [1, null], 1), null);
});

for (const seconds of [20, 50]) {
  test(`judgeChange(): 95 % intervals of ${seconds} s hold the true change in at least 90 % of 200 pairs of runs`, () => {
    const rounds = 200;
    const held = new Map<string, number>();
    for (let seed = 0; seed < rounds; seed++) {
      for (const { figure, interval } of compare(seed, 1.1, 200, seconds)) {
        const change = figure === "rps" || figure === "failureRatio" ? 0 : 10;
        const isHeld = interval !== null && interval[0] <= change && change <= interval[1];
        held.set(figure, (held.get(figure) ?? 0) + (isHeld ? 1 : 0));
      }
    }
    for (const [figure, count] of held) assert.ok(count / rounds >= 0.9, `${figure}: ${count} of ${rounds}`);
  });
}

for (const [rho, seconds] of [[0.6, 60], [0.6, 120], [0.8, 300]] as const) {
  test(`memoryFactor(): intervals of ${seconds} s that agree by ${rho} hold the true change in 90 % of 400 pairs of runs`, () => {
    const drift = (random: Random) => {
      let level = 0;
      const next = () => level = rho * level + 0.05 * normal(random);
      for (let i = 0; i < 50; i++) next();
      return Array.from({ length: seconds }, () => Math.exp(next() + 0.05 * normal(random)));
    };
    const meanOf = (values: readonly number[], weights: ArrayLike<number>) =>
      values.reduce((sum, value, i) => sum + value * (weights[i] as number), 0) / seconds;
    const once = new Uint16Array(seconds).fill(1);
    const draws = [0, 1].map((side) => drawResamples(createRandom(9, side), seconds, 300));
    let held = 0;
    for (let seed = 0; seed < 400; seed++) {
      const runs = [0, 1].map((side) => drift(createRandom(seed, side)));
      const logs = runs.map((run, side) => (draws[side] as Uint16Array[]).map((each) => Math.log(meanOf(run, each))));
      const estimate = Math.log(meanOf(runs[1] as number[], once) / meanOf(runs[0] as number[], once));
      const agreement = (autocorrelation(runs[0] as number[]) + autocorrelation(runs[1] as number[])) / 2;
      const changes = (logs[1] as number[]).map((log, i) => log - (logs[0] as number[])[i]!);
      const interval = intervalAround(estimate, changes, widening(seconds) * memoryFactor(seconds, agreement));
      if (interval !== null && interval[0] <= 0 && 0 <= interval[1]) held++;
    }
    assert.ok(held / 400 >= 0.9, `${held} of 400`);
  });
}

test("memoryFactor() is 1 without memory and grows with it; autocorrelation() of what never changes is 0", () => {
  assert.equal(memoryFactor(60, 0), 1);
  assert.ok(memoryFactor(60, 0.8) > memoryFactor(60, 0.5) && memoryFactor(60, 0.5) > 1.05);
  assert.equal(autocorrelation([3, 3, 3, 3]), 0);
  assert.ok(autocorrelation(Array.from({ length: 60 }, (_, i) => i)) > 0.9);
});

test("widening() moves the ends of short runs, nears 1 for long ones, and no fall is beyond -100 %", () => {
  const factors = [20, 60, 600, 100_000].map(widening);
  assert.deepEqual(factors, [...factors].sort((a, b) => b - a));
  assert.ok((factors[0] as number) < 1.5 && (factors[3] as number) < 1.01 && (factors[3] as number) > 1, `${factors}`);
  const fall = judgeChange("mean", 100, 10, { a: [100, 100, 100], b: [0, 10, 30], widening: 3 });
  assert.deepEqual([fall.changePercent, fall.interval], [-90, [-100, -30]]);
  const rise = judgeChange("mean", 100, 200, { a: [100, 100, 100], b: [100, 200, 400], widening: 1 });
  assert.deepEqual(rise.interval?.map((end) => Math.round(end)), [0, 300]); // as far below 2 as above it
});

test("judgeChange(): about 5 % of the intervals of equal runs exclude 0, and a run that is 20 % slower is found", () => {
  const rounds = 120;
  const excluded = new Map<string, number>();
  for (let seed = 0; seed < rounds; seed++) {
    for (const { figure, interval } of compare(seed, 1, 200)) {
      assert.ok(interval !== null, figure);
      if (interval[0] > 0 || interval[1] < 0) excluded.set(figure, (excluded.get(figure) ?? 0) + 1);
    }
  }
  const all = [...excluded.values()].reduce((sum, each) => sum + each, 0) / (rounds * FIGURES.length);
  assert.ok(all > 0.015 && all < 0.12, `${(all * 100).toFixed(1)} % of all`);
  for (const [figure, count] of excluded) assert.ok(count / rounds < 0.17, `${figure}: ${count} of ${rounds}`);
  for (let seed = 0; seed < 10; seed++) {
    for (const { figure, judgement, interval } of compare(seed, 1.2, 200)) {
      if (figure === "rps" || figure === "failureRatio") continue;
      assert.equal(judgement, "worse", `${figure} of seed ${seed}`);
      assert.ok(interval !== null && interval[0] > 0 && interval[1] < 45, `${figure}: ${interval}`);
    }
  }
});

test("judgeChange(): failures that appear are worse without a change in percent; equal zeros are the same", () => {
  const zeros = new Array<number>(100).fill(0);
  const some = zeros.map((_, i) => 0.01 + i / 10_000);
  const appeared = judgeChange("failureRatio", 0, 0.015, { a: zeros, b: some, widening: 1.2 });
  assert.deepEqual([appeared.changePercent, appeared.interval, appeared.judgement], [null, null, "worse"]);
  const none = judgeChange("failureRatio", 0, 0, { a: zeros, b: zeros, widening: 1.2 });
  assert.deepEqual([none.changePercent, none.interval, none.judgement], [0, [0, 0], "same"]);
});
