/**
 * Nanoseconds per `Recorder.record`, the median of nine rounds: `bun scripts/bench/record.ts`, `deno run -A scripts/bench/record.ts`.
 * Each case is 50 rows with log-normal times, drained once per 100,000 samples as in a busy thread.
 */
import { systemClock } from "../../src/base/clock.ts";
import { createRandom } from "../../src/base/random.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";

const SAMPLES = 1_000_000;
const ROUNDS = 9;
const NAMES = 50;

const random = createRandom(1);
const timesMs = Float64Array.from({ length: 4096 }, () => {
  const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  return 20 * Math.exp(0.5 * normal);
});

/** One round: ns per record. */
function measure(run: (recorder: Recorder) => void): number {
  const recorder = new Recorder({ clock: systemClock });
  run(recorder);
  const before = performance.now();
  run(recorder);
  return ((performance.now() - before) * 1e6) / SAMPLES;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function recordAll(recorder: Recorder, failure: string | undefined, expectedMs: number, clock: "given" | "read"): void {
  const entries = Array.from({ length: NAMES }, (_, i) => recorder.entry("GET", `/items/${i}`));
  let nowMs = performance.now();
  for (let i = 0; i < SAMPLES; i++) {
    const entry = entries[i % NAMES];
    const timeMs = timesMs[i & 4095];
    if (entry === undefined || timeMs === undefined) throw new Error("there are as many entries as names");
    if (clock === "given") recorder.record(entry, timeMs, 512, failure, expectedMs, nowMs += 0.001);
    else recorder.record(entry, timeMs, 512, failure, expectedMs);
    if (i % 100_000 === 99_999) recorder.drain();
  }
}

const cases: [string, (recorder: Recorder) => void][] = [
  ["success, time at hand", (recorder) => recordAll(recorder, undefined, 0, "given")],
  ["success", (recorder) => recordAll(recorder, undefined, 0, "read")],
  ["failure", (recorder) => recordAll(recorder, "HttpError 500 Internal Server Error", 0, "read")],
  ["paced user", (recorder) => recordAll(recorder, undefined, 1000, "read")],
  ["paced user, late", (recorder) => recordAll(recorder, undefined, 5, "read")],
];

for (const [name, run] of cases) {
  const rounds = Array.from({ length: ROUNDS }, () => measure(run));
  console.log(`${name.padEnd(24)} ${median(rounds).toFixed(1).padStart(7)} ns/record`);
}
