import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type EntrySnapshot,
  REPORTED_PERCENTILES,
  type SnapshotMessage,
} from "../../../src/protocol/snapshot_message.ts";
import { describeLiveScenarios, renderLiveScenarios } from "../../../src/report/tables/scenario_lines.ts";
import { NO_ENTRY } from "../../../src/stats/ledger/no_counts.ts";

const timesOf = (ms: number) => REPORTED_PERCENTILES.map((fraction) => ms * fraction);

function totalOf(changes: Partial<EntrySnapshot>): EntrySnapshot {
  return { ...NO_ENTRY, startWallMs: 0, ...changes };
}

const SNAPSHOT = {
  scenarios: [
    { name: "setup", state: "ended", users: 0, wantedUsers: 0, startMs: 0, overMs: 9960, endMs: 10_400 },
    { name: "browse", state: "running", users: 60, wantedUsers: 100, startMs: 10_400 },
    { name: "clean", state: "waiting", users: 0, wantedUsers: 0 },
  ],
  splits: [{
    tag: "scenario",
    values: [
      {
        value: "browse",
        total: totalOf({
          requests: 1000,
          failures: 10,
          currentPerSecond: 45.2,
          totalPerSecond: 12.5,
          windowPercentilesMs: timesOf(100),
          percentilesMs: timesOf(200),
        }),
        entries: [],
      },
      // The last 10 seconds had none of its requests.
      { value: "setup", total: totalOf({ requests: 300, percentilesMs: timesOf(20) }), entries: [] },
    ],
  }],
} as unknown as SnapshotMessage;

test("renderLiveScenarios() has a line for each: users, the last 10 seconds, and the whole run", () => {
  const lines = renderLiveScenarios(SNAPSHOT, { columns: 120, rows: 10 }, "none", new Map());
  assert.deepEqual(lines.length, 4);
  assert.match(
    lines[0] ?? "",
    /Scenario +Load +Requests +Failures +req\/s +p50 now +p95 now +p99 now +p50 all +p95 all/,
  );
  assert.match(
    lines[2] ?? "",
    /^browse +60\/100 users +1000 +10\(1\.00%\) +45\.20 +50\.0 +95\.0 +99\.0 +100(\.0)? +190(\.0)?$/,
  );
  assert.match(lines[1] ?? "", /^setup +ended +300 +0\(0\.00%\) +0\.00 +- +- +- +10\.0 +19\.0$/);
  assert.match(lines[3] ?? "", /^clean +waits +0 /);
});

test("renderLiveScenarios() says it in words where there is no room for a line each", () => {
  const lines = renderLiveScenarios(SNAPSHOT, { columns: 200, rows: 3 }, "none", new Map());
  assert.deepEqual(lines, ["setup ended, browse 60/100 users (45.20 req/s, p95 95.0 ms), clean waits"]);
  assert.deepEqual(
    renderLiveScenarios({ ...SNAPSHOT, scenarios: [] }, { columns: 80, rows: 9 }, "none", new Map()),
    [],
  );
});

test("describeLiveScenarios() has no times where the last 10 seconds had no request", () => {
  const quiet = {
    ...SNAPSHOT,
    splits: [{ tag: "scenario", values: [{ value: "browse", total: totalOf({ requests: 5 }), entries: [] }] }],
  };
  assert.equal(describeLiveScenarios(quiet), "setup ended, browse 60/100 users (0.00 req/s), clean waits");
});
