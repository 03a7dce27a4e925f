import assert from "node:assert/strict";
import { test } from "node:test";
import { REPORTED_PERCENTILES, type SnapshotMessage } from "../../../src/protocol/snapshot_message.ts";
import { toApiLoad } from "../../../src/server/answers/api_rows.ts";
import { NO_ENTRY } from "../../../src/stats/ledger/no_counts.ts";
import { classArrivals } from "../../support/class_arrivals.ts";

test("toApiLoad() has arrivals by class, with rounded rates, and leaves out what there is not", () => {
  const reader = classArrivals({
    name: "Reader",
    kind: "target",
    asked: 20,
    started: 18,
    dropped: 2,
    startedPerSecond: 1 / 3,
  });
  assert.deepEqual(toApiLoad({ classArrivals: [reader] } as unknown as SnapshotMessage), {
    pace: null,
    classArrivals: [{
      name: "Reader",
      kind: "target",
      asked: 20,
      started: 18,
      dropped: 2,
      waiting: 0,
      late: 0,
      plannedPerSecond: 50,
      startedPerSecond: 0.33,
      droppedPerSecond: 0,
    }],
  });
  assert.deepEqual(toApiLoad(undefined), { pace: null });
});

test("toApiLoad() has each scenario with its requests, now and in all", () => {
  const total = {
    ...NO_ENTRY,
    requests: 40,
    currentPerSecond: 12.345,
    windowPercentilesMs: REPORTED_PERCENTILES.map(() => 5),
  };
  const scenarios = ["buy", "late"].map((name) => ({
    name,
    state: "running",
    users: 1,
    wantedUsers: 1,
    startMs: 1000,
  }));
  const splits = [
    { tag: "region", values: [{ value: "buy", total: NO_ENTRY, entries: [] }] },
    { tag: "scenario", values: [{ value: "buy", total, entries: [] }] },
  ];
  const [buy, late] = toApiLoad({ scenarios, splits } as unknown as SnapshotMessage).scenarios ?? [];
  assert.equal(buy?.startSeconds, 1);
  assert.deepEqual([buy?.total?.requests, buy?.total?.currentPerSecond, buy?.window?.p95Ms], [40, 12.35, 5]);
  assert.equal(late !== undefined && "total" in late, false, "no request of it has been counted");
});
