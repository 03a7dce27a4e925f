import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_DELTA } from "../../src/protocol/delta_message.ts";
import type { WorkerHealth } from "../../src/protocol/health_message.ts";
import { settle } from "../support/fake_clock.ts";
import { RunBench } from "../support/run_bench.ts";

const HEALTH: WorkerHealth = {
  cpuPercent: 10,
  machineCpuPercent: 20,
  rssBytes: 1,
  loopLagP99Ms: 1,
  latenessP99Ms: 1,
  hung: [],
};

const usersOf = (bench: RunBench, id: string) => bench.assignments(id).at(-1)?.users["Shopper"] ?? 0;

test("Run: from the plan to the verdict, with runStarted first and runEnded last", async () => {
  const bench = new RunBench({ runTimeSeconds: 10 });
  bench.join("w1");
  bench.run.planWorkers();
  assert.deepEqual(bench.kinds("w1"), ["startRun", "assign"]);
  assert.deepEqual(bench.assignments("w1").at(-1)?.users ?? {}, {});
  bench.applyAll();
  bench.run.begin();
  await bench.clock.advance(100);
  assert.equal(usersOf(bench, "w1"), 4);
  assert.equal(bench.run.state, "spawning");
  bench.applyAll();
  assert.equal(bench.run.state, "running");
  assert.equal(bench.kinds("w1").at(-1), "spawningComplete");
  bench.deliver("w1", 7);
  await bench.clock.advance(9900);
  assert.equal(bench.run.state, "stopping");
  assert.equal(bench.kinds("w1").at(-1), "stop");
  bench.deliver("w1", 3);
  bench.end("w1");
  await bench.run.drained;
  const { reason, snapshot } = bench.run.conclude();
  assert.deepEqual(reason, { kind: "runTime", seconds: 10 });
  assert.deepEqual([snapshot.total.requests, snapshot.state], [10, "stopped"]);
  const kinds = bench.events.map(({ kind }) => kind);
  assert.deepEqual([kinds[0], kinds.at(-1)], ["runStarted", "runEnded"]);
  assert.equal(kinds.filter((kind) => kind === "ticked").length, 10);
  assert.deepEqual(bench.eventsOf("rampCompleted").map(({ users }) => users), [4]);
});

test("Run: ticks are due at whole seconds, and a moment later where arrivals of round rates are due then", async () => {
  const shopper = { name: "Shopper", weight: 1, fixedCount: 0 };
  const open = {
    classes: [shopper],
    load: { kind: "users", users: 0, spawnRate: 1 },
    arrivals: [{
      classes: [{ name: "Shopper", weight: 1 }],
      pattern: "even",
      curve: { countBefore: 0, points: [[0, 100]] },
      maxUsers: 5,
    }],
  } as const;
  const ticksAfter = async (bench: RunBench, ms: number) => {
    await bench.clock.advance(ms);
    return bench.eventsOf("ticked").length;
  };
  const closed = new RunBench();
  closed.open("w1");
  assert.deepEqual([await ticksAfter(closed, 999), await ticksAfter(closed, 1), await ticksAfter(closed, 1000)], [
    0,
    1,
    2,
  ]);
  const arriving = new RunBench(open);
  arriving.open("w1");
  const counts: number[] = [];
  for (const ms of [1000, 4, 1, 999, 1]) counts.push(await ticksAfter(arriving, ms));
  assert.deepEqual(counts, [0, 0, 1, 1, 2], "between two arrivals of 100/s");
});

test("Run: a target rate whose class has no user is a doubt of the verdict, from the end of the ramp on", async () => {
  const reader = {
    kind: "target",
    classes: [{ name: "Reader", weight: 1 }],
    pattern: "even",
    curve: { countBefore: 0, points: [[0, 30]] },
    maxUsers: 1000,
  } as const;
  const bench = new RunBench({ runTimeSeconds: 10, targets: [reader] });
  await bench.begin("w1");
  await bench.clock.advance(9900);
  bench.end("w1");
  await bench.run.drained;
  const { verdict } = bench.run.conclude();
  const said = verdict.doubts.map(({ sentence }) => sentence);
  assert.ok(
    said.includes('No user of "Reader" was there while its target rate asked for about 297 tasks'),
    said.join("\n"),
  );
});

test("Run.takeReady() gives a worker that comes later its part of the users, and the plan before it", async () => {
  const bench = new RunBench();
  await bench.begin("w1");
  bench.join("w2");
  assert.deepEqual(bench.kinds("w2").slice(0, 2), ["startRun", "assign"]);
  assert.deepEqual([usersOf(bench, "w1"), usersOf(bench, "w2")], [2, 2]);
});

test("Run.workersChanged() moves the users of a worker that left to the others", async () => {
  const bench = new RunBench();
  await bench.begin("w1", "w2");
  assert.deepEqual([usersOf(bench, "w1"), usersOf(bench, "w2")], [2, 2]);
  bench.roster.leave("w2", "SIGTERM");
  bench.run.workersChanged();
  assert.equal(usersOf(bench, "w1"), 4);
});

