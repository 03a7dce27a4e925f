import assert from "node:assert/strict";
import { test } from "node:test";
import { Deliveries } from "../../src/master/workers/deliveries.ts";
import { Roster } from "../../src/master/workers/roster.ts";
import { RunDrain } from "../../src/master/run_drain.ts";
import type { DrainingWorker } from "../../src/master/run_event.ts";
import { FakeClock } from "../support/fake_clock.ts";

function openDrain() {
  const clock = new FakeClock();
  const roster = new Roster({ clock });
  const deliveries = new Deliveries("run-1");
  const drain = new RunDrain({ clock, roster, deliveries });
  for (const id of ["w1", "w2"]) {
    roster.greet({ protocol: [1, 0], version: "test", workerId: id, host: "here", threads: 1 });
    roster.declare(id, { kind: "ready", locustfileHash: "own", userClasses: ["V"] });
    roster.assign(id, 1, { V: 3 });
    roster.apply(id, 1, { V: 3 });
    drain.join(id);
  }
  return { clock, roster, deliveries, drain };
}

test("RunDrain.begin() reports a wait after 2 s, and again every 10 s, with the workers and the time that is left", async () => {
  const { clock, deliveries, drain } = openDrain();
  const reports: (readonly DrainingWorker[])[] = [];
  drain.begin(0, () => {}, (workers) => void reports.push(workers));
  deliveries.stopped("w2", 0);
  await clock.advance(1999);
  assert.equal(reports.length, 0);
  await clock.advance(1);
  assert.deepEqual(reports, [[{ id: "w1", state: "here", users: 3, atMostMs: 18_000 }]]);
  await clock.advance(10_000);
  assert.equal(reports.length, 2);
  assert.equal(reports[1]?.[0]?.atMostMs, 8000);
  drain.cancel();
  await clock.advance(60_000);
  assert.equal(reports.length, 2);
});

test("RunDrain.isOver waits longer for a worker whose numbers take their time on a slow line, and says so", async () => {
  const { clock, roster, deliveries, drain } = openDrain();
  const reports: (readonly DrainingWorker[])[] = [];
  drain.begin(0, () => {}, (workers) => void reports.push(workers));
  const check = async (seconds: number, w1: "sends" | "rests") => {
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1000);
      roster.hear("w2");
      if (w1 === "sends") roster.hearPart("w1");
      else roster.hear("w1");
      roster.check();
    }
  };
  deliveries.stopped("w2", 0);
  await check(30, "sends");
  assert.equal(drain.isOver, false);
  assert.deepEqual(reports.at(-1), [{ id: "w1", state: "here", users: 3, atMostMs: 38_000 }]);
  await check(3, "rests");
  assert.equal(drain.isOver, false, "the next one is to come");
  await check(3, "rests");
  assert.equal(drain.isOver, true);
  drain.cancel();
});

test("RunDrain.isOver: a line that is too slow has as long as a missing worker", async () => {
  const { clock, roster, deliveries, drain } = openDrain();
  drain.begin(0, () => {}, () => {});
  deliveries.stopped("w2", 0);
  for (let second = 0; second < 60; second++) {
    assert.equal(drain.isOver, false, `after ${second} s`);
    await clock.advance(1000);
    roster.hearPart("w1");
    roster.check();
  }
  assert.equal(drain.isOver, true);
  drain.cancel();
});

test("RunDrain.begin() gives a missing worker whose link broke the time that a redial takes, and says so", async () => {
  const { clock, roster, deliveries, drain } = openDrain();
  deliveries.stopped("w2", 0);
  roster.loseLink("w1", "the process ended");
  const check = async () => {
    for (let second = 0; second < 3; second++) {
      await clock.advance(1000);
      roster.hear("w2");
      roster.check();
    }
  };
  await check();
  const reports: (readonly DrainingWorker[])[] = [];
  let isLate = false;
  drain.begin(0, () => void (isLate = true), (workers) => void reports.push(workers));
  await check();
  assert.equal(reports[0]?.[0]?.state, "missing");
  assert.ok((reports[0]?.[0]?.atMostMs ?? 0) <= 12_000);
  assert.equal(drain.isOver, false);
  for (let i = 0; i < 4; i++) await check();
  assert.equal(drain.isOver, true);
  assert.equal(isLate, false);
  assert.deepEqual(drain.pendingWorkers(), [{ id: "w1", users: 3, awayMs: 3000 }], "of the load, without the wait");
  drain.cancel();
});

test("RunDrain.expectEarlier() waits for no worker of which an earlier master knew for long that its process had ended", () => {
  const clock = new FakeClock();
  const roster = new Roster({ clock });
  const deliveries = Deliveries.restore({ runId: "run-1", applied: { dead: 4, here: 9 }, finished: [] });
  const drain = new RunDrain({ clock, roster, deliveries });
  drain.expectEarlier([{ id: "dead", silentMs: 18_000, users: 3, brokenBy: "the process ended" }]);
  roster.greet({ protocol: [1, 0], version: "test", workerId: "here", host: "here", threads: 1 });
  roster.declare("here", { kind: "ready", locustfileHash: "own", userClasses: ["V"] });
  drain.begin(0, () => {}, () => {});
  assert.equal(drain.isOver, false, "one is here");
  deliveries.stopped("here", 9);
  assert.equal(drain.isOver, true);
  assert.deepEqual(drain.pendingWorkers(), [{ id: "dead", users: 3, awayMs: 18_000 }]);
  drain.cancel();
});
