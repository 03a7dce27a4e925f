import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  BUCKET_COUNT,
  bucketLowUs,
  bucketMiddleUs,
  bucketOf,
  MAX_DURATION_US,
} from "../../../src/stats/histogram/bucket.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";

/** Durations over the whole scale, each order of magnitude as likely. */
const duration = fc.double({ min: 0, max: Math.log(MAX_DURATION_US), noNaN: true }).map((x) => Math.round(Math.exp(x)));
const durations = fc.array(duration, { minLength: 1, maxLength: 300 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function contents(histogram: Histogram) {
  const { count, sumUs, minUs, maxUs, clamped } = histogram;
  return { count, sumUs, minUs, maxUs, clamped, buckets: histogram.buckets() };
}

test("bucketOf() numbers the scale without a gap: each bucket begins where the one before ends", () => {
  for (let bucket = 1; bucket < BUCKET_COUNT; bucket++) {
    assert.equal(bucketOf(bucketLowUs(bucket)), bucket);
    assert.equal(bucketOf(bucketLowUs(bucket) - 1), bucket - 1);
  }
});

test("bucketMiddleUs() is within 0.5 % of every value in the bucket", () => {
  fc.assert(fc.property(duration, (us) => Math.abs(bucketMiddleUs(bucketOf(us)) - us) <= us * 0.005));
});

test("Histogram.quantileUs() is within 0.5 % of the nearest rank of the sorted values", () => {
  fc.assert(fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, fraction) => {
    const sorted = [...values].sort((a, b) => a - b);
    const rank = Math.max(1, Math.ceil(fraction * values.length - 1e-6));
    const exact = sorted[rank - 1] as number;
    const estimate = histogramOf(values).quantileUs(fraction) as number;
    assert.ok(Math.abs(estimate - exact) <= exact * 0.005, `${estimate} for ${exact}`);
  }));
});

test("Histogram.quantileUs() by table", () => {
  const hundred = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1));
  const cases: [string, number, number][] = [
    ["0 is the first value", 0, 1],
    ["the median of 1 … 100 is the 50th", 0.5, 50],
    ["7 % of 100 are 7 values, although 0.07 · 100 is a little more", 0.07, 7],
    ["99 % is the 99th", 0.99, 99],
    ["99.9 % of 100 is the last", 0.999, 100],
    ["1 is the maximum", 1, 100],
  ];
  for (const [sentence, fraction, expected] of cases) assert.equal(hundred.quantileUs(fraction), expected, sentence);
});

test("Histogram.quantileUs() is exact at 1 and never outside of minimum and maximum", () => {
  const histogram = histogramOf([1_000_003]);
  assert.deepEqual(histogram.quantilesUs([0, 0.5, 1]), [1_000_003, 1_000_003, 1_000_003]);
});

test("Histogram without a value has no quantile, mean, minimum or maximum", () => {
  const { minUs, maxUs, meanUs, count } = new Histogram();
  assert.deepEqual([minUs, maxUs, meanUs, count], [null, null, null, 0]);
  assert.deepEqual(new Histogram().quantilesUs([0.5, 1]), [null, null]);
});

test("Histogram.record() counts what is beyond the scale and keeps the exact maximum", () => {
  const histogram = histogramOf([5, MAX_DURATION_US + 7]);
  assert.equal(histogram.clamped, 1);
  assert.equal(histogram.maxUs, MAX_DURATION_US + 7);
  assert.equal(histogram.quantileUs(1), MAX_DURATION_US + 7);
});

test("Histogram.record() counts NaN and negative durations as 0", () => {
  const histogram = histogramOf([NaN, -5]);
  assert.deepEqual(contents(histogram), {
    count: 2,
    sumUs: 0,
    minUs: 0,
    maxUs: 0,
    clamped: 0,
    buckets: [{ us: 0, count: 2 }],
  });
});

test("Histogram.add() gives the histogram of all values together, in any order", () => {
  fc.assert(fc.property(durations, durations, (a, b) => {
    const ab = histogramOf(a);
    ab.add(histogramOf(b));
    const ba = histogramOf(b);
    ba.addPacked(histogramOf(a).pack());
    assert.deepEqual(contents(ab), contents(histogramOf([...a, ...b])));
    assert.deepEqual(contents(ba), contents(ab));
  }));
});

test("Histogram.unpack() restores what pack() wrote, beyond the scale too", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(duration, fc.constant(MAX_DURATION_US * 3)), { maxLength: 300 }), (values) => {
      const histogram = histogramOf(values);
      assert.deepEqual(contents(Histogram.unpack(histogram.pack())), contents(histogram));
    }),
  );
});

/** A histogram with one value, so often. */
function repeated(us: number, doublings: number): Histogram {
  const histogram = histogramOf([us]);
  for (let i = 0; i < doublings; i++) histogram.add(Histogram.unpack(histogram.pack()));
  return histogram;
}

test("Histogram.readTimes() has the quantiles, and bytes that restore everything", () => {
  const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
    .map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(duration, fc.constant(MAX_DURATION_US * 3), fc.nat(20)), { maxLength: 300 }),
      fc.nat(40),
      fractions,
      (values, doublings, asked) => {
        const histogram = histogramOf(values);
        histogram.add(repeated(77, doublings));
        const { quantilesUs, packed } = histogram.readTimes(asked);
        assert.deepEqual(contents(Histogram.unpack(packed)), contents(histogram));
        assert.deepEqual(quantilesUs, asked.map((fraction) => histogram.quantileUs(fraction)));
      },
    ),
  );
});

