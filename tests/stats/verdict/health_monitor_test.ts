import assert from "node:assert/strict";
import { test } from "node:test";
import { HealthMonitor, type SnapshotOfEnd } from "../../../src/stats/verdict/health_monitor.ts";
import type { LedgerCounts } from "../../../src/stats/ledger/ledger.ts";

const SNAPSHOT: SnapshotOfEnd = { total: { requests: 0, failures: 0, bytes: 0 }, workers: [], failures: [] };
const COUNTS = {} as LedgerCounts;

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
