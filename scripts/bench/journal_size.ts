/**
 * Measures the size of a journal on a simulated clock, and the memory of its writer and of a reader: `bun scripts/bench/journal_size.ts [--seconds 3600]
 * [--names 2000] [--per-second 1] [--detail full] [--keep FILE]`. One worker reports so many requests of
 * each name each second, on average.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import type { Clock } from "../../src/base/clock.ts";
import { createLogger } from "../../src/base/logger.ts";
import { createRandom } from "../../src/base/random.ts";
import { Deliveries } from "../../src/master/workers/deliveries.ts";
import { Journal } from "../../src/master/journal/journal.ts";
import { readJournal } from "../../src/master/journal/read_journal.ts";
import { RunClock } from "../../src/master/run_clock.ts";
import { RunRecorder } from "../../src/master/journal/run_recorder.ts";
import { RunReplay } from "../../src/master/journal/run_replay.ts";
import { describeStart, type RunSettings } from "../../src/master/run_settings.ts";
import type { Entry } from "../../src/stats/delta/entry.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { RUN_SETTINGS } from "../../tests/support/run_settings.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3600" },
    names: { type: "string", default: "2000" },
    "per-second": { type: "string", default: "1" },
    detail: { type: "string", default: "full" },
    keep: { type: "string" },
  },
});
const [seconds, names, perSecond] = [Number(values.seconds), Number(values.names), Number(values["per-second"])];

let nowMs = 0;
const clock: Clock = {
  nowMs: () => nowMs,
  wallMs: () => Date.UTC(2026, 10, 28) + nowMs,
  schedule: () => ({ cancel() {} }),
  sleep: () => Promise.resolve(),
};
const settings: RunSettings = {
  ...RUN_SETTINGS,
  load: { kind: "users", users: 100, spawnRate: 100 },
  version: "bench",
};

const folder = mkdtempSync(join(tmpdir(), "locust-ts-journal-"));
try {
  const path = values.keep ?? join(folder, "run.ndjson");
  await write(path);
  const bytes = statSync(path).size;
  console.log(`${(bytes / 1e6).toFixed(1)} MB for ${seconds} s, ${Math.round(bytes / seconds)} bytes per second`);
  await read(path);
} finally {
  rmSync(folder, { recursive: true });
}

async function write(path: string): Promise<void> {
  const runClock = new RunClock(clock);
  const ledger = new Ledger({ clock: runClock });
  const journal = await Journal.open({
    path,
    mode: "new",
    program: "bench",
    clock,
    logger: createLogger({ name: "bench", wallMs: () => 0, sink: ({ message }) => console.error(message) }),
    detail: values.detail === "total" ? "total" : "full",
  });
  const progress = { wantedUsers: 100, nextIndex: 100, elapsedMs: 0 };
  const recorder = new RunRecorder({
    journal,
    clock: runClock,
    run: { settings, ledger, deliveries: new Deliveries("run-1"), progress: () => progress },
  });
  const context = { state: "running", userCount: 100, targetUserCount: 100, usersByClass: { A: 100 }, workers: [] };
  const samples = new Recorder({ clock });
  const rows = Array.from({ length: names }, (_, i) => samples.entry("GET", `/api/items/category-${i}/details`));
  const random = createRandom(3);
  recorder.event(describeStart(settings, clock.wallMs()));
  for (let second = 1; second <= seconds; second++) {
    const samplesPerSecond = names * perSecond;
    for (let i = 0; i < samplesPerSecond; i++) {
      nowMs += 1000 / samplesPerSecond;
      // Names at random: in each second some have none, and they come in another order.
      const row = rows[random.integer(0, names - 1)] as Entry;
      samples.record(
        row,
        20 * Math.exp(random.float() + random.float() - 1),
        2048 + random.integer(0, 99),
        undefined,
        0,
      );
    }
    nowMs = second * 1000;
    runClock.step();
    const delta = samples.drain();
    if (delta !== undefined && ledger.apply(delta, "local")) recorder.count("local", delta);
    ledger.rotate();
    const { requests, failures, bytes, times } = ledger.takeSpan();
    const span = {
      fromSecond: second - 1,
      toSecond: second,
      elapsedMs: nowMs,
      users: 100,
      requests,
      failures,
      bytes,
      times,
    };
    // The rows of a snapshot are not written: an empty one costs the bench no time.
    const snapshot = { ...emptySnapshot(ledger, context), tick: second, elapsedMs: nowMs };
    recorder.event({ kind: "ticked", snapshot, span });
    await recorder.commit();
    if (second % 600 === 0) tell(`written to ${second} s`);
  }
  await journal.close();
}

function emptySnapshot(ledger: Ledger, context: Parameters<Ledger["snapshot"]>[0]) {
  const empty = new Ledger({ clock }).snapshot(context);
  return { ...empty, wallMs: ledger.startWallMs + nowMs };
}

async function read(path: string): Promise<void> {
  const replay = new RunReplay();
  const startedMs = performance.now();
  for await (const line of readJournal(path)) replay.take(line);
  const { total } = replay.ledger.read({ row: () => false, corrected: false });
  tell(`read in ${((performance.now() - startedMs) / 1000).toFixed(1)} s, ${total.requests} requests`);
}

function tell(what: string): void {
  console.log(`${what}: ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`);
}
