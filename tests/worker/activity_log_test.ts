import assert from "node:assert/strict";
import { test } from "node:test";
import { ActivityLog } from "../../src/worker/activity_log.ts";

const entry = (requests: number, failures: number) => ({
  method: "GET",
  name: "/",
  requests,
  failures,
  untimed: 0,
  bytes: 0,
  lastAgeMs: 0,
  times: new Uint8Array(),
});

test("ActivityLog writes users, requests and failures of each interval, and nothing while there is no load", () => {
  const lines: string[] = [];
  const log = new ActivityLog({ everyMs: 10_000, nowMs: 0, write: (line) => void lines.push(line) });
  log.tick(10_000, 0);
  assert.deepEqual(lines, []);
  log.add({ entries: [entry(300, 2), entry(100, 1)] });
  log.tick(15_000, 12);
  assert.deepEqual(lines, [], "not before the interval is over");
  log.add({ entries: [entry(103, 0)] });
  log.tick(20_000, 12);
  log.tick(30_000, 1);
  assert.deepEqual(lines, [
    "12 users, 503 requests (50.3/s) and 3 failures in the last 10 s",
    "1 user, 0 requests (0.0/s) and 0 failures in the last 10 s",
  ]);
});
