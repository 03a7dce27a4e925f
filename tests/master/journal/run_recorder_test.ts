import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLogger } from "../../../src/base/logger.ts";
import { createRandom } from "../../../src/base/random.ts";
import { Deliveries } from "../../../src/master/workers/deliveries.ts";
import { Journal } from "../../../src/master/journal/journal.ts";
import { recoverRun } from "../../../src/master/journal/resume.ts";
import { RunClock } from "../../../src/master/run_clock.ts";
import { RunRecorder } from "../../../src/master/journal/run_recorder.ts";
import { describeStart, type RunProgress, type RunSettings } from "../../../src/master/run_settings.ts";
import type { DeltaMessage } from "../../../src/protocol/delta_message.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { RUN_SETTINGS } from "../../support/run_settings.ts";

const SETTINGS: RunSettings = {
  ...RUN_SETTINGS,
  plan: { ...RUN_SETTINGS.plan, options: { tenant: "blue" } },
  load: { kind: "users", users: 10, spawnRate: 5 },
  version: "0.1.0",
};

const CONTEXT = { state: "running", userCount: 0, targetUserCount: 0, usersByClass: {}, workers: [] };

/** What a reader sees of a ledger, without what depends on the moment of reading. */
function totalsOf(ledger: Ledger) {
  const { entries, total, splits, failures, exceptions } = ledger.snapshot(CONTEXT);
  const counts = ({ method, name, requests, failures, bytes, percentilesMs, minMs, maxMs, meanMs }: typeof total) => ({
    method,
    name,
    requests,
    failures,
    bytes,
    percentilesMs,
    minMs,
    maxMs,
    meanMs,
  });
  return {
    entries: entries.map(counts),
    total: counts(total),
    splits: splits?.map(({ tag, values }) => ({
      tag,
      values: values.map((each) => ({
        value: each.value,
        total: counts(each.total),
        entries: each.entries.map(counts),
      })),
    })),
    failures: failures.map(({ text, count }) => ({ text, count })),
    exceptions: exceptions.map(({ message, count, workers }) => ({ message, count, workers })),
  };
}

