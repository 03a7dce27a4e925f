import assert from "node:assert/strict";
import { test } from "node:test";
import { findSteadyPart } from "../../../src/report/summary/steady_part.ts";
import { EMPTY_DELTA } from "../../../src/protocol/delta_message.ts";
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

/** When reports of a load of 100 requests a second come, and up to when they count. The steady part begins at 4000 and ends at 10,000. */
const LATE: readonly (readonly [what: string, reports: readonly (readonly [atMs: number, reachMs: number])[]])[] = [
  ["in time", [[850, 850], [1850, 1850], [3850, 3850], [5850, 5850], [8850, 8850], [9850, 9850], [10_040, 10_000]]],
  ["late at the begin", [[1850, 1850], [2850, 2850], [4300, 3850], [4850, 4850], [9850, 9850], [10_040, 10_000]]],
  ["late at the end", [[1850, 1850], [3850, 3850], [8850, 8850], [10_300, 9850], [10_310, 10_000]]],
  ["merged, and late at both ends", [[2850, 2850], [5600, 5400], [8100, 7900], [10_500, 9850], [10_600, 10_000]]],
];

for (const [what, reports] of LATE) {
  test(`findSteadyPart(): the rate is counts by the time in which they were made, with reports ${what}`, async () => {
    const clock = new FakeClock();
    const ledger = new Ledger({ clock, leadMs: 150, reach: "told" });
    const recorder = new Recorder({ clock });
    ledger.start();
    let [counted, reachedMs] = [0, 0];
    const stillToCome = [...reports];
    const runTo = async (untilMs: number) => {
      for (let next = stillToCome[0]; next !== undefined && next[0] <= untilMs; next = stillToCome[0]) {
        stillToCome.shift();
        await clock.advance(next[0] - clock.nowMs());
        const requests = Math.round(next[1] / 10) - counted;
        for (let i = 0; i < requests; i++) recorder.record(recorder.entry("GET", "/"), 5, 1, undefined, 0);
        counted += requests;
        reachedMs = next[1];
        ledger.apply(recorder.drain() ?? EMPTY_DELTA, "local", next[1]);
      }
      await clock.advance(untilMs - clock.nowMs());
    };
    await runTo(4000);
    const from = { kind: "phaseBegan", phase: "steady", elapsedMs: 4000, ledger: ledger.save() } as const;
    const begin = { counted, reachedMs };
    await runTo(10_000);
    ledger.endLoad();
    const to = { kind: "phaseBegan", phase: "coolDown", elapsedMs: 10_000, ledger: ledger.save() } as const;
    const end = { counted, reachedMs };
    await runTo(11_000);
    ledger.complete();
    const total = findSteadyPart([from, to], ledger.save(), 11_000)?.total();
    assert.deepEqual([total?.requests, total?.perSecond], [end.counted - begin.counted, 100]);
    assert.equal(end.counted - begin.counted, (end.reachedMs - begin.reachedMs) / 10);
    assert.equal(ledger.snapshotTotal().totalPerSecond, 100);
  });
}
