import assert from "node:assert/strict";
import { test } from "node:test";
import type { SnapshotMessage } from "../../src/protocol/snapshot_message.ts";
import { toApiLoad } from "../../src/server/api_rows.ts";
import { classArrivals } from "../support/class_arrivals.ts";

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
