import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, type Random } from "../../../src/base/random.ts";
import { bucketOf } from "../../../src/stats/bucket.ts";
import { blockLength, drawResamples, intervalOf } from "../../../src/stats/comparison/block_bootstrap.ts";
import { type FigureChange, judgeChange } from "../../../src/stats/comparison/judge_change.ts";
import { type CountedCell, FIGURES, resampleFigures } from "../../../src/stats/comparison/row_series.ts";

const SECONDS = 60;

/** A minute of about 40 requests a second, whose level drifts from second to second, as that of real systems does. */
function simulate(random: Random, slower: number): CountedCell[] {
  let drift = 0;
  return Array.from({ length: SECONDS }, (_, span) => {
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

function compare(seed: number, slower: number, resamples: number): FigureChange[] {
  const spans = new Array<number>(SECONDS).fill(1);
  const [a, b] = [1, slower].map((factor, side) => {
    const cells = simulate(createRandom(seed, side), factor);
    const [whole] = resampleFigures(cells, spans, [new Uint16Array(SECONDS).fill(1)]);
    assert.ok(whole !== undefined);
    return { whole, drawn: resampleFigures(cells, spans, drawResamples(createRandom(9, side), SECONDS, resamples)) };
  }) as [{ whole: ReturnType<typeof resampleFigures>[number]; drawn: ReturnType<typeof resampleFigures> }, never];
  const other: typeof a = b;
  return FIGURES.map((figure) =>
    judgeChange(figure, a.whole[figure], other.whole[figure], {
      a: a.drawn.map((each) => each[figure]),
      b: other.drawn.map((each) => each[figure]),
    })
  );
}

test("drawResamples(): as many spans as there are, in blocks of neighbours", () => {
  assert.equal(blockLength(27), 3);
  assert.equal(blockLength(120), 5);
  for (const weights of drawResamples(createRandom(1), 27, 50)) {
    assert.equal(weights.reduce((sum, each) => sum + each, 0), 27);
  }
});

test("intervalOf(): the middle 95 %, by nearest rank; null where a value is missing", () => {
  assert.deepEqual(intervalOf(Array.from({ length: 1000 }, (_, i) => 999 - i)), [25, 974]);
  assert.equal(intervalOf([1, null]), null);
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
  const appeared = judgeChange("failureRatio", 0, 0.015, { a: zeros, b: some });
  assert.deepEqual([appeared.changePercent, appeared.interval, appeared.judgement], [null, null, "worse"]);
  const none = judgeChange("failureRatio", 0, 0, { a: zeros, b: zeros });
  assert.deepEqual([none.changePercent, none.interval, none.judgement], [0, [0, 0], "same"]);
});
