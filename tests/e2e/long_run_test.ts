/**
 * An hour with 2,000 names on a simulated clock: what a master keeps of it does not grow with the time. Held against the clock here are
 * the ledger with its windows, series, failures and exceptions, the journal's writer and the history of a summary.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLogger } from "../../src/base/logger.ts";
import { createRandom } from "../../src/base/random.ts";
import { Deliveries } from "../../src/master/workers/deliveries.ts";
import { Journal } from "../../src/master/journal/journal.ts";
import { RunClock } from "../../src/master/run_clock.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import { RunRecorder } from "../../src/master/journal/run_recorder.ts";
import { describeStart } from "../../src/master/run_settings.ts";
import { SummaryBuilder } from "../../src/report/summary/summary_builder.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { openHeapCounter } from "../support/heap_objects.ts";
import { RUN_SETTINGS } from "../support/run_settings.ts";

const NAMES = 2000;
const SECONDS = 3600;
/** All names have been seen, and all groups of failures and exceptions are full. */
const SETTLED_SECOND = 1800;
/** Of different texts: more than are kept apart. */
const FAILURE_TEXTS = 700;

const countHeap = await openHeapCounter();

test("an hour with 2,000 names leaves no more on a master's heap than its first half", {
  skip: countHeap === undefined ? "under Deno the heap cannot be counted" : false,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-long-"));
  try {
    const heap = await simulate(join(folder, "run.ndjson"), () => countHeap?.());
    const [settled, last] = [heap[0], heap.at(-1)];
    assert.ok(settled !== undefined && last !== undefined);
    const shown = JSON.stringify(heap);
    // The history of the whole run has a step for each second of the first hour.
    assert.ok(last.objects < settled.objects * 1.02 + 4 * (SECONDS - SETTLED_SECOND), `objects: ${shown}`);
    // Counts by second of each row grow up to their bound: two bytes for each second in which a row counted.
    assert.ok(last.bytes < settled.bytes * 1.05 + 4e6, `bytes: ${shown}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function simulate<Counted>(path: string, count: () => Counted): Promise<Counted[]> {
  const clock = new FakeClock();
  const runClock = new RunClock(clock);
  const ledger = new Ledger({ clock: runClock });
  const logger = createLogger({ name: "test", wallMs: () => 0, sink: ({ message }) => assert.fail(message) });
  const journal = await Journal.open({ path, mode: "new", program: "test", clock, logger });
  const progress = { wantedUsers: 10, nextIndex: 10, elapsedMs: 0 };
  const run = { settings: RUN_SETTINGS, ledger, deliveries: new Deliveries("run-1"), progress: () => progress };
  const recorder = new RunRecorder({ journal, clock: runClock, run });
  const summary = new SummaryBuilder();
  const samples = new Recorder({ clock });
  const random = createRandom(5);
  const counted: Counted[] = [];
  const emit = (event: RunEvent) => {
    recorder.event(event);
    summary.take(event);
  };
  emit(describeStart(RUN_SETTINGS, clock.wallMs()));
  for (let second = 1; second <= SECONDS; second++) {
    for (let i = 0; i < 60; i++) {
      const row = samples.entry("GET", `/items/${random.integer(0, NAMES - 1)}`);
      const failure = i === 0 ? `no item ${random.integer(0, FAILURE_TEXTS)}` : undefined;
      samples.record(row, 5 + 200 * random.float() ** 3, 512, failure, 0);
    }
    if (second % 10 === 0) samples.recordException(`Error: ${random.integer(0, 2000)}`, "at f", "A.f");
    await clock.advance(1000);
    runClock.step();
    const delta = samples.drain();
    if (delta !== undefined && ledger.apply(delta, "local")) recorder.count("local", delta);
    ledger.rotate();
    const users = 10;
    const span = { fromSecond: second - 1, toSecond: second, elapsedMs: second * 1000, users, ...ledger.takeSpan() };
    const isRead = second % 20 === 0; // a snapshot of all rows each second would be nine tenths of this test's time
    const context = { state: "running", userCount: 10, targetUserCount: 10, usersByClass: { A: 10 }, workers: [] };
    const snapshot = isRead ? ledger.snapshot(context) : new Ledger({ clock }).snapshot(context);
    emit({ kind: "ticked", snapshot, span });
    await recorder.commit();
    if (second >= SETTLED_SECOND && second % 600 === 0) counted.push(count());
  }
  await journal.close();
  return counted;
}
