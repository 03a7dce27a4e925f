import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BitReader, BitWriter } from "../../../src/stats/histogram/bit_stream.ts";
import { BUCKET_COUNT } from "../../../src/stats/histogram/bucket.ts";
import { chooseBucketCode, DENSITIES, readBuckets, writeBuckets } from "../../../src/stats/histogram/bucket_code.ts";

interface Filled {
  readonly length: number;
  readonly buckets: Uint16Array;
  readonly counts: Float64Array;
}

/** From counts of neighbouring buckets, empty ones included. */
function filledOf(counts: readonly number[], first: number): Filled {
  const filled = counts.map((count, i) => [first + i, count] as const).filter(([, count]) => count > 0);
  return {
    length: filled.length,
    buckets: Uint16Array.from(filled, ([bucket]) => bucket),
    counts: Float64Array.from(filled, ([, count]) => count),
  };
}

function write(filled: Filled, parameters: number): Uint8Array {
  const bytes: number[] = [];
  const bits = new BitWriter((byte) => bytes.push(byte));
  writeBuckets(filled, parameters, bits);
  bits.end();
  return Uint8Array.from(bytes);
}

function read(bytes: Uint8Array, parameters: number, like: Filled): Filled & { sum: number; isAtEnd: boolean } {
  const { length } = like;
  const buckets = new Uint16Array(length);
  const counts = new Float64Array(length);
  const bits = new BitReader(bytes, 0);
  const range = { first: like.buckets[0] as number, last: like.buckets[length - 1] as number, length };
  const sum = readBuckets(bits, parameters, range, { buckets, counts, at: 0 });
  return { length, buckets, counts, sum, isAtEnd: bits.isAtEnd };
}

/** Stretches of empty, thin, full and enormous buckets, so that each way of writing and each change between them occurs. */
const stretch = fc.oneof(
  fc.array(fc.constant(0), { maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 40 }),
  fc.array(fc.integer({ min: 900, max: 1100 }), { maxLength: 40 }),
  fc.array(fc.maxSafeNat(), { maxLength: 5 }),
);
const filledBuckets = fc.tuple(fc.array(stretch, { maxLength: 10 }), fc.integer({ min: 1, max: 5 }), fc.nat(1000))
  .map(([stretches, least, first]) => filledOf([least, ...stretches.flat()], first))
  .filter(({ length, buckets }) => (buckets[length - 1] as number) < BUCKET_COUNT);

for (
  const [name, parametersOf] of [["pairs", () => 0x21], ["densities", () => DENSITIES], [
    "the chosen code",
    chooseBucketCode,
  ]] as const
) {
  test(`readBuckets() reads what writeBuckets() wrote in ${name}`, () => {
    fc.assert(
      fc.property(filledBuckets, (filled) => {
        const parameters = parametersOf(filled);
        const { sum, isAtEnd, ...back } = read(write(filled, parameters), parameters, filled);
        assert.deepEqual(back, filled);
        assert.equal(sum, filled.counts.reduce((a, b) => a + b));
        assert.equal(isAtEnd, true);
      }),
      { numRuns: 500 },
    );
  });
}

test("chooseBucketCode() takes the shorter one", () => {
  fc.assert(fc.property(filledBuckets, (filled) => {
    const chosen = write(filled, chooseBucketCode(filled)).length;
    assert.ok(chosen <= write(filled, DENSITIES).length);
    for (const pairs of [0x00, 0x11, 0x40, 0xe3]) assert.ok(chosen <= write(filled, pairs).length);
  }));
});

test("writeBuckets() of neighbours that hold a few values each stays within a quarter over their entropy", () => {
  // 400 buckets of 0 … 7 values by the binomial distribution: 2.4 bits each.
  const random = { state: 1 };
  const flip = () => (random.state = random.state * 48_271 % 2_147_483_647) & 1;
  const counts = Array.from({ length: 400 }, () => Array.from({ length: 7 }, flip).reduce((a, b) => a + b));
  const binomial = [1, 7, 21, 35, 35, 21, 7, 1].map((ways) => ways / 128);
  const entropy = binomial.reduce((sum, p) => sum - p * Math.log2(p), 0) * 400 / 8;
  const filled = filledOf([1, ...counts, 1], 100);
  assert.equal(chooseBucketCode(filled), DENSITIES);
  const { length } = write(filled, DENSITIES);
  assert.ok(length < entropy * 1.25, `${length} bytes for ${Math.round(entropy)}`);
});

test("readBuckets() takes any bytes for buckets in their range or throws bad_stats", () => {
  const range = fc.tuple(fc.nat(200), fc.nat(200)).map(([first, span]) => ({ first, last: first + span }));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(255), range, fc.nat(100), (bytes, parameters, ends, n) => {
      const length = n + 1;
      const buckets = new Uint16Array(length + 1);
      const counts = new Float64Array(length + 1);
      try {
        const sum = readBuckets(new BitReader(bytes, 0), parameters, { ...ends, length }, { buckets, counts, at: 0 });
        assert.equal(sum, counts.reduce((a, b) => a + b));
        assert.equal(buckets[0], ends.first);
        assert.equal(buckets[length - 1], ends.last);
        for (let i = 1; i < length; i++) assert.ok((buckets[i] as number) > (buckets[i - 1] as number));
      } catch (thrown) {
        assert.equal((thrown as { code?: string }).code, "bad_stats");
      }
      assert.equal(counts[length], 0);
    }),
    { numRuns: 1000 },
  );
});
