import assert from "node:assert/strict";
import { test } from "node:test";
import { readSlo } from "../../../src/stats/capacity/read_slo.ts";
import { countTail } from "../../../src/stats/capacity/slo_block.ts";
import { Histogram } from "../../../src/stats/histogram.ts";

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

function tailOf(slo: string) {
  const condition = readSlo([slo])[0]?.conditions[0];
  assert.ok(condition !== undefined);
  return countTail(condition, countedOf([10, 120, 160, 190, 240, 900]));
}

test("countTail() counts what took half of the limit or longer, what of it ended in time, and the time until the limit", () => {
  const tail = tailOf("p99<200ms");
  assert.deepEqual([tail?.fromMs, tail?.beyond, tail?.ended], [100, 5, 3]);
  // 20 + 60 + 90 ms, and twice the whole way to the limit; a bucket is at most 0.4 % wide.
  assert.ok(Math.abs((tail?.ms ?? 0) - 370) < 3, JSON.stringify(tail));
});

test("countTail() counts corrected times where the condition is of them", () => {
  const tail = tailOf("corrected_p99<200ms");
  assert.deepEqual([tail?.fromMs, tail?.beyond, tail?.ended], [100, 5, 1]);
});

test("countTail() has nothing to say of means, shares and the longest time", () => {
  for (const slo of ["mean<200ms", "failures<1%", "max<200ms"]) assert.equal(tailOf(slo), undefined, slo);
});