test("Run.stop() counts what comes while it drains, waits for each worker, and lets nothing start again", async () => {
  const bench = new RunBench();
  await bench.begin("w1", "w2");
  bench.run.stop({ kind: "requested" });
  bench.run.stop({ kind: "quit", message: "" });
  await bench.run.stopping;
  bench.deliver("w1", 2);
  bench.end("w1");
  assert.equal(bench.run.state, "stopping", "w2 is waited for");
  bench.run.setTarget(100, 100);
  assert.equal(usersOf(bench, "w1"), 2, "no target after the stop");
  bench.deliver("w2", 3);
  bench.end("w2");
  await bench.run.drained;
  const { reason, snapshot } = bench.run.conclude();
  assert.deepEqual([reason.kind, snapshot.total.requests], ["requested", 5]);
  assert.equal(bench.eventsOf("stopping").length, 1);
});

test("Run.resetStats() drops what started before it, also what arrives later", async () => {
  const bench = new RunBench();
  bench.open("w1");
  await bench.clock.advance(1000);
  bench.applyAll();
  bench.deliver("w1", 5);
  bench.run.resetStats();
  assert.equal(bench.kinds("w1").at(-1), "resetStats");
  assert.equal(bench.eventsOf("statsReset")[0]?.snapshot?.total.requests, 5);
  bench.deliver("w1", 4);
  bench.deliver("w1", 3, 1);
  assert.equal(bench.run.snapshot().total.requests, 3);
});

test("Run.setRunTime() counts from the start; one that is over ends the run at once", async () => {
  const bench = new RunBench();
  bench.open("w1");
  await bench.clock.advance(5000);
  bench.run.setRunTime(8);
  await bench.clock.advance(2000);
  assert.notEqual(bench.run.state, "stopping");
  bench.run.setRunTime(undefined);
  await bench.clock.advance(5000);
  assert.notEqual(bench.run.state, "stopping");
  bench.run.setRunTime(8);
  await bench.clock.advance(0);
  assert.equal(bench.run.state, "stopping");
});

test("Run: a shape sets the targets each second, and its end ends the run", async () => {
  const bench = new RunBench({ load: { kind: "shape", shape: "Steps" } });
  bench.shape = (seconds) => seconds >= 3 ? null : { users: seconds < 2 ? 2 : 6, spawnRate: 100 };
  bench.open("w1");
  const seen: number[] = [];
  for (let second = 0; second < 4; second++) {
    await bench.clock.advance(900);
    await settle();
    bench.applyAll();
    seen.push(usersOf(bench, "w1"));
    await bench.clock.advance(100);
  }
  assert.deepEqual(seen.slice(0, 3), [2, 2, 6]);
  assert.equal(bench.run.state, "stopping");
  assert.equal(bench.eventsOf("stopping")[0]?.reason.kind, "shapeEnded");
});

test("Run: users that an exception ended are a doubt of the verdict", async () => {
  const bench = new RunBench({ runTimeSeconds: 2 });
  await bench.begin("w1");
  bench.deliver("w1", 10);
  bench.run.hear("w1", {
    kind: "stats",
    runId: bench.run.id,
    seq: 2,
    spanMs: 1000,
    delta: { ...EMPTY_DELTA, lostUsers: 3 },
  });
  await bench.clock.advance(1900);
  bench.run.hear("w1", { kind: "stopped", runId: bench.run.id, lastSeq: 2, abandoned: 0 });
  await bench.run.drained;
  const { verdict } = bench.run.conclude();
  assert.equal(verdict.kind, "invalid");
  assert.deepEqual(verdict.doubts.filter(({ kind }) => kind === "users-lost").map(({ sentence }) => sentence), [
    "An exception ended 3 of 4 users while the load ran",
  ]);
});

for (
  const [says, abandoned, isHungAtLast, kind] of [
    ["answers again while the run stops", 1, false, "degraded"],
    ["ends in order after the last heartbeat", 0, true, "degraded"],
    ["never answers", 2, true, "invalid"],
  ] as const
) {
  test(`Run: a thread that hangs at the stop and ${says} makes the run ${kind}`, async () => {
    const bench = new RunBench({ runTimeSeconds: 2 });
    await bench.begin("w1");
    bench.deliver("w1", 10);
    const health = { ...HEALTH, hung: [{ thread: 0, silentMs: 2500, doing: "Shopper.order" }] };
    bench.run.observe("w1", health);
    await bench.clock.advance(2000);
    assert.equal(bench.run.state, "stopping");
    bench.run.observe("w1", isHungAtLast ? health : HEALTH);
    bench.run.hear("w1", { kind: "stopped", runId: bench.run.id, lastSeq: 1, abandoned });
    await bench.run.drained;
    const { verdict } = bench.run.conclude();
    assert.deepEqual(verdict.doubts.filter((each) => each.kind === "thread-hung").map(({ severity }) => severity), [
      kind,
    ]);
  });
}
