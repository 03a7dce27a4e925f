import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "../../support/fake_clock.ts";
import { EMPTY_DELTA } from "../../../src/protocol/delta_message.ts";
import { NO_FRICTION } from "../../../src/protocol/health_message.ts";
import { DESCRIPTION, PLAN, PoolFixture } from "../../support/pool_fixture.ts";
import type { UserMessage } from "../../../src/protocol/user_message.ts";
import { ofKind } from "../../support/scripted_threads.ts";

test("openThreadPool() resolves with the description when every thread has loaded", async () => {
  const fixture = new PoolFixture(2);
  fixture.load(fixture.scripted.at(0));
  fixture.load(fixture.scripted.at(1));
  assert.deepEqual((await fixture.opening).description, DESCRIPTION);
});

test("openThreadPool() rejects with all problems of the locustfile and ends the threads", async () => {
  const fixture = new PoolFixture(2);
  fixture.scripted.at(1).say({ kind: "loadFailed", problems: ["Cannot load a", "Cannot load b"] });
  await assert.rejects(fixture.opening, {
    name: "UsageError",
    code: "locustfile",
    message: "Cannot load a\nCannot load b",
  });
  assert.ok(fixture.scripted.threads.every(({ isTerminated }) => isTerminated));
});

test("openThreadPool() names the file whose import does not end", async () => {
  const fixture = new PoolFixture(1);
  await fixture.live(61_000, [0]);
  await assert.rejects(fixture.opening, /Cannot load "\/tests\/locustfile.ts": the import has not ended within 60 s/);
});

test("openThreadPool() rejects when a thread dies", async () => {
  const fixture = new PoolFixture(2);
  fixture.scripted.at(0).die("out of memory");
  await assert.rejects(fixture.opening, /Thread 0 died: out of memory/);
});

test("ThreadPool.assign() tells `applied` once all threads have taken their share, with the sum", async () => {
  const fixture = new PoolFixture(2);
  await fixture.running(5);
  assert.deepEqual(fixture.applied, [{ epoch: 1, users: { Shopper: 5 } }]);
});

test("ThreadPool.assign() does not tell `applied` while a thread has not answered", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(4);
  pool.assign("run-1", 2, { Shopper: 6 }, { Shopper: [4, 5] });
  fixture.apply(0);
  assert.equal(fixture.applied.length, 1);
  fixture.apply(1);
  assert.deepEqual(fixture.applied.at(-1), { epoch: 2, users: { Shopper: 6 } });
});

test("ThreadPool.assign() of an epoch that was seen starts nobody and tells `applied` again", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(2);
  pool.assign("run-1", 1, { Shopper: 2 }, { Shopper: [0, 1] });
  assert.equal(ofKind(fixture.scripted.at(0).told, "assign").length, 1);
  assert.deepEqual(fixture.applied, [{ epoch: 1, users: { Shopper: 2 } }, { epoch: 1, users: { Shopper: 2 } }]);
});

test("ThreadPool.assign() logs what changes, for --loglevel DEBUG", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(4);
  pool.assign("run-1", 2, { Shopper: 6 }, { Shopper: [4, 5] });
  pool.assign("run-1", 3, { Shopper: 1 }, {});
  assert.deepEqual(fixture.logged.slice(-3), [
    'Spawning additional {"Shopper": 4} ({"Shopper": 0} already running)...',
    'Spawning additional {"Shopper": 2} ({"Shopper": 4} already running)...',
    'Stopping {"Shopper": 5} ({"Shopper": 6} running)...',
  ]);
});

test("ThreadPool.assign() of another run changes nothing", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(2);
  pool.assign("run-0", 9, { Shopper: 0 }, {});
  assert.equal(ofKind(fixture.scripted.at(0).told, "assign").length, 1);
});

test("ThreadPool.assign() does not wait for a thread that hangs", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(4);
  await fixture.live(3000, [0]);
  pool.assign("run-1", 2, { Shopper: 6 }, { Shopper: [4, 5] });
  fixture.apply(0);
  assert.deepEqual(fixture.applied.at(-1), { epoch: 2, users: { Shopper: 5 } }, "the hung one still has its 2");
});

test("ThreadPool.takeHealth() names the class and task in which a thread hangs, and the log does so once", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(4);
  fixture.showActivity(1, 1);
  await fixture.live(3000, [0]);
  const { hung } = pool.takeHealth();
  assert.deepEqual(hung.map(({ thread, doing }) => [thread, doing]), [[1, "Shopper.order"]]);
  const lines = fixture.logged.filter((line) => line.includes("Shopper.order never awaits"));
  assert.equal(lines.length, 1);
});

