import assert from "node:assert/strict";
import { test } from "node:test";
import type { FailureSample } from "../../../src/protocol/failure_sample_message.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { ageDelta } from "../../../src/stats/delta/delta.ts";
import { FailureSampler } from "../../../src/stats/recording/failure_sampler.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const sampleOf = (body: string): FailureSample => ({
  request: "GET http://shop.test/",
  status: 503,
  headers: [],
  body,
  bodyBytes: body.length,
});

function fail(recorder: Recorder, text: string, body: string): boolean {
  const isWanted = recorder.record(recorder.entry("GET", "/"), 1, 0, text, 0);
  if (isWanted) recorder.keepFailureSample(sampleOf(body));
  return isWanted;
}

test("FailureSampler.wants() takes the first of each kind, 20 between two drains, and 500 in all", () => {
  const sampler = new FailureSampler();
  const kind = (number: number) => ({ method: "GET", name: "/", text: `failure ${number}` });
  assert.equal(sampler.wants(kind(0)), true);
  assert.equal(sampler.wants(kind(0)), false);
  const wanted = Array.from({ length: 40 }, (_, i) => sampler.wants(kind(i))).filter(Boolean).length;
  assert.equal(wanted, 19);
  let all = 20;
  for (let round = 0; round < 50; round++) {
    sampler.drained();
    for (let i = 0; i < 1000; i++) if (sampler.wants(kind(i))) all++;
  }
  assert.equal(all, 500);
});

test("Recorder.record() wants a sample of the first failure of a kind, also after a drain, and anew after a reset", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock, failureSamples: "keep" });
  assert.equal(recorder.record(recorder.entry("GET", "/"), 1, 0, undefined, 0), false);
  assert.deepEqual(["503", "503", "504"].map((text) => fail(recorder, text, text)), [true, false, true]);
  assert.deepEqual(recorder.drain()?.failures.map(({ sample }) => sample?.body), ["503", "504"]);
  assert.equal(fail(recorder, "503", "again"), false);
  assert.equal(recorder.drain()?.failures[0]?.sample, undefined);
  recorder.reset(1);
  await clock.advance(10);
  assert.equal(fail(recorder, "503", "after the reset"), true);
});

test("Recorder.record() wants none unless samples are kept", () => {
  assert.equal(fail(new Recorder({ clock: new FakeClock() }), "503", ""), false);
});

test("a sample travels from thread to worker to ledger with its age, and the first one stays", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const startWallMs = clock.wallMs();
  const thread = new Recorder({ clock, failureSamples: "keep" });
  const other = new Recorder({ clock, failureSamples: "keep" });
  const worker = new DeltaAccumulator();
  await clock.advance(1000);
  fail(thread, "503", "first");
  await clock.advance(300);
  fail(other, "503", "second");
  worker.add(thread.drain()!, clock.nowMs());
  worker.add(other.drain()!, clock.nowMs());
  await clock.advance(200);
  const delta = worker.take(clock.nowMs())!;
  assert.equal(delta.failures[0]?.sample?.ageMs, 500);
  await clock.advance(5000); // the link was cut
  ledger.apply(ageDelta(delta, 5000), "w1");
  assert.deepEqual(ledger.failureSamples(), [{
    method: "GET",
    name: "/",
    text: "503",
    sample: { ...sampleOf("first"), wallMs: startWallMs + 1000 },
  }]);
});

test("Ledger.save() holds no samples: what a target answered is in no file", () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const recorder = new Recorder({ clock, failureSamples: "keep" });
  fail(recorder, "503", "a secret");
  ledger.apply(recorder.drain()!, "w1");
  assert.equal(ledger.failureSamples().length, 1);
  assert.ok(!JSON.stringify(ledger.save()).includes("a secret"));
  assert.ok(
    !JSON.stringify(ledger.snapshot({
      state: "running",
      userCount: 0,
      targetUserCount: 0,
      usersByClass: {},
      workers: [],
    })).includes("a secret"),
  );
});
