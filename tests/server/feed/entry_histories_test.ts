import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunSpan } from "../../../src/master/run_event.ts";
import type { EntrySnapshot } from "../../../src/protocol/snapshot_message.ts";
import { EntryHistories } from "../../../src/server/feed/entry_histories.ts";
import { toHistoryPoints } from "../../../src/server/api/history_points.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { recordRun } from "../../support/recorded_run.ts";

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

function rowOf(name: string, requests: number, times: Uint8Array) {
  return { method: "GET", name, requests, failures: 0, times } as unknown as EntrySnapshot;
}

const spanOf = (second: number) => ({ fromSecond: second, toSecond: second + 1 }) as RunSpan;

/** A histogram that grows by one time a second. */
function createTimes() {
  const histogram = new Histogram();
  return (us: number) => {
    histogram.record(us);
    return histogram.pack();
  };
}

test("EntryHistories: a reset of the statistics loses nothing of before or after it", () => {
  const histories = new EntryHistories();
  const before = createTimes();
  for (let second = 0; second < 5; second++) histories.take([rowOf("/", second + 1, before(1000))], spanOf(second), 1);
  const after = createTimes();
  for (let second = 5; second < 8; second++) histories.take([rowOf("/", second - 4, after(1000))], spanOf(second), 1);
  const spans = histories.of("GET", "/") ?? [];
  assert.deepEqual(spans.map(({ requests }) => requests), [1, 1, 1, 1, 1, 1, 1, 1]);
});

test("EntryHistories: with many rows the steps are longer, add up to the row, and a reading has the seconds until now", () => {
  const histories = new EntryHistories();
  const times = createTimes();
  for (let second = 0; second < 35; second++) {
    const packed = times(1000 * (second + 1));
    const rows = Array.from({ length: 500 }, (_, i) => rowOf(`/${i}`, second + 1, packed));
    histories.take(rows, spanOf(second), second);
  }
  const points = toHistoryPoints(histories.of("GET", "/499") ?? [], -1);
  assert.deepEqual(points.map(({ second, seconds, requests }) => [second, seconds, requests]), [
    [0, 10, 10],
    [10, 10, 10],
    [20, 10, 10],
    [30, 5, 5],
  ]);
  assert.equal(points.at(-1)?.users, 34);
});

test("EntryHistories: all rows together have a bound", () => {
  const histories = new EntryHistories();
  const times = createTimes();
  for (let second = 0; second < 3000; second++) {
    const packed = times(1000);
    histories.take([rowOf("/a", second + 1, packed), rowOf("/b", second + 1, packed)], spanOf(second), 1);
  }
  const spans = histories.of("GET", "/a") ?? [];
  assert.ok(spans.length <= 1800, `${spans.length}`);
  assert.equal(spans.reduce((sum, { requests }) => sum + requests, 0), 3000);
});

test("EntryHistories: a row that takes in others goes on from what they had counted", () => {
  const histories = new EntryHistories();
  const times = createTimes();
  const packed = times(1000);
  histories.take([rowOf("/items/1", 1, packed), rowOf("/items/2", 1, packed)], spanOf(0), 1);
  const both = Histogram.unpack(packed);
  both.addPacked(packed);
  histories.take([rowOf("/items/[id]", 2, both.pack())], spanOf(1), 1);
  both.record(1000);
  histories.take([rowOf("/items/[id]", 3, both.pack())], spanOf(2), 1);
  assert.deepEqual((histories.of("GET", "/items/[id]") ?? []).map(({ requests }) => requests), [0, 1]);
  assert.equal(histories.of("GET", "/items/1"), undefined);
});
