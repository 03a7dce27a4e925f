import assert from "node:assert/strict";
import { test } from "node:test";
import { Ledger, type SnapshotContext } from "../../../src/stats/ledger/ledger.ts";
import { LoadTime } from "../../../src/stats/ticks/load_time.ts";
import { deltaOf, type Sample } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT: SnapshotContext = {
  state: "running",
  userCount: 1,
  targetUserCount: 1,
  usersByClass: { A: 1 },
  workers: [],
  arrivals: { planned: 0, plannedPerSecond: 100 },
};

/** 100 requests a second, of which a report holds those until 150 ms before the tick. */
function report(ledger: Ledger, count: number): void {
  const sample: Sample = { method: "GET", name: "/", ms: 10, bytes: 1, failure: undefined, intervalMs: 0 };
  const arrivals = { asked: count, started: count, dropped: 0, late: 0 };
  ledger.apply({ ...deltaOf(Array.from({ length: count }, () => sample)), arrivals }, "w");
}

test("Ledger: rates are over the time up to the last report, from the first tick to the end of the run", async () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock, leadMs: 150 });
  ledger.start();
  const rates = () => {
    const { total, arrivals } = ledger.snapshot(CONTEXT);
    return [total.totalPerSecond, total.currentPerSecond, arrivals?.startedPerSecond];
  };
  for (const [untilReportMs, count] of [[850, 85], [850, 100], [850, 100]] as const) {
    await clock.advance(untilReportMs);
    report(ledger, count);
    await clock.advance(1000 - untilReportMs);
    ledger.rotate();
    assert.deepEqual(rates(), [100, 100, 100]);
    assert.equal(ledger.takeSpan().countedMs, count * 10);
  }
  ledger.endLoad();
  await clock.advance(40); // the last requests are answered
  report(ledger, 15);
  ledger.complete();
  assert.deepEqual(rates(), [100, 100, 100]);
  assert.equal(ledger.takeSpan().countedMs, 190);
  assert.equal(ledger.snapshot(CONTEXT).loadMs, 3000);
});

test("LoadTime: after a reset rates are over the time from it to the last report", async () => {
  const clock = new FakeClock();
  const time = new LoadTime(clock, 150);
  time.start();
  await clock.advance(1000);
  time.rotate();
  await clock.advance(300);
  time.reset();
  assert.equal(time.loadMs, 0);
  await clock.advance(700);
  time.rotate();
  assert.equal(time.loadMs, 550);
  assert.equal(time.window.windowMs, 550);
});

test("LoadTime: a run that ends before the first tick has its whole length, and one without a lead the time of its clock", async () => {
  for (const leadMs of [0, 150]) {
    const clock = new FakeClock();
    const time = new LoadTime(clock, leadMs);
    time.start();
    await clock.advance(700);
    time.end();
    await clock.advance(20);
    time.complete();
    assert.deepEqual([time.loadMs, time.takeCountedMs()], [700, 720]);
  }
});

test("LoadTime: a report that the tick did not find has its time in the next span, and its counts in no rate before", async () => {
  const clock = new FakeClock();
  const time = new LoadTime(clock, 150, "told");
  time.start();
  await clock.advance(1000);
  assert.deepEqual([time.takeCountedMs(), time.loadMs], [0, 0]); // nothing has come: the master was late
  await clock.advance(300);
  time.reported("w", 850, 85);
  assert.equal(time.loadMs, 850);
  await clock.advance(550);
  time.reported("w", 1850, 100);
  await clock.advance(150);
  assert.equal(time.takeCountedMs(), 1850);
  await clock.advance(850);
  time.reported("w", 2850, 100);
  await clock.advance(150);
  assert.equal(time.takeCountedMs(), 1000);
});

test("LoadTime: the window of the last ticks is over the time of the reports that it has, also after the stop", async () => {
  const clock = new FakeClock();
  const time = new LoadTime(clock, 150, "told");
  time.start();
  const windows: number[] = [];
  for (const reachMs of [850, undefined, 2850, 3850]) {
    await clock.advance(1000);
    if (reachMs !== undefined) time.reported("w", reachMs, 100);
    time.rotate();
    windows.push(time.window.windowMs);
  }
  assert.deepEqual(windows, [850, 850, 2850, 3850]);
  time.end();
  await clock.advance(50);
  time.reported("w", 4040, 19);
  assert.equal(time.window.windowMs, 4000);
  assert.equal(time.reachedMs, 4000);
});

test("LoadTime: where no worker reports any more, the time goes on", async () => {
  const clock = new FakeClock();
  const time = new LoadTime(clock, 150, "told");
  time.start();
  await clock.advance(1000);
  time.reported("w", 850, 100);
  const looks: number[] = [];
  for (let second = 2; second <= 6; second++) {
    await clock.advance(1000);
    looks.push(time.loadMs);
  }
  assert.deepEqual(looks, [850, 850, 850, 4850, 5850]); // up to three it may be late
  time.reported("w", 5900, 600);
  assert.equal(time.loadMs, 5900);
});

test("LoadTime: what is restored reaches as far as what was saved, and a reader of a journal is told how far it goes on", async () => {
  const clock = new FakeClock();
  const time = new LoadTime(clock, 150, "told");
  time.start();
  await clock.advance(3000);
  time.reported("w", 1850, 200);
  const read = new LoadTime(clock, 150);
  read.restore(time.save(), clock.nowMs());
  assert.deepEqual([read.loadMs, read.reportedMs], [1850, 1850]);
  await clock.advance(20_000);
  assert.equal(read.loadMs, 1850);
  read.reportedMs = 22_850;
  assert.equal(read.loadMs, 22_850);
});
