/**
 * Measures the size of a worker's delta of 50 names for several distributions of response times: `bun scripts/bench/delta_size.ts`. Beside it what no
 * code could go below: the entropy of the counts of the buckets, for a reader who knows the distribution already.
 */
import { systemClock } from "../../src/base/clock.ts";
import { createRandom } from "../../src/base/random.ts";
import { createWorkerCodec } from "../../src/protocol/wire/codec.ts";
import { bucketOf } from "../../src/stats/histogram/bucket.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";

const NAMES = 50;
const RATES = [20, 100, 1000];
const random = createRandom(7);

const DISTRIBUTIONS: readonly (readonly [string, () => number])[] = [
  ["log-normal, median 20 ms, σ 0.3", () => logNormal(20, 0.3)],
  ["log-normal, median 20 ms, σ 0.5", () => logNormal(20, 0.5)],
  [
    "80 % around 5 ms (σ 0.25), 20 % around 80 ms (σ 0.4)",
    () => random.float() < 0.8 ? logNormal(5, 0.25) : logNormal(80, 0.4),
  ],
  ["log-normal with a heavy tail", () => logNormal(15, 0.3) / (1 - random.float()) ** 0.3],
  ["log-normal, median 20 ms, σ 1", () => logNormal(20, 1)],
  ["exponential, mean 20 ms", () => -20 * Math.log(1 - random.float())],
];

console.log(`| response times | ${RATES.map((rate) => `${rate.toLocaleString("en")}/s`).join(" | ")} |`);
console.log(`| --- | ${RATES.map(() => "---").join(" | ")} |`);
for (const [name, draw] of DISTRIBUTIONS) {
  const shares = bucketShares(draw);
  const cells = RATES.map((rate) => {
    const counts = Array.from({ length: NAMES }, () => Array.from({ length: rate }, draw));
    const bound = counts.reduce((sum, times) => sum + entropyBytes(times, shares), 0);
    return `${frameBytes(counts).toLocaleString("en")} (${Math.round(bound).toLocaleString("en")})`;
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}

function logNormal(medianMs: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  return medianMs * Math.exp(sigma * normal);
}

/** The second frame of a connection: the first has the names in full. */
function frameBytes(timesOfNames: readonly (readonly number[])[]): number {
  const recorder = new Recorder({ clock: systemClock });
  for (const [i, times] of timesOfNames.entries()) {
    const entry = recorder.entry("GET", `/api/items/category-${i}`);
    for (const ms of times) recorder.record(entry, ms, 2048, undefined, 0);
  }
  const delta = recorder.drain();
  if (delta === undefined) throw new Error("samples were recorded");
  const codec = createWorkerCodec();
  const message = { kind: "stats", runId: "run-1", seq: 7, spanMs: 1000, delta } as const;
  codec.encode(message);
  return codec.encode(message).length;
}

/** The chance of each bucket, from a million draws. */
function bucketShares(draw: () => number): Map<number, number> {
  const DRAWS = 1_000_000;
  const shares = new Map<number, number>();
  for (let i = 0; i < DRAWS; i++) {
    const bucket = bucketOf(Math.round(draw() * 1000));
    shares.set(bucket, (shares.get(bucket) ?? 0) + 1 / DRAWS);
  }
  return shares;
}

/** -log2 of the chance of just these counts: log2(p1^c1 … pk^ck · n! / (c1! … ck!)), in bytes. */
function entropyBytes(times: readonly number[], shares: ReadonlyMap<number, number>): number {
  const counts = new Map<number, number>();
  for (const ms of times) {
    counts.set(bucketOf(Math.round(ms * 1000)), (counts.get(bucketOf(Math.round(ms * 1000))) ?? 0) + 1);
  }
  let bits = -logFactorial(times.length);
  for (const [bucket, count] of counts) {
    bits += logFactorial(count) - count * Math.log2(shares.get(bucket) ?? 1e-7);
  }
  return bits / 8;
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log2(i);
  return sum;
}