test("ThreadPool.takeHealth() forgets a hang when the thread answers again", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  await fixture.live(3000, []);
  await fixture.live(500, [0]);
  assert.deepEqual(pool.takeHealth().hung, []);
  assert.ok(fixture.logged.includes("Thread 0 answers again"));
});

test("ThreadPool tells compilers of its process again and again to stand back", async () => {
  const fixture = new PoolFixture(1);
  await fixture.live(1000, [0]);
  assert.equal(fixture.stoodBack, 4);
});

test("ThreadPool does not call a thread hung after the machine was suspended", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  await fixture.live(500, [0]);
  fixture.clock.skip(3_600_000);
  await fixture.live(500, [0]);
  assert.deepEqual(pool.takeHealth().hung, []);
});

test("ThreadPool.stop() tells `stopped` when all threads have stopped", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(4);
  pool.stop("run-1");
  fixture.scripted.at(0).say({ kind: "stopped", runId: "run-1", leftBehind: 0 });
  assert.deepEqual(fixture.stopped, []);
  fixture.scripted.at(1).say({ kind: "stopped", runId: "run-1", leftBehind: 0 });
  assert.deepEqual(fixture.stopped, [[]]);
});

test("ThreadPool.stop() tells how many users a thread had to leave behind", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(4);
  pool.stop("run-1");
  fixture.scripted.at(0).say({ kind: "stopped", runId: "run-1", leftBehind: 3 });
  assert.deepEqual(fixture.stopped[0]?.map(({ thread, users }) => [thread, users]), [[0, 3]]);
});

test("ThreadPool.stop() ends a hung thread by force after the grace time and names what was lost", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(4);
  fixture.showActivity(1, 1);
  pool.stop("run-1");
  fixture.scripted.at(0).say({ kind: "stopped", runId: "run-1", leftBehind: 0 });
  await fixture.live(5500, [0]);
  assert.deepEqual(fixture.stopped, [], "within the grace time it is waited for");
  await fixture.live(1500, [0]);
  assert.deepEqual(fixture.stopped, [[{ thread: 1, users: 2, doing: "Shopper.order" }]]);
  assert.ok(fixture.scripted.at(1).isTerminated);
});

test("ThreadPool.stop() waits for a thread that is slow but alive", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  pool.stop("run-1");
  await fixture.live(20_000, [0]);
  assert.deepEqual(fixture.stopped, []);
  fixture.scripted.at(0).say({ kind: "stopped", runId: "run-1", leftBehind: 0 });
  assert.equal(fixture.stopped.length, 1);
});

test("ThreadPool gives the users of a thread that died to the others, with their numbers", async () => {
  const fixture = new PoolFixture(2);
  await fixture.running(4);
  fixture.scripted.at(0).die("it left with exit code 1");
  const assign = ofKind(fixture.scripted.at(1).told, "assign").at(-1);
  assert.deepEqual(assign?.users, { Shopper: 4 });
  assert.ok((assign?.epoch ?? 0) > 1, "a thread ignores an epoch that it has seen");
  assert.equal(assign?.fresh["Shopper"]?.length, 2);
  assert.ok(fixture.logged.some((line) => line.startsWith("Thread 0 died: it left with exit code 1")));
  assert.deepEqual(fixture.failed, []);
});

test("ThreadPool says when the last thread died", async () => {
  const fixture = new PoolFixture(1);
  await fixture.running(2);
  fixture.scripted.at(0).die("boom");
  assert.deepEqual(fixture.failed, ["no thread is left to run users; the last one died: boom"]);
});

test("ThreadPool.stop() with a thread that dies meanwhile tells its users as left behind", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(2);
  pool.stop("run-1");
  fixture.scripted.at(0).die("boom");
  assert.deepEqual(fixture.stopped[0]?.map(({ users }) => users), [2]);
});

test("ThreadPool.startRun() replaces a thread that was lost", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(2);
  fixture.scripted.at(0).die("boom");
  pool.startRun({ ...PLAN, runId: "run-2" });
  assert.deepEqual(fixture.scripted.at(2).told.map(({ kind }) => kind), ["load", "startRun"]);
});

test("ThreadPool.startRun() goes on without a replacement whose load fails", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(2);
  fixture.scripted.at(0).die("boom");
  pool.startRun({ ...PLAN, runId: "run-2" });
  pool.assign("run-2", 1, { Shopper: 2 }, { Shopper: [0, 1] });
  fixture.scripted.at(2).say({ kind: "loadFailed", problems: ["Cannot load it"] });
  assert.deepEqual(ofKind(fixture.scripted.at(1).told, "assign").at(-1)?.users, { Shopper: 2 });
});

