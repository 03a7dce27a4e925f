import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntrySnapshot, SnapshotMessage } from "../../src/protocol/snapshot_message.ts";
import { Histogram } from "../../src/stats/histogram/histogram.ts";
import { EMPTY_STATS, viewStats } from "../../src/user/stats_view.ts";

/** A thousand response times of 1 … 1000 ms. */
function packTimes(factor: number): Uint8Array {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 1000; ms++) histogram.record(ms * factor * 1000);
  return histogram.pack();
}

const entry = {
  method: "GET",
  name: "/items",
  requests: 100,
  failures: 5,
  minMs: 2,
  maxMs: 110,
  meanMs: 12.5,
  medianMs: 10,
  times: packTimes(1),
  bytes: 4200,
  untimed: 3,
  sumMs: 1212.5,
  windowTimes: packTimes(2),
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
  assert.ok(Math.abs(total.getCurrentResponseTimePercentile(0.85) / 1700 - 1) < 0.004);
  assert.equal(EMPTY_STATS.total.lastRequestTimestamp, undefined);
});

test("StatsView.get() finds a row, and gives zeros for one that is not there", () => {
  const stats = viewStats(snapshot);
  assert.equal(stats.get("/items", "GET").numRequests, 100);
  assert.equal(stats.get("/items", "POST").numRequests, 0);
  assert.equal(stats.get("/items", "POST").failRatio, 0);
});

test("EntryView.getResponseTimePercentile() tells any fraction by nearest rank, within the histogram's error", () => {
  const { total } = viewStats(snapshot);
  for (const percent of [0.001, 0.25, 0.5, 0.85, 0.95, 0.995, 0.9995]) {
    const exact = Math.ceil(percent * 1000);
    const told = total.getResponseTimePercentile(percent);
    assert.ok(Math.abs(told / exact - 1) < 0.004, `${percent}: ${told} for ${exact}`);
  }
  assert.deepEqual([total.getResponseTimePercentile(0), total.getResponseTimePercentile(1)], [1, 1000]);
});

test("EntryView.getResponseTimePercentile() gives a time that was measured, not one between two", () => {
  const histogram = new Histogram();
  for (let i = 0; i < 90; i++) histogram.record(10_000);
  for (let i = 0; i < 10; i++) histogram.record(1_000_000);
  const view = viewStats({ ...snapshot, total: { ...entry, times: histogram.pack() } });
  assert.ok(Math.abs(view.total.getResponseTimePercentile(0.85) - 10) < 0.05);
  assert.ok(Math.abs(view.total.getResponseTimePercentile(0.995) - 1000) < 4);
});

test("EntryView.getResponseTimePercentile() refuses 95 where 0.95 is meant", () => {
  for (const wrong of [95, -0.1, NaN, "0.95", undefined]) {
    assert.throws(
      () => EMPTY_STATS.total.getResponseTimePercentile(wrong as number),
      /it is not a fraction; pass 0.95/,
    );
  }
});

test("EMPTY_STATS has a total of zeros, so that a threshold needs no check for undefined", () => {
  assert.equal(EMPTY_STATS.total.failRatio, 0);
  assert.equal(EMPTY_STATS.total.getResponseTimePercentile(0.95), 0);
  assert.deepEqual(EMPTY_STATS.entries, []);
});

test("viewStats() has checks, metrics and transactions, and empty lists where there are none", () => {
  const measures = {
    checks: [{ name: "is ok", passes: 3, fails: 1 }],
    metrics: [{ kind: "rate", name: "hits", passes: 1, fails: 0 }],
    transactions: [],
  };
  const view = viewStats({ ...snapshot, measures } as SnapshotMessage);
  assert.deepEqual([view.checks, view.metrics, view.transactions], [measures.checks, measures.metrics, []]);
  assert.deepEqual([EMPTY_STATS.checks, EMPTY_STATS.metrics, EMPTY_STATS.transactions], [[], [], []]);
});
