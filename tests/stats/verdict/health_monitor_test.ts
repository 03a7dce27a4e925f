import assert from "node:assert/strict";
import { test } from "node:test";
import { HealthMonitor, type SnapshotOfEnd } from "../../../src/stats/verdict/health_monitor.ts";
import type { WorkerHealth } from "../../../src/protocol/health_message.ts";
import type { LedgerCounts } from "../../../src/stats/ledger/ledger.ts";

const SNAPSHOT: SnapshotOfEnd = { total: { requests: 0, failures: 0, bytes: 0 }, workers: [], failures: [] };
const COUNTS = {} as LedgerCounts;
const HEALTH: WorkerHealth = {
  cpuPercent: 10,
  machineCpuPercent: 20,
  rssBytes: 1,
  loopLagP99Ms: 1,
  latenessP99Ms: 1,
  hung: [],
};

test("HealthMonitor.evidence() expects of the planned arrivals those that workers have had the time to report", () => {
  const planned = (reportable?: number) =>
    new HealthMonitor().evidence(
      { ...SNAPSHOT, arrivals: { planned: 500 } },
      { counts: COUNTS, ...(reportable === undefined ? {} : { reportable }) },
    ).plannedArrivals;
  assert.deepEqual([planned(), planned(300), planned(900)], [500, 300, 500]);
});

test("HealthMonitor.evidence() tells that no scenario has begun", () => {
  const begun = (...states: ("waiting" | "running" | "ended")[]) =>
    new HealthMonitor().evidence({ ...SNAPSHOT, scenarios: states.map((state) => ({ state })) }, { counts: COUNTS })
      .noScenarioBegan;
  assert.deepEqual([begun(), begun("waiting", "waiting"), begun("waiting", "ended")], [undefined, true, undefined]);
});

test("HealthMonitor.evidence() compares no worker that was away with the others: it ran users of which nobody knew", () => {
  const monitor = new HealthMonitor();
  for (const id of ["w1", "w2", "w3"]) {
    monitor.observeUsersOf(id, { A: 10 }, 0);
    monitor.observeWorker(id, HEALTH, { requests: 0 });
  }
  for (const id of ["w1", "w2"]) monitor.observeUsersOf(id, { A: 10 }, 30_000);
  monitor.observeAbsence({ id: "w3", users: 10, kind: "returned", awayMs: 12_000, numbers: "complete" });
  const workers = ["w1", "w2", "w3"].map((id) => ({ id, threads: 1, requests: 300 }));
  const evidence = monitor.evidence({ ...SNAPSHOT, workers }, { counts: COUNTS });
  assert.deepEqual(evidence.workers.map(({ id, work }) => [id, work?.userSeconds]), [
    ["w1", { A: 300 }],
    ["w2", { A: 300 }],
    ["w3", undefined],
  ]);
});