test("ThreadPool hands on what the threads say", async () => {
  const fixture = new PoolFixture(1);
  await fixture.running(1);
  const thread = fixture.scripted.at(0);
  const messages: UserMessage[] = [
    { kind: "custom", type: "ping", data: { a: 1 } },
    { kind: "report", data: { extra: 2 } },
    { kind: "stopTest", message: "enough", failed: false },
    { kind: "listenerFailed", event: "request", text: "it threw", times: 3 },
    { kind: "log", level: "INFO", logger: "x", message: "hello" },
  ];
  for (const message of messages) thread.say({ kind: "userMessage", message });
  assert.deepEqual(fixture.said, messages.map((message) => JSON.stringify(message)));
});

test("ThreadPool.run tells the numbers that were given and not used", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  pool.assign("run-1", 2, { Shopper: 1 }, { Shopper: [7] });
  assert.deepEqual(pool.run?.spareIndexes, { Shopper: [7] });
  assert.equal(pool.run?.epoch, 2);
});

test("ThreadPool tells what several threads print while they import the locustfile once", async () => {
  const fixture = new PoolFixture(2);
  const line = { kind: "log", level: "INFO", logger: "locustfile", message: "loaded" } as const;
  for (const thread of fixture.scripted.threads) {
    thread.say({ kind: "userMessage", message: { ...line, during: "load" } });
    thread.say({ kind: "userMessage", message: { ...line, message: "in a task" } });
  }
  await settle();
  const told = (message: string) => fixture.said.filter((said) => said.includes(`"message":"${message}"`)).length;
  assert.equal(told("loaded"), 1);
  assert.equal(told("in a task"), 2);
});

test("ThreadPool.processEvent() fires in one thread", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(1);
  pool.processEvent("usageMonitor", { cpuUsage: 5 });
  const heard = fixture.scripted.threads.map((thread) => thread.told.filter(({ kind }) => kind === "event").length);
  assert.deepEqual(heard, [1, 0]);
});

test("ThreadPool's disposal lets each thread have its last word", async () => {
  const fixture = new PoolFixture(2);
  const pool = await fixture.running(1);
  pool.exitCode = 3;
  const disposed = pool[Symbol.asyncDispose]();
  await settle();
  for (const thread of fixture.scripted.threads) {
    assert.deepEqual(thread.told.at(-1), { kind: "quit", exitCode: 3 });
    thread.say({ kind: "left" });
  }
  await disposed;
  assert.ok(fixture.scripted.threads.every(({ isTerminated }) => isTerminated));
  assert.equal(fixture.clock.pendingTimers, 0);
});

test("ThreadPool's disposal waits no longer than its grace time", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  const disposed = pool[Symbol.asyncDispose]();
  await fixture.live(6000, [0]);
  await disposed;
  assert.ok(fixture.scripted.at(0).isTerminated);
});

test("ThreadPool.takeHealth() keeps the worse of two reports of a thread, and counts friction once", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  const report = (loopLagP99Ms: number, queued: number) =>
    fixture.scripted.at(0).say({
      kind: "delta",
      pace: "due",
      runId: "run-1",
      delta: EMPTY_DELTA,
      health: { loopLagP99Ms, latenessP99Ms: 0, users: {}, friction: { ...NO_FRICTION, queued } },
    });
  report(1500, 2); // the late report of a process that was stopped …
  report(1, 1); // … and its next one, before anything else runs
  await settle();
  const { loopLagP99Ms, friction } = pool.takeHealth();
  assert.deepEqual([loopLagP99Ms, friction?.queued], [1500, 3]);
  assert.deepEqual(pool.takeHealth().friction?.queued, 0);
});

test("ThreadPool.takeHealth() says once what a thread that answers again hung in", async () => {
  const fixture = new PoolFixture(1);
  const pool = await fixture.running(1);
  fixture.scripted.at(0).say({
    kind: "delta",
    pace: "due",
    runId: "run-1",
    delta: EMPTY_DELTA,
    health: { loopLagP99Ms: 0, latenessP99Ms: 0, users: {}, stoodIn: 1 },
  });
  await settle();
  assert.deepEqual(pool.takeHealth().stood, [{ thread: 0, doing: "Shopper.order" }]);
  assert.equal(pool.takeHealth().stood, undefined);
});
