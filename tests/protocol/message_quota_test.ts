import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageQuota } from "../../src/protocol/message_quota.ts";

test("MessageQuota lets a burst pass, then its rate, and counts the rest", () => {
  const quota = new MessageQuota({ perSecond: 100, atOnce: 50 }, 0);
  const take = (times: number, nowMs: number) =>
    Array.from({ length: times }, () => quota.take(nowMs)).filter(Boolean).length;
  assert.equal(take(80, 0), 50);
  assert.equal(quota.takeReport(0), 30);
  assert.equal(quota.takeReport(1), 0);
  assert.equal(take(80, 100), 10, "100 a second are 10 in 100 ms");
  assert.equal(quota.takeReport(5000), 0, "not again so soon");
  assert.equal(take(80, 5000), 50, "it never holds more than a burst");
  assert.equal(quota.takeReport(10_000), 100);
});
