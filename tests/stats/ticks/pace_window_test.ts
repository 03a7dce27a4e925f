import { strict as assert } from "node:assert";
import { test } from "node:test";
import { NO_FRICTION, type WorkerHealth } from "../../../src/protocol/health_message.ts";
import { PaceWindow } from "../../../src/stats/ticks/pace_window.ts";

const health = (pacedPerSecond: number | undefined, pacedStarts: number): WorkerHealth => ({
  cpuPercent: 0,
  machineCpuPercent: 0,
  rssBytes: 0,
  loopLagP99Ms: 0,
  latenessP99Ms: 0,
  hung: [],
  friction: { ...NO_FRICTION, pacedStarts },
  ...(pacedPerSecond === undefined ? {} : { pacedPerSecond }),
});

test("PaceWindow.read() is nothing where no user is paced", () => {
  const pace = new PaceWindow();
  assert.equal(pace.read(), undefined);
  pace.observe("w1", health(undefined, 0));
  pace.rotate(1000);
  assert.equal(pace.read(), undefined);
});

test("PaceWindow.read() sums the workers and takes the mean of the ticks", () => {
  const pace = new PaceWindow();
  pace.observe("w1", health(10, 10));
  pace.observe("w2", health(5, 1));
  pace.rotate(1000);
  pace.observe("w1", health(10, 10));
  pace.observe("w2", health(5, 3));
  pace.rotate(1000);
  // The users came within the first tick, as it seems.
  assert.deepEqual(pace.read(), { intendedPerSecond: 13, achievedPerSecond: 12 });
});

test("PaceWindow.read() looks back on ten ticks, and forgets a worker that is silent for as long", () => {
  const pace = new PaceWindow();
  pace.observe("w1", health(100, 100));
  pace.observe("w2", health(50, 50));
  pace.rotate(1000);
  for (let i = 0; i < 10; i++) {
    pace.observe("w1", health(20, 19));
    pace.rotate(1000);
  }
  // w2 was silent, but is expected to run on for nine of these ticks. In the first one w1 had more users at its beginning, in the last one w2.
  assert.deepEqual(pace.read(), { intendedPerSecond: 20 + 40 / 10 + 45 + 2.5, achievedPerSecond: 19 });
  for (let i = 0; i < 10; i++) {
    pace.observe("w1", health(20, 20));
    pace.rotate(1000);
  }
  assert.deepEqual(pace.read(), { intendedPerSecond: 20, achievedPerSecond: 20 });
});

test("PaceWindow.read() asks for what the users that were there ask for, while their number grows", () => {
  const pace = new PaceWindow();
  for (const [users, starts] of [[10, 5], [20, 15], [30, 25], [30, 30]] as const) {
    pace.observe("w1", health(users, starts));
    pace.rotate(1000);
    const { intendedPerSecond = 0, achievedPerSecond = -1 } = pace.read() ?? {};
    assert.equal(achievedPerSecond, intendedPerSecond, `${users} users`);
  }
});

test("PaceWindow.read() asks for all of users that were there from the beginning of a tick on, and for what slow ones do not do", () => {
  const pace = new PaceWindow();
  pace.observe("w1", health(50, 50));
  pace.rotate(1000);
  assert.deepEqual(pace.read(), { intendedPerSecond: 50, achievedPerSecond: 50 });
  pace.observe("w1", health(50, 10));
  pace.rotate(1000);
  assert.deepEqual(pace.read(), { intendedPerSecond: 50, achievedPerSecond: 30 });
});

test("PaceWindow.read() divides by the time that late ticks took: a master that stood still makes no pace too high", () => {
  const pace = new PaceWindow();
  pace.observe("w1", health(8, 36));
  pace.rotate(4500);
  assert.deepEqual(pace.read(), { intendedPerSecond: 8, achievedPerSecond: 8 });
  pace.observe("w1", health(8, 4));
  pace.rotate(500);
  assert.deepEqual(pace.read(), { intendedPerSecond: 8, achievedPerSecond: 8 });
});
