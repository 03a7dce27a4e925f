import assert from "node:assert/strict";
import { test } from "node:test";
import { Packr } from "msgpackr";
import { createRandom } from "../../../src/base/random.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

test("Recorder.entry() gives the same row for the same method and name", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  assert.equal(recorder.entry("GET", "/"), recorder.entry("GET", "/"));
  assert.notEqual(recorder.entry("GET", "/"), recorder.entry("POST", "/"));
  // A key that were glued together would take these for one.
  assert.notEqual(recorder.entry("GET", "a b"), recorder.entry("GET a", "b"));
});

test("Recorder.drain() says what was counted since the last one, then nothing", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const entry = recorder.entry("GET", "/");
  recorder.record(entry, 12.5, 100, undefined, 0);
  recorder.record(entry, 2, 50, "HttpError 500", 0);
  recorder.record(entry, null, 1, undefined, 0);
  await clock.advance(300);
  const delta = recorder.drain();
  assert.deepEqual(delta?.entries, [{
    method: "GET",
    name: "/",
    requests: 3,
    failures: 1,
    untimed: 1,
    bytes: 151,
    lastAgeMs: 300,
    times: delta?.entries[0]?.times,
  }]);
  assert.equal(Histogram.unpack(delta?.entries[0]?.times as Uint8Array).count, 2);
  assert.deepEqual(delta?.failures, [
    { method: "GET", name: "/", text: "HttpError 500", count: 1, firstAgeMs: 300, lastAgeMs: 300 },
  ]);
  assert.equal(recorder.drain(), undefined);
  recorder.record(entry, 1, 0, undefined, 0);
  assert.equal(recorder.drain()?.entries[0]?.requests, 1);
});

test("Recorder.record() takes NaN as no response time and no NaN into the bytes", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  recorder.record(recorder.entry("x", "y"), NaN, NaN, undefined, 0);
  recorder.record(recorder.entry("x", "y"), Infinity, -3, undefined, NaN);
  const entry = recorder.drain()?.entries[0];
  assert.deepEqual([entry?.requests, entry?.untimed, entry?.bytes], [2, 1, 0]);
  assert.equal(Histogram.unpack(entry?.times as Uint8Array).clamped, 1);
});

test("Recorder.record() of a paced user fills corrected times with all samples of the row", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  const entry = recorder.entry("GET", "/");
  recorder.record(entry, 5, 0, undefined, 0);
  recorder.record(entry, 35, 0, undefined, 10);
  recorder.record(entry, 6, 0, undefined, 0);
  const delta = recorder.drain()?.entries[0];
  // 5, 35 and the 25 and 15 it held back, 6.
  assert.equal(Histogram.unpack(delta?.corrected as Uint8Array).count, 5);
  assert.equal(Histogram.unpack(delta?.times as Uint8Array).count, 3);
  recorder.record(entry, 5, 0, undefined, 0);
  assert.equal(recorder.drain()?.entries[0]?.corrected, undefined);
});

test("Recorder counts names beyond the bound in (other), per method", () => {
  const recorder = new Recorder({ clock: new FakeClock(), maxNames: 3 });
  for (let i = 0; i < 10; i++) recorder.record(recorder.entry(i % 2 ? "GET" : "POST", `/${i}`), 1, 0, undefined, 0);
  const delta = recorder.drain();
  assert.equal(delta?.unfilteredNames, 7);
  assert.deepEqual(
    delta?.entries.map(({ method, name, requests }) => [method, name, requests]).slice(3),
    [["GET", "(other)", 4], ["POST", "(other)", 3]],
  );
});

test("Recorder bounds the (other) rows too: methods without end share one", () => {
  const recorder = new Recorder({ clock: new FakeClock(), maxNames: 0 });
  for (let i = 0; i < 500; i++) recorder.record(recorder.entry(`M${i}`, "/"), 1, 0, undefined, 0);
  const delta = recorder.drain();
  assert.ok((delta?.entries.length ?? 0) <= 51);
  assert.equal(delta?.unfilteredNames, 500);
});

test("Recorder counts failure texts beyond the bound in one group and cuts long ones", () => {
  const recorder = new Recorder({ clock: new FakeClock(), maxFailureGroups: 5 });
  const entry = recorder.entry("GET", "/");
  for (let i = 0; i < 12; i++) recorder.record(entry, 1, 0, `order ${i} failed ${"x".repeat(1000)}`, 0);
  const failures = recorder.drain()?.failures ?? [];
  assert.equal(failures.length, 6);
  assert.equal(failures.reduce((sum, { count }) => sum + count, 0), 12);
  assert.equal(failures.find(({ name }) => name === "(other)")?.count, 7);
  assert.ok(failures.every(({ text }) => text.length <= 500));
});