async function createBench(seed: number) {
  const folder = mkdtempSync(join(tmpdir(), "recorder-"));
  const path = join(folder, "run.ndjson");
  const clock = new FakeClock();
  const logger = createLogger({ name: "j", wallMs: () => 0, sink: (record) => assert.fail(record.message) });
  const journal = await Journal.open({ path, mode: "new", program: "test", clock, logger });
  const runClock = new RunClock(clock);
  const ledger = new Ledger({ clock: runClock });
  const deliveries = new Deliveries("run-1");
  let progress: RunProgress = { wantedUsers: 0, nextIndex: 0, elapsedMs: 0 };
  const recorder = new RunRecorder({
    journal,
    clock: runClock,
    run: { settings: SETTINGS, ledger, deliveries, progress: () => progress },
  });
  const random = createRandom(seed);
  const seqs = new Map<string, number>();
  recorder.event(describeStart(SETTINGS, clock.wallMs()));
  return {
    path,
    clock,
    journal,
    ledger,
    deliveries,
    recorder,
    setScenarios: (scenarios: NonNullable<RunProgress["scenarios"]>) => (progress = { ...progress, scenarios }),
    /** One worker's delta with random samples. */
    deliver(workerId: string): void {
      const samples = new Recorder({ clock });
      for (let i = random.integer(1, 30); i > 0; i--) {
        const entry = samples.entry("GET", `/${random.integer(1, 5)}`);
        const failure = random.float() < 0.1 ? "HTTP 500" : undefined;
        const tags = random.float() < 0.5
          ? { region: random.choice(["eu", "us"]), shard: random.integer(1, 3) }
          : undefined;
        samples.record(entry, random.float() * 900, 10, failure, 0, undefined, undefined, undefined, 0, tags);
      }
      if (random.float() < 0.2) samples.recordException("Error: x", "at a", `A.${workerId}`);
      const delta = samples.drain() as DeltaMessage;
      const seq = (seqs.get(workerId) ?? 0) + 1;
      seqs.set(workerId, seq);
      if (deliveries.receive(workerId, { runId: "run-1", seq }) !== "apply") return;
      ledger.apply(delta, workerId);
      recorder.count(workerId, delta);
    },
    async tick(): Promise<void> {
      await clock.advance(1000);
      progress = {
        ...progress,
        wantedUsers: progress.wantedUsers + 1,
        nextIndex: progress.nextIndex + 2,
        elapsedMs: clock.nowMs(),
      };
      runClock.step();
      ledger.rotate();
      await recorder.commit();
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}

test("recoverRun() gives the ledger, deliveries and progress that were committed", async () => {
  for (const workers of [1, 3, 50]) {
    const bench = await createBench(workers);
    for (let second = 0; second < 12; second++) {
      for (let i = 0; i < workers; i++) bench.deliver(`w${i}`);
      await bench.tick();
    }
    const live = totalsOf(bench.ledger);
    const run = await recoverRun(bench.path);
    const recovered = totalsOf(Ledger.restore(run.ledger, { clock: bench.clock, awayMs: 0 }));
    // Beyond 32 workers they share one sum, and with it the name of who saw an exception.
    const forgetNodes = ({ exceptions, ...rest }: typeof live) => ({
      ...rest,
      exceptions: exceptions.map(({ message, count }) => ({ message, count })),
    });
    if (workers > 32) assert.deepEqual(forgetNodes(recovered), forgetNodes(live));
    else assert.deepEqual(recovered, live);
    assert.deepEqual(run.deliveries, bench.deliveries.save());
    assert.deepEqual(run.progress, { wantedUsers: 12, nextIndex: 24, elapsedMs: 12_000 });
    assert.deepEqual(run.settings, SETTINGS);
    assert.equal(run.hasEnded, false);
    await bench.journal.close();
    bench.dispose();
  }
});

test("recoverRun() of a file that was cut anywhere has each delta with its number, or neither", async () => {
  const bench = await createBench(7);
  for (let second = 0; second < 5; second++) {
    bench.deliver("w0");
    await bench.tick();
  }
  await bench.journal.close();
  const whole = readFileSync(bench.path, "utf8");
  const planned = whole.indexOf('{"kind":"runPlanned"');
  const start = whole.indexOf("\n", planned) + 1;
  let seen = 0;
  for (let length = start; length <= whole.length; length += 97) {
    writeFileSync(bench.path, whole.slice(0, length));
    const run = await recoverRun(bench.path);
    const applied = run.deliveries.applied.w0 ?? 0;
    const requests = Ledger.restore(run.ledger, { clock: bench.clock, awayMs: 0 }).snapshot(CONTEXT).total.requests;
    assert.equal(applied === 0, requests === 0);
    assert.ok(applied >= seen);
    seen = applied;
  }
  assert.ok(seen >= 4);
  bench.dispose();
});

test("recoverRun() knows that a scenario has moved since the last counts", async () => {
  const bench = await createBench(1);
  bench.deliver("w0");
  await bench.tick();
  const scenario = { name: "setup", state: "ended" as const, startMs: 0, overMs: 900, endMs: 1100 };
  bench.setScenarios([{ ...scenario, state: "ending" }, { name: "other", state: "waiting" }]);
  await bench.tick();
  bench.recorder.event({ kind: "scenarioMoved", scenario, elapsedMs: 1100 });
  await bench.journal.flush();
  const { progress } = await recoverRun(bench.path);
  assert.deepEqual(progress.scenarios, [scenario, { name: "other", state: "waiting" }]);
  await bench.journal.close();
  bench.dispose();
});

test("recoverRun() knows which workers were missing, and for how long", async () => {
  const bench = await createBench(1);
  const lose = (workerId: string) =>
    bench.recorder.event({ kind: "workerMissing", workerId, silentMs: 2000, users: 3, brokenBy: "the process ended" });
  bench.deliver("w0");
  await bench.tick();
  for (const id of ["dead", "back", "left"]) lose(id);
  for (let second = 0; second < 5; second++) {
    bench.deliver("w0");
    await bench.tick();
  }
  bench.recorder.event({ kind: "workerReturned", workerId: "back", awayMs: 4000 });
  bench.recorder.event({ kind: "workerLeft", workerId: "left", reason: "SIGTERM" });
  await bench.journal.flush();
  const { missing, seen } = await recoverRun(bench.path);
  assert.deepEqual(missing, [{ id: "dead", silentMs: 7000, users: 3, brokenBy: "the process ended" }]);
  assert.deepEqual(seen.absent.map(({ id, users, kind }) => [id, users, kind]), [
    ["back", 3, "returned"],
    ["left", 0, "lost"],
  ]);
  await bench.journal.close();
  bench.dispose();
});

test("recoverRun() starts from the last checkpoint, and counts nothing of it twice", async () => {
  const bench = await createBench(9);
  for (let second = 0; second < 3; second++) {
    bench.deliver("w0");
    await bench.tick();
  }
  bench.deliver("w1");
  bench.recorder.event({
    kind: "runEnded",
    reason: { kind: "requested" },
    snapshot: bench.ledger.snapshot(CONTEXT),
    verdict: { kind: "valid", doubts: [] },
  });
  await bench.journal.flush();
  const run = await recoverRun(bench.path);
  assert.deepEqual(
    totalsOf(Ledger.restore(run.ledger, { clock: bench.clock, awayMs: 0 })),
    totalsOf(bench.ledger),
  );
  assert.equal(run.hasEnded, true);
  await bench.journal.close();
  bench.dispose();
});

test("recoverRun() follows a reset, and the last target that was asked for", async () => {
  const bench = await createBench(11);
  bench.deliver("w0");
  await bench.tick();
  bench.deliver("w0");
  bench.ledger.reset();
  bench.recorder.event({ kind: "statsReset" });
  bench.recorder.event({ kind: "rampStarted", users: 77, spawnRate: 7, fromUsers: 10 });
  bench.deliver("w0");
  await bench.tick();
  const run = await recoverRun(bench.path);
  assert.deepEqual(
    totalsOf(Ledger.restore(run.ledger, { clock: bench.clock, awayMs: 0 })).total,
    totalsOf(bench.ledger).total,
  );
  assert.deepEqual(run.settings.load, { kind: "users", users: 77, spawnRate: 7 });
  await bench.journal.close();
  bench.dispose();
});

test("recoverRun() of a journal without a run is a usage error", async () => {
  const folder = mkdtempSync(join(tmpdir(), "recorder-"));
  const path = join(folder, "run.ndjson");
  writeFileSync(path, "");
  appendFileSync(path, '{"kind":"journalOpened","version":3,"program":"t","wallMs":0}\n');
  await assert.rejects(recoverRun(path), /no run has been started in it/);
  rmSync(folder, { recursive: true });
});

test("RunRecorder keeps 1,000 workers' deltas of a tick in one bounded line", async () => {
  const bench = await createBench(13);
  for (let i = 0; i < 1000; i++) bench.deliver(`w${i}`);
  await bench.tick();
  await bench.journal.close();
  const counted = readFileSync(bench.path, "utf8").split("\n").find((line) => line.includes('"kind":"counted"'));
  assert.equal(JSON.parse(counted ?? "{}").counts.nodes.length, 9);
  bench.dispose();
});
