import assert from "node:assert/strict";
import { test } from "node:test";
import { findSteadyPart } from "../../../src/report/summary/steady_part.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

test("findSteadyPart(): after a reset of the statistics, what was counted since then, over the time since then", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  let recorder = new Recorder({ clock });
  const count = (requests: number) => {
    for (let i = 0; i < requests; i++) recorder.record(recorder.entry("GET", "/"), 5, 1, undefined, 0);
    const delta = recorder.drain();
    assert.ok(delta !== undefined);
    ledger.apply({ ...delta, resets: ledger.resets }, "local");
  };
  ledger.start();
  count(50);
  await clock.advance(4000);
  const from = { kind: "phaseBegan", phase: "steady", elapsedMs: 4000, ledger: ledger.save() } as const;
  count(30);
  await clock.advance(6000);
  assert.equal(findSteadyPart([from], ledger.save(), 10_000)?.total().perSecond, 5);
  ledger.reset();
  recorder = new Recorder({ clock });
  count(8);
  await clock.advance(2000);
  const part = findSteadyPart([from], ledger.save(), 12_000)?.total();
  assert.deepEqual([part?.requests, part?.perSecond], [8, 4]);
});

test("findSteadyPart(): what URLs had counted before they were grouped is subtracted from their row", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  const recorder = new Recorder({ clock });
  const count = (from: number, to: number) => {
    for (let i = from; i < to; i++) recorder.record(recorder.urlEntry("GET", `/items/${i}`), 5, 1, undefined, 0);
    const delta = recorder.drain();
    assert.ok(delta !== undefined);
    ledger.apply(delta, "local");
  };
  count(0, 15);
  await clock.advance(4000);
  const from = { kind: "phaseBegan", phase: "steady", elapsedMs: 4000, ledger: ledger.save() } as const;
  count(0, 45);
  await clock.advance(6000);
  const entries = findSteadyPart([from], ledger.save(), 10_000)?.entries() ?? [];
  assert.deepEqual(entries.map(({ name, requests, bytes }) => [name, requests, bytes]), [["/items/[id]", 45, 45]]);
  assert.equal(entries[0]?.histogram.counts.reduce((sum, each) => sum + each, 0), 45);
});

test("findSteadyPart(): what was counted before the first report of the part has no rate, and is no part", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock, leadMs: 150 });
  const recorder = new Recorder({ clock });
  const count = (requests: number) => {
    for (let i = 0; i < requests; i++) recorder.record(recorder.entry("GET", "/"), 5, 1, undefined, 0);
    const delta = recorder.drain();
    assert.ok(delta !== undefined);
    ledger.apply(delta, "local");
  };
  ledger.start();
  await clock.advance(1900); // a tick that comes late, and a report that comes later still
  const from = { kind: "phaseBegan", phase: "steady", elapsedMs: 1900, ledger: ledger.save() } as const;
  count(50);
  await clock.advance(100);
  assert.equal(findSteadyPart([from], ledger.save(), 2000), undefined);
  await clock.advance(1000);
  count(100);
  assert.equal(findSteadyPart([from], ledger.save(), 3000)?.total().perSecond, 150);
});