test("Recorder counts exceptions by message, stack and place, at most 200 of them", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  for (let i = 0; i < 300; i++) recorder.recordException(`boom ${i}`, "at x", "Shopper.order");
  recorder.recordException("boom 0", "at x", "Shopper.order");
  const exceptions = recorder.drain()?.exceptions ?? [];
  assert.equal(exceptions.length, 201);
  assert.equal(exceptions[0]?.count, 2);
  assert.equal(exceptions.reduce((sum, { count }) => sum + count, 0), 301);
});

test("Recorder.drain() carries retries, abandoned requests and failed starts even without a sample", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  recorder.countRetry();
  recorder.countAbandoned(3);
  recorder.countFailedStart();
  recorder.countLostUser();
  recorder.countQuitUser();
  const delta = recorder.drain();
  assert.deepEqual([delta?.retries, delta?.abandoned, delta?.failedStarts], [1, 3, 1]);
  assert.deepEqual([delta?.lostUsers, delta?.quitUsers], [1, 1]);
  assert.equal(recorder.drain(), undefined);
});

test("Recorder.reset() keeps the users that ended: they are missing after it, too", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  recorder.countRetry();
  recorder.countFailedStart();
  recorder.countLostUser();
  recorder.reset(1);
  const delta = recorder.drain();
  assert.deepEqual([delta?.retries, delta?.failedStarts, delta?.lostUsers, delta?.resets], [0, 1, 1, 1]);
});

test("Recorder.recordPhases() keeps phases only where they are asked for", () => {
  for (const phases of ["keep", "drop"] as const) {
    const recorder = new Recorder({ clock: new FakeClock(), phases });
    const entry = recorder.entry("GET", "/");
    recorder.record(entry, 1, 0, undefined, 0);
    recorder.recordPhases(entry, { waiting: 3, dns: undefined });
    const packed = recorder.drain()?.entries[0]?.phases;
    assert.deepEqual(Object.keys(packed ?? {}), phases === "keep" ? ["waiting"] : []);
  }
});

for (
  const { perSecond, sigma, limit } of [
    { perSecond: 60, sigma: 0.4, limit: 10_240 },
    { perSecond: 100, sigma: 0.4, limit: 10_240 },
    { perSecond: 100, sigma: 0.8, limit: 10_240 },
    { perSecond: 200, sigma: 0.4, limit: 10_240 },
    // Near what such counts hold of information: it grows with the number of filled buckets, and ends when all are filled.
    { perSecond: 1000, sigma: 0.4, limit: 16_384 },
  ]
) {
  test(`Recorder.drain() of 50 names at ${perSecond} requests/s each, sigma ${sigma}, is at most ${limit} bytes`, () => {
    const recorder = new Recorder({ clock: new FakeClock() });
    const random = createRandom(1);
    for (let i = 0; i < 50 * perSecond; i++) {
      const entry = recorder.entry("GET", `/items/category-${i % 50}`);
      // Log-normal, median 20 ms: what a healthy service looks like.
      const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
      recorder.record(entry, 20 * Math.exp(sigma * normal), 2048, undefined, 0);
    }
    const packed = new Packr({ useRecords: false }).pack(recorder.drain());
    assert.ok(packed.length <= limit, `${packed.length} bytes`);
  });
}

test("Recorder.reset() counts only samples that are started after it, and marks the deltas", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const entry = recorder.entry("GET", "/");
  recorder.record(entry, 5, 0, undefined, 0);
  await clock.advance(100);
  recorder.reset(1);
  await clock.advance(40);
  recorder.record(entry, 60, 0, "in flight at the reset", 0);
  recorder.record(entry, 40, 0, undefined, 0);
  recorder.record(entry, null, 0, undefined, 0);
  recorder.reset(1); // comes again on a new link
  const delta = recorder.drain();
  assert.deepEqual([delta?.resets, delta?.entries[0]?.requests, delta?.failures.length], [1, 2, 0]);
});

test("Recorder.markStop() tells samples that ended after the stop from those that were started after it", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const entry = recorder.entry("GET", "/");
  recorder.record(entry, 5, 0, undefined, 0);
  recorder.markStop();
  await clock.advance(30);
  recorder.record(entry, 100, 0, undefined, 0);
  recorder.record(entry, 10, 0, "no", 0);
  const part = recorder.drain()?.entries[0];
  assert.deepEqual([part?.requests, part?.drain], [3, { ended: 2, started: 1, startedFailures: 1 }]);
});
