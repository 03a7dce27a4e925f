import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntrySnapshot, SnapshotMessage } from "../../src/protocol/snapshot_message.ts";
import { EMPTY_STATS, viewStats } from "../../src/user/stats_view.ts";

const entry = {
  method: "GET",
  name: "/items",
  requests: 100,
  failures: 5,
  minMs: 2,
  maxMs: 110,
  meanMs: 12.5,
  medianMs: 10,
  percentilesMs: [10, 11, 12, 20, 30, 50, 70, 90, 100, 105, 110],
  bytes: 4200,
  untimed: 3,
  sumMs: 1212.5,
  windowPercentilesMs: [20, 21, 22, 30, 40, 60, 80, 95, 100, 105, 110],
  startWallMs: 1_700_000_000_000,
  lastWallMs: 1_700_000_060_500,
  currentPerSecond: 9,
  currentFailuresPerSecond: 1,
  totalPerSecond: 8,
  totalFailuresPerSecond: 0.5,
} as unknown as EntrySnapshot;
const snapshot = { total: entry, entries: [entry], failures: [] } as unknown as SnapshotMessage;

test("viewStats() shows a row under Locust's names", () => {
  const { total } = viewStats(snapshot);
  assert.equal(total.numRequests, 100);
  assert.equal(total.failRatio, 0.05);
  assert.equal(total.avgResponseTime, 12.5);
  assert.equal(total.avgContentLength, 42);
  assert.equal(total.currentRps, 9);
  assert.deepEqual([total.numNoneRequests, total.totalResponseTime, total.totalContentLength], [3, 1212.5, 4200]);
  assert.deepEqual([total.startTime, total.lastRequestTimestamp], [1_700_000_000, 1_700_000_060.5]);
  assert.equal(total.getCurrentResponseTimePercentile(0.95), 60);
  assert.equal(EMPTY_STATS.total.lastRequestTimestamp, undefined);
});

test("StatsView.get() finds a row, and gives zeros for one that is not there", () => {
  const stats = viewStats(snapshot);
  assert.equal(stats.get("/items", "GET").numRequests, 100);
  assert.equal(stats.get("/items", "POST").numRequests, 0);
  assert.equal(stats.get("/items", "POST").failRatio, 0);
});

const percentiles: [sentence: string, percent: number, expected: number][] = [
  ["a reported percentile exactly", 0.95, 50],
  ["the median", 0.5, 10],
  ["the maximum", 1, 110],
  ["the minimum", 0, 2],
  ["one between two reported ones", 0.85, 25],
  ["one below the median", 0.25, 6],
];
for (const [sentence, percent, expected] of percentiles) {
  test(`EntryView.getResponseTimePercentile() tells ${sentence}`, () => {
    assert.ok(Math.abs(viewStats(snapshot).total.getResponseTimePercentile(percent) - expected) < 1e-9);
  });
}

test("EntryView.getResponseTimePercentile() refuses 95 where 0.95 is meant", () => {
  assert.throws(() => EMPTY_STATS.total.getResponseTimePercentile(95), /give 0.95/);
});

test("EMPTY_STATS has a total of zeros, so that a threshold needs no check for undefined", () => {
  assert.equal(EMPTY_STATS.total.failRatio, 0);
  assert.equal(EMPTY_STATS.total.getResponseTimePercentile(0.95), 0);
  assert.deepEqual(EMPTY_STATS.entries, []);
});