test("Histogram.add() counts beyond 2^32 in one bucket, exactly", () => {
  const histogram = repeated(5, 40);
  histogram.add(repeated(9, 31));
  histogram.record(5);
  histogram.record(9);
  assert.deepEqual(histogram.buckets(), [{ us: 5, count: 2 ** 40 + 1 }, { us: 9, count: 2 ** 31 + 1 }]);
  assert.deepEqual(histogram.quantilesUs([0.5, 0.998, 0.9981, 1]), [5, 5, 9, 9]);
  histogram.reset();
  histogram.record(9);
  assert.deepEqual(histogram.buckets(), [{ us: 9, count: 1 }]);
});

test("Histogram.pack() of nothing is not bytes", () => {
  assert.equal(new Histogram().pack().length, 0);
});

test("Histogram.pack() of a full histogram stays below 20 KB", () => {
  const histogram = new Histogram();
  for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
    for (let i = 0; i < 20; i++) histogram.record(bucketLowUs(bucket));
  }
  assert.ok(histogram.pack().length < 20_000);
});

test("Histogram.unpack() takes any bytes for a histogram or throws bad_stats", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    try {
      const histogram = Histogram.unpack(bytes);
      assert.deepEqual(contents(Histogram.unpack(histogram.pack())), contents(histogram));
    } catch (thrown) {
      assert.equal((thrown as { code?: string }).code, "bad_stats");
    }
  }));
});

test("Histogram.unpack() refuses malformed bytes", () => {
  const good = [...histogramOf([3, 300]).pack()];
  const cases: [string, number[]][] = [
    ["a header without a bucket", [0, 9, 3, 3, 0, 0]],
    ["more buckets than there are", [0, 9, 3, 3, 255, 255, 3, 0, 0]],
    ["the end in the middle of a header", [0, 200]],
    ["the end in the middle of a bucket", good.slice(0, -1)],
    ["a number above 2^53", [0, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ["a bucket outside of the scale", [0, 9, 3, 3, 2, 0, 0x7f, 0xff, 0x9d, 0xff, 0xf8]],
    ["a maximum outside of the last bucket", [0, 9, 3, 9, 1, 0, 0]],
    ["cells that end in the middle of a number", [0, 9, 3, 3, 1, 0xff, 0xf8]],
    ["cells behind the maximum", [0, 9, 3, 5, 2, 0xff, 0, 3]],
    ["cells that end before the maximum", [0, 9, 3, 9, 2, 0xff, 0, 3]],
    ["a first cell behind the minimum", [0, 9, 3, 5, 1, 0xff, 2]],
    ["something behind the last cell", [0, 9, 3, 3, 1, 0xff, 0, 0]],
    ["a minimum above the maximum", [0, 9, 9, 3, 1, 0, 0]],
    ["more clamped values than values", [2, 3, 3, 3, 1, 0, 0]],
    ["a byte behind the last bucket", [...good, 0]],
    ["padding that is not zero", [0, 3, 3, 3, 1, 0, 1]],
  ];
  for (const [sentence, bytes] of cases) {
    assert.throws(() => Histogram.unpack(Uint8Array.from(bytes)), { code: "bad_stats" }, sentence);
  }
});

test("Histogram.addPacked() of malformed bytes adds nothing", () => {
  const histogram = histogramOf([7]);
  const before = contents(histogram);
  const cut = histogramOf([3, 300, 70_000]).pack().slice(0, -1);
  assert.throws(() => histogram.addPacked(Uint8Array.from([...cut, 0])));
  assert.deepEqual(contents(histogram), before);
});

test("Histogram.recordCorrected() adds the starts that were held back, one per interval", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 100, max: 100_000 }), (us, step) => {
    const corrected = new Histogram();
    corrected.recordCorrected(us, step);
    const one = new Histogram();
    one.record(us);
    for (let missing = us - step; missing >= step; missing -= step) one.record(missing);
    assert.deepEqual(contents(corrected), contents(one));
  }));
});

test("Histogram.recordCorrected() of an hour at an interval of 1 µs is counted, not looped over", () => {
  const histogram = new Histogram();
  histogram.recordCorrected(MAX_DURATION_US, 1);
  assert.equal(histogram.count, MAX_DURATION_US);
  assert.equal(histogram.minUs, 1);
});

test("Histogram.recordCorrected() without an interval, or within it, is record()", () => {
  for (const expected of [0, NaN, -1, 500, 1000]) {
    const histogram = new Histogram();
    histogram.recordCorrected(500, expected);
    assert.equal(histogram.count, 1);
  }
});

test("Histogram.reset() leaves an empty histogram", () => {
  const histogram = histogramOf([1, 1000, MAX_DURATION_US * 2]);
  histogram.reset();
  assert.deepEqual(contents(histogram), contents(new Histogram()));
});

test("Histogram.pack() writes the bytes that docs/protocol.md shows", () => {
  const sparse = histogramOf([120, 120, 5000, 1_000_000]);
  const dense = histogramOf(Array.from({ length: 169 }, (_, i) => 100 + (i % 13) + Math.floor(i / 13)));
  const hex = (histogram: Histogram) =>
    [...histogram.pack()].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  assert.equal(hex(sparse), "00 b8 ad 3d 78 c0 84 3d 03 90 a5 1a eb 80");
  assert.equal(hex(dense), "00 f0 93 01 64 7c 19 f0 6e f7 dc ef 99 d6 f8 e7 32 c8 51 55 8c 68");
  assert.deepEqual(contents(Histogram.unpack(dense.pack())), contents(dense));
});
