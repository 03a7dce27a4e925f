import assert from "node:assert/strict";
import { test } from "node:test";
import { readSlo } from "../../../src/stats/capacity/read_slo.ts";
import { countTails } from "../../../src/stats/capacity/slo_block.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";

/** `corrected`: all times 50 ms longer. */
function countedOf(latenciesMs: readonly number[]) {
  const [times, corrected] = [new Histogram(), new Histogram()];
  for (const ms of latenciesMs) {
    times.record(ms * 1000);
    corrected.record((ms + 50) * 1000);
  }
  const counts = { requests: 0, failures: 0, rateRequests: 0, rateFailures: 0, users: 0, asked: 0, dropped: 0 };
  return { ...counts, seconds: 1, times, corrected };
}

function tailsOf(slo: string) {
  const condition = readSlo([slo])[0]?.conditions[0];
  assert.ok(condition !== undefined);
  return countTails(condition, countedOf([10, 30, 60, 120, 160, 190, 240, 900]));
}

test("countTails() counts what reached each stretch of the time until the limit, what of it ended there, and the time in it", () => {
  const tails = tailsOf("p99<200ms") ?? [];
  assert.deepEqual(tails.map(({ fromMs, toMs, beyond, ended }) => [fromMs, toMs, beyond, ended]), [
    [12.5, 25, 7, 0],
    [25, 50, 7, 1],
    [50, 100, 6, 1],
    [100, 200, 5, 3],
  ]);
  // In the last one 20 + 60 + 90 ms, and twice the whole way to the limit; a bucket is at most 0.4 % wide.
  for (const [i, ms] of [7 * 12.5, 5 + 6 * 25, 10 + 5 * 50, 370].entries()) {
    assert.ok(Math.abs((tails[i]?.ms ?? 0) - ms) < 3, JSON.stringify(tails[i]));
  }
});

test("countTails() counts corrected times where the condition is of them", () => {
  const last = tailsOf("corrected_p99<200ms")?.at(-1);
  assert.deepEqual([last?.fromMs, last?.beyond, last?.ended], [100, 6, 2]);
});

test("countTails() has nothing to say of means, shares and the longest time", () => {
  for (const slo of ["mean<200ms", "failures<1%", "max<200ms"]) assert.equal(tailsOf(slo), undefined, slo);
});
