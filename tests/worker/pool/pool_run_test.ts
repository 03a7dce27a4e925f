import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../../support/fake_clock.ts";
import { PoolFixture } from "../../support/pool_fixture.ts";
import { ofKind } from "../../support/scripted_threads.ts";

const ORDER = { runId: "run-1", epoch: 1, streams: [] };

function toldOf(fixture: PoolFixture, thread: number): unknown[] {
  return ofKind(fixture.scripted.at(thread).told, "arrivals").map(({ order }) => [order.runMs, order.reading?.atMs]);
}

test("ThreadPool tells each thread one reading of the run's time, that of the order that was under way least", async () => {
  const fixture = new PoolFixture(2, { id: "m", differenceMs: () => 70_000 });
  const pool = await fixture.running(2);
  await fixture.clock.advance(8);
  pool.arrive({ ...ORDER, runMs: 0 });
  await fixture.clock.advance(1000);
  pool.arrive({ ...ORDER, epoch: 0, runMs: 1003 }); // 5 ms less than the first one
  await fixture.clock.advance(1020);
  pool.arrive({ ...ORDER, epoch: 0, runMs: 2003 });
  await settle();
  const readings = [[0, 70_008], [1003, 71_008], [2023, 72_028]];
  assert.deepEqual(toldOf(fixture, 0), readings);
  assert.deepEqual(toldOf(fixture, 1), readings);
});

test("ThreadPool believes another master's clock at once", async () => {
  const fixture = new PoolFixture(1, { id: "m", differenceMs: () => 0 });
  const pool = await fixture.running(1);
  pool.arrive({ ...ORDER, runMs: 500 });
  pool.pauseArrivals("run-1");
  await fixture.clock.advance(1000);
  pool.arrive({ ...ORDER, epoch: 2, runMs: 900 });
  assert.deepEqual(toldOf(fixture, 0), [[500, 0], [900, 1000]]);
});

test("ThreadPool passes no reading on where the machine has no clock for all", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  pool.arrive({ ...ORDER, runMs: 500 });
  assert.deepEqual(toldOf(fixture, 0), [[500, undefined]]);
});

test("ThreadPool takes the time of a master on the same machine as it was read, and no other machine's", async () => {
  const fixture = new PoolFixture(1, { id: "m", differenceMs: () => 0 });
  const pool = await fixture.running(1);
  await fixture.clock.advance(50);
  pool.arrive({ ...ORDER, runMs: 500, reading: { clock: "m", atMs: 20 } });
  pool.arrive({ ...ORDER, epoch: 0, runMs: 510, reading: { clock: "other", atMs: 7 } });
  assert.deepEqual(toldOf(fixture, 0), [[530, 50], [510, 50]]);
});
