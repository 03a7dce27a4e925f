import assert from "node:assert/strict";
import { test } from "node:test";
import { TokenBucket, UserMessageQuota } from "../../src/protocol/message_quota.ts";

test("TokenBucket lets a burst pass, then its rate, and counts the rest", () => {
  const bucket = new TokenBucket({ perSecond: 100, atOnce: 50 }, 0);
  const take = (times: number, nowMs: number) =>
    Array.from({ length: times }, () => bucket.take(nowMs)).filter(Boolean).length;
  assert.equal(take(80, 0), 50);
  assert.equal(bucket.takeReport(0), 30);
  assert.equal(bucket.takeReport(1), 0);
  assert.equal(take(80, 100), 10, "100 a second are 10 in 100 ms");
  assert.equal(bucket.takeReport(5000), 0, "not again so soon");
  assert.equal(take(80, 5000), 50, "it never holds more than a burst");
  assert.equal(bucket.takeReport(10_000), 100);
});

const countPassed = (quota: UserMessageQuota, kind: "custom" | "log" | "report" | "stopTest", times: number) =>
  Array.from({ length: times }, () => quota.take({ kind }, 0)).filter(Boolean).length;

test("UserMessageQuota limits each kind by itself, and nothing that ends the test", () => {
  const quota = new UserMessageQuota("worker", 0);
  assert.equal(countPassed(quota, "log", 6000), 5000);
  assert.equal(countPassed(quota, "report", 5001), 5000);
  assert.equal(countPassed(quota, "custom", 20_002), 20_000);
  assert.equal(countPassed(quota, "stopTest", 30_000), 30_000);
  assert.deepEqual(quota.takeReports("w1", 0), [
    "Dropped 2 custom messages of worker w1: it sent more than 5000 a second; collect the data of several users in one message, and send less often",
    "Dropped 1000 log lines of worker w1: it sent more than 500 a second; its own log has all of them; log less often",
    "Dropped 1 report of listeners of worker w1: it sent more than 500 a second; let listeners of reportToMaster add less",
  ]);
  assert.deepEqual(quota.takeReports("w1", 20_000), []);
});

test("UserMessageQuota of a master grants twice as much, and of a local run drops no line that is not in its log", () => {
  const master = new UserMessageQuota("master", 0);
  assert.equal(countPassed(master, "log", 20_000), 10_000);
  assert.deepEqual(master.takeReports("local", 0), []);
});
