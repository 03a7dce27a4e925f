/** Figures of a run whose reports came late, were merged or missing, from its journal: the same as those of the run. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLogger } from "../../../src/base/logger.ts";
import { Deliveries } from "../../../src/master/workers/deliveries.ts";
import { Journal } from "../../../src/master/journal/journal.ts";
import { parseLine } from "../../../src/master/journal/journal_line.ts";
import { RunRecorder } from "../../../src/master/journal/run_recorder.ts";
import { RunReplay } from "../../../src/master/journal/run_replay.ts";
import { createTimeline } from "../../../src/master/judging/run_timeline.ts";
import { RunClock } from "../../../src/master/run_clock.ts";
import type { RunEvent } from "../../../src/master/run_event.ts";
import { describeStart } from "../../../src/master/run_settings.ts";
import type { EntrySnapshot } from "../../../src/protocol/snapshot_message.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { deltaOf } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { RUN_SETTINGS } from "../../support/run_settings.ts";

const ONE = { method: "GET", name: "/", ms: 5, bytes: 1, failure: undefined, intervalMs: 0 };

/** When reports come, of which worker, and up to when they count: 50 requests a second each. */
const REPORTS: readonly (readonly [atMs: number, worker: string, reachMs: number])[] = [
  [850, "a", 850],
  [1300, "b", 850],
  [1850, "a", 1850],
  [3200, "a", 3170],
  [3950, "b", 3900],
  [4850, "a", 4830],
  [6100, "b", 4850],
  [6150, "a", 6000],
  [6200, "b", 6000],
];
const STOP_MS = 6000;

const ratesOf = ({ totalPerSecond, currentPerSecond, requests }: EntrySnapshot) => [
  requests,
  totalPerSecond,
  currentPerSecond,
];

function figuresOf(event: RunEvent): unknown {
  switch (event.kind) {
    case "ticked":
    case "runEnded":
      return [event.kind, event.snapshot.loadMs, ...ratesOf(event.snapshot.total), event.span?.countedMs];
    case "phaseBegan":
      return [event.phase, event.ledger?.loadMs, event.ledger?.total.requests];
    default:
      return event.kind;
  }
}

test("RunReplay: rates and counted times are those of the run, also where reports came late, or two at once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "replay-"));
  const path = join(folder, "run.ndjson");
  const clock = new FakeClock();
  const logger = createLogger({ name: "j", wallMs: () => 0, sink: (record) => assert.fail(record.message) });
  const journal = await Journal.open({ path, mode: "new", program: "test", clock, logger });
  const runClock = new RunClock(clock);
  const ledger = new Ledger({ clock: runClock, leadMs: 150, reach: "told" });
  const deliveries = new Deliveries("run-1");
  const progress = () => ({ wantedUsers: 10, nextIndex: 10, elapsedMs: clock.nowMs() });
  const recorder = new RunRecorder({
    journal,
    clock: runClock,
    run: { settings: RUN_SETTINGS, ledger, deliveries, progress },
  });
  const live: unknown[] = [];
  const timeline = createTimeline({
    ledger,
    warmUpSeconds: 2,
    elapsedMs: () => clock.nowMs(),
    events(event) {
      recorder.event(event);
      live.push(figuresOf(event));
    },
  });
  const snapshot = () =>
    ledger.snapshot({ state: "running", userCount: 10, targetUserCount: 10, usersByClass: {}, workers: [] });
  const tick = () => {
    runClock.step();
    ledger.rotate();
    timeline({ kind: "ticked", snapshot: snapshot() });
  };
  timeline(describeStart(RUN_SETTINGS, clock.wallMs()));
  timeline({ kind: "rampStarted", users: 10, spawnRate: 10, fromUsers: 0 });
  const counted = new Map<string, number>();
  const report = (worker: string, reachMs: number) => {
    runClock.step();
    const requests = Math.round(reachMs / 20) - (counted.get(worker) ?? 0);
    counted.set(worker, Math.round(reachMs / 20));
    const delta = deltaOf(Array.from({ length: requests }, () => ONE));
    ledger.apply(delta, worker, reachMs);
    recorder.count(worker, delta);
  };
  let nextTickMs = 1000;
  const runTo = async (untilMs: number) => {
    for (; nextTickMs < untilMs; nextTickMs += 1000) {
      await clock.advance(nextTickMs - clock.nowMs());
      tick();
      if (nextTickMs === 1000) timeline({ kind: "rampCompleted", usersByClass: {}, users: 10 });
    }
    await clock.advance(untilMs - clock.nowMs());
  };
  for (const [atMs, worker, reachMs] of REPORTS.filter(([at]) => at < STOP_MS)) {
    await runTo(atMs);
    report(worker, reachMs);
  }
  await runTo(STOP_MS);
  runClock.step();
  ledger.endLoad();
  timeline({ kind: "stopping", reason: { kind: "requested" } });
  for (const [atMs, worker, reachMs] of REPORTS.filter(([at]) => at >= STOP_MS)) {
    await clock.advance(atMs - clock.nowMs());
    report(worker, reachMs);
  }
  runClock.step();
  ledger.complete();
  const verdict = { kind: "valid", doubts: [] } as const;
  timeline({ kind: "runEnded", reason: { kind: "requested" }, snapshot: snapshot(), verdict });
  await journal.close();

  const replay = new RunReplay();
  const replayed: unknown[] = [];
  for (const line of readFileSync(path, "utf8").trim().split("\n")) {
    const parsed = parseLine(line);
    const event = parsed === undefined ? undefined : replay.take(parsed);
    if (event !== undefined) replayed.push(figuresOf(event));
  }
  assert.deepEqual(replayed, live);
  const ended = live.at(-1) as readonly unknown[];
  assert.deepEqual(ended.slice(0, 5), ["runEnded", 6000, 600, 100, 100]);
  rmSync(folder, { recursive: true });
});
