import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bucketHighUs, bucketLowUs, bucketOf } from "../../../src/stats/histogram/bucket.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { subtractPacked, subtractTimes } from "../../../src/stats/histogram/subtract_times.ts";

const durations = fc.array(fc.oneof(fc.nat(40), fc.nat(3_000_000)), { maxLength: 60 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** Each value's bucket, in order: what a histogram knows of the values. */
function bucketsOf(values: readonly number[]): number[] {
  return values.map(bucketOf).sort((a, b) => a - b);
}

test("subtractTimes() leaves what was recorded between two states, in either code of their bytes", () => {
  fc.assert(fc.property(durations, durations, fc.boolean(), (before, between, isQuick) => {
    const [earlier, later] = [histogramOf(before), histogramOf([...before, ...between])];
    const bytesOf = (times: Histogram) => isQuick ? times.readTimes([]).packed : times.pack();
    const rest = subtractTimes(bytesOf(later), bytesOf(earlier));
    assert.deepEqual([rest.count, rest.sumUs], [between.length, between.reduce((sum, us) => sum + us, 0)]);
    const found = rest.buckets().flatMap(({ us, count }) => Array<number>(count).fill(bucketOf(Math.floor(us))));
    assert.deepEqual(found, bucketsOf(between));
    if (between.length === 0) return;
    const [least, largest] = [bucketOf(Math.min(...between)), bucketOf(Math.max(...between))];
    assert.ok((rest.minUs ?? -1) >= bucketLowUs(least) && (rest.minUs ?? -1) <= Math.min(...between));
    assert.ok((rest.maxUs ?? -1) <= bucketHighUs(largest) && (rest.maxUs ?? -1) >= Math.max(...between));
  }));
});

test("subtractPacked() of two equal states is no bytes", () => {
  const times = histogramOf([5, 900, 900]).pack();
  assert.equal(subtractPacked(times, times).length, 0);
  assert.equal(subtractPacked(new Uint8Array(0), new Uint8Array(0)).length, 0);
});

test("subtractTimes() of values that are all beyond the scale keeps them, with their own bounds", () => {
  const [one, more] = [5_000_000_000, 1_000_000_000_000];
  const rest = subtractTimes(histogramOf([one, more, more]).pack(), histogramOf([more]).pack());
  assert.deepEqual([rest.count, rest.clamped, rest.sumUs], [2, 2, one + more]);
  assert.deepEqual([rest.minUs, rest.maxUs], [one, more]);
  const mixed = subtractTimes(histogramOf([300, one]).pack(), histogramOf([300]).pack());
  assert.deepEqual([mixed.count, mixed.maxUs], [1, one]);
});
