import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_FRICTION, sumFriction, type WorkerHealth } from "../../../src/protocol/health_message.ts";
import { parseHealth } from "../../../src/protocol/wire/parse_health.ts";
import { MessageError } from "../../../src/protocol/wire/scan_value.ts";

const BARE: WorkerHealth = {
  cpuPercent: 1,
  machineCpuPercent: 2,
  rssBytes: 3,
  loopLagP99Ms: 4,
  latenessP99Ms: 5,
  hung: [],
};
const FULL: WorkerHealth = {
  ...BARE,
  friction: { ...NO_FRICTION, queued: 3, queuedMs: 12.5, pacedAsked: 7.25 },
  limits: {
    memory: { used: 1, limit: 2, of: "cgroup" },
    files: { used: 3, limit: 4 },
    ports: { used: 5, limit: 6 },
    throttled: { periods: 10, throttledPeriods: 2, ms: 30.5 },
  },
  calibratedPerSecond: 12_345,
  pacedPerSecond: 8.5,
  blocked: { ms: 120.5, doing: "Shopper.browse" },
  stood: [{ thread: 1, doing: "Shopper.order" }],
};

test("parseHealth() takes the health of an older worker, and all of a newer one", () => {
  assert.deepEqual(parseHealth({ ...BARE }), BARE);
  assert.deepEqual(parseHealth({ ...FULL, later: true }), FULL);
  assert.deepEqual(parseHealth({ ...BARE, limits: {} }), { ...BARE, limits: {} });
});

test("parseHealth() refuses figures that are none", () => {
  const bad: Record<string, unknown>[] = [
    { friction: { ...NO_FRICTION, queued: -1 } },
    { friction: { ...NO_FRICTION, gcPauseMs: NaN } },
    { friction: { queued: 1 } },
    { limits: { memory: { used: 1, limit: 2, of: "moon" } } },
    { limits: { files: { used: "many", limit: 4 } } },
    { calibratedPerSecond: Infinity },
    { blocked: { ms: -1, doing: "Shopper.browse" } },
    { blocked: { ms: 1 } },
    { stood: [{ thread: -1, doing: "Shopper.order" }] },
    { stood: [{ thread: 1 }] },
  ];
  for (const fields of bad) {
    assert.throws(() => parseHealth({ ...BARE, ...fields }), MessageError, JSON.stringify(fields));
  }
});

test("sumFriction() adds counts up and keeps the worst of times", () => {
  const a = { ...NO_FRICTION, queued: 2, queuedMs: 5, pacedStarts: 1, pacedAsked: 1.5, clockStepMs: 0.1 };
  const b = { ...NO_FRICTION, queued: 3, queuedMs: 4, gcPauseMs: 30 };
  assert.deepEqual(sumFriction([a, b]), { ...a, queued: 5, queuedMs: 5, gcPauseMs: 30 });
  assert.deepEqual(sumFriction([]), NO_FRICTION);
});
