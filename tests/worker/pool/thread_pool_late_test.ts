import assert from "node:assert/strict";
import { test } from "node:test";
import type { ThreadPool } from "../../../src/worker/pool/thread_pool.ts";
import { settle } from "../../support/fake_clock.ts";
import { PLAN, PoolFixture } from "../../support/pool_fixture.ts";
import { ofKind } from "../../support/scripted_threads.ts";

/** Two threads, the second of which waits, and a run whose first user has started in the first. */
async function runWithOneLate(): Promise<{ readonly fixture: PoolFixture; readonly pool: ThreadPool }> {
  const fixture = new PoolFixture(2, undefined, 1);
  fixture.load(fixture.scripted.at(0));
  const pool = await fixture.opening;
  pool.startRun(PLAN);
  pool.assign("run-1", 1, { Shopper: 1 }, { Shopper: [0] });
  fixture.apply(0);
  await settle();
  return { fixture, pool };
}

const kinds = (fixture: PoolFixture, thread: number) => fixture.scripted.at(thread).told.map(({ kind }) => kind);

test("ThreadPool opens, and its first users start, without the threads that are to start later", async () => {
  const { fixture } = await runWithOneLate();
  assert.equal(fixture.scripted.threads.length, 1);
  assert.deepEqual(fixture.applied, [{ epoch: 1, users: { Shopper: 1 } }]);
});

test("ThreadPool starts late threads soon after it was opened; once loaded, they join the run in the rhythm of the others", async () => {
  const { fixture, pool } = await runWithOneLate();
  const askedWallMs = fixture.clock.wallMs();
  pool.custom("rows", [1, 2]);
  await fixture.clock.advance(100);
  assert.deepEqual(kinds(fixture, 1), ["load"], "the rest waits until it has listeners");
  fixture.load(fixture.scripted.at(1));
  assert.deepEqual(kinds(fixture, 1), ["load", "startRun", "custom"]);
  const [start] = ofKind(fixture.scripted.at(1).told, "startRun");
  assert.equal(start?.askedWallMs, askedWallMs);
  assert.equal(ofKind(fixture.scripted.at(0).told, "startRun")[0]?.askedWallMs, undefined);
});

test("ThreadPool starts a late thread with its first user", async () => {
  const { fixture, pool } = await runWithOneLate();
  pool.assign("run-1", 2, { Shopper: 2 }, { Shopper: [1] });
  assert.deepEqual(kinds(fixture, 1), ["load"]);
  assert.equal(fixture.applied.length, 1, "its user has yet to start");
  fixture.load(fixture.scripted.at(1));
  assert.deepEqual(ofKind(fixture.scripted.at(1).told, "assign").map(({ users, fresh }) => [users, fresh]), [
    [{ Shopper: 1 }, { Shopper: [1] }],
  ]);
  fixture.apply(1);
  assert.deepEqual(fixture.applied.at(-1), { epoch: 2, users: { Shopper: 2 } });
  await fixture.clock.advance(100);
  assert.equal(fixture.scripted.threads.length, 2, "it is started once");
});

test("ThreadPool starts late threads for arrivals", async () => {
  const { fixture, pool } = await runWithOneLate();
  pool.arrive({ runId: "run-1", epoch: 1, runMs: 0, streams: [] });
  fixture.load(fixture.scripted.at(1));
  assert.deepEqual(kinds(fixture, 1), ["load", "startRun", "arrivals"]);
});

test("ThreadPool.stop() does not wait for a late thread, loaded or not, in which no user ever was", async () => {
  for (const isStarted of [false, true]) {
    const { fixture, pool } = await runWithOneLate();
    if (isStarted) await fixture.clock.advance(100);
    pool.stop("run-1");
    fixture.scripted.at(0).say({ kind: "stopped", runId: "run-1", leftBehind: 0 });
    assert.deepEqual(fixture.stopped, [[]]);
    await fixture.clock.advance(1000);
    assert.deepEqual(
      fixture.scripted.threads.map(({ isTerminated }) => isTerminated),
      isStarted ? [false, true] : [false],
    );
  }
});

test("ThreadPool.startRun() starts a thread that an earlier run did without", async () => {
  const { fixture, pool } = await runWithOneLate();
  pool.stop("run-1");
  fixture.scripted.at(0).say({ kind: "stopped", runId: "run-1", leftBehind: 0 });
  pool.startRun({ ...PLAN, runId: "run-2" });
  assert.deepEqual(kinds(fixture, 1), ["load", "startRun"]);
});

test("ThreadPool: a late thread that cannot load the locustfile is lost like one that dies, and its users go to the others", async () => {
  const { fixture, pool } = await runWithOneLate();
  pool.assign("run-1", 2, { Shopper: 2 }, { Shopper: [1] });
  fixture.scripted.at(1).say({ kind: "loadFailed", problems: ["Cannot start: no port is free"] });
  assert.match(fixture.logged.join("\n"), /Thread 1 died: Cannot start: no port is free/);
  assert.deepEqual(ofKind(fixture.scripted.at(0).told, "assign").at(-1)?.users, { Shopper: 2 });
});

test("ThreadPool gives up a late thread that gets a thousand messages before it has loaded", async () => {
  const { fixture, pool } = await runWithOneLate();
  await fixture.clock.advance(100);
  for (let sent = 0; sent < 1001; sent++) pool.custom("row", sent);
  assert.match(fixture.logged.join("\n"), /Thread 1 died: it was sent more than 1000 messages before it had loaded/);
  assert.equal(fixture.scripted.at(1).isTerminated, true);
});
