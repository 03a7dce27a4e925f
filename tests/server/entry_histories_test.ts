import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunSpan } from "../../src/master/run_event.ts";
import { EntryHistories } from "../../src/server/entry_histories.ts";
import { toHistoryPoints } from "../../src/server/history_points.ts";
import { recordRun } from "../support/recorded_run.ts";

test("EntryHistories holds what each row counted from tick to tick; the steps add up to the row", async () => {
  const { snapshots, ended } = await recordRun();
  const histories = new EntryHistories();
  for (const [second, { entries }] of snapshots.entries()) {
    histories.take(entries, { fromSecond: second, toSecond: second + 1 } as RunSpan, 3);
  }
  for (const { method, name, requests, failures, untimed } of ended.snapshot.entries) {
    const points = toHistoryPoints(histories.of(method, name) ?? [], -1);
    assert.equal(points.length, snapshots.length, name);
    const sum = (read: (point: typeof points[number]) => number) =>
      points.reduce((total, each) => total + read(each), 0);
    assert.equal(sum((point) => point.requests), requests, name);
    assert.equal(sum((point) => point.failures), failures, name);
    if (untimed > 0) assert.equal(points[0]?.p95Ms, null, "nothing was timed, so there is no percentile");
    else assert.ok((points[0]?.p50Ms ?? 0) > 0);
  }
  assert.equal(histories.of("GET", "/nope"), undefined);
  const [method, name] = ["GET", "/cart"];
  assert.deepEqual(toHistoryPoints(histories.of(method, name) ?? [], 10).map(({ tick }) => tick), [11, 12]);
});
