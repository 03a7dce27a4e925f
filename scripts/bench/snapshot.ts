/**
 * Measures what a tick of the master costs with many busy names, on a simulated clock: counting the delta of one worker, ending the tick,
 * the snapshot, and its copy for the control thread: `bun scripts/bench/snapshot.ts [--names 2000] [--seconds 60]`. Medians of the second
 * half of the seconds, in ms; the first half makes the histograms and the window full.
 */
import { parseArgs } from "node:util";
import type { Clock } from "../../src/base/clock.ts";
import { createRandom } from "../../src/base/random.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";

const { values } = parseArgs({
  options: { names: { type: "string", default: "2000" }, seconds: { type: "string", default: "60" } },
});
const [names, seconds] = [Number(values.names), Number(values.seconds)];
const CONTEXT = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };
const STEPS = ["apply", "rotate", "snapshot", "copy"] as const;

console.log(`| requests per name and second | ${STEPS.join(" | ")} |`);
console.log(`| --- |${STEPS.map(() => " --- |").join("")}`);
for (const perSecond of [1, 10]) {
  const tookMs = measure(perSecond);
  console.log(`| ${perSecond} | ${STEPS.map((step) => median(tookMs[step]).toFixed(1)).join(" | ")} |`);
}

function measure(perSecond: number): Record<typeof STEPS[number], number[]> {
  let nowMs = 0;
  const clock: Clock = {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    schedule: () => ({ cancel() {} }),
    sleep: () => Promise.resolve(),
  };
  const ledger = new Ledger({ clock });
  const recorder = new Recorder({ clock });
  const rows = Array.from({ length: names }, (_, i) => recorder.entry("GET", `/api/items/category-${i}/details`));
  const random = createRandom(3);
  const tookMs: Record<typeof STEPS[number], number[]> = { apply: [], rotate: [], snapshot: [], copy: [] };
  for (let second = 0; second < seconds; second++) {
    for (const row of rows) {
      for (let i = 0; i < perSecond; i++) {
        recorder.record(row, 20 * Math.exp(random.float() + random.float() - 1), 2048, undefined, 0);
      }
    }
    nowMs += 1000;
    const time = <T>(step: typeof STEPS[number], work: () => T): T => {
      const beganMs = performance.now();
      const result = work();
      if (second >= seconds / 2) tookMs[step].push(performance.now() - beganMs);
      return result;
    };
    const delta = recorder.drain();
    if (delta !== undefined) time("apply", () => ledger.apply(delta, "local"));
    time("rotate", () => ledger.rotate());
    const snapshot = time("snapshot", () => ledger.snapshot(CONTEXT));
    time("copy", () => structuredClone(snapshot));
  }
  return tookMs;
}

function median(of: readonly number[]): number {
  return of.toSorted((a, b) => a - b)[of.length >> 1] ?? NaN;
}
