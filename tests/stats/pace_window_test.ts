import { strict as assert } from "node:assert";
import { test } from "node:test";
import { NO_FRICTION, type WorkerHealth } from "../../src/protocol/health_message.ts";
import { PaceWindow } from "../../src/stats/pace_window.ts";

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
  pace.rotate();
  assert.equal(pace.read(), undefined);
});

test("PaceWindow.read() sums the workers and takes the mean of the ticks", () => {
  const pace = new PaceWindow();
  pace.observe("w1", health(10, 10));
  pace.observe("w2", health(5, 1));
  pace.rotate();
  pace.observe("w1", health(10, 10));
  pace.observe("w2", health(5, 3));
  pace.rotate();
  assert.deepEqual(pace.read(), { intendedPerSecond: 15, achievedPerSecond: 12 });
});

test("PaceWindow.read() looks back on ten ticks, and forgets a worker that is silent for as long", () => {
  const pace = new PaceWindow();
  pace.observe("w1", health(100, 100));
  pace.observe("w2", health(50, 50));
  pace.rotate();
  for (let i = 0; i < 10; i++) {
    pace.observe("w1", health(20, 19));
    pace.rotate();
  }
  // w2 was silent, but is expected to run on for nine of these ticks.
  assert.deepEqual(pace.read(), { intendedPerSecond: 20 + 45, achievedPerSecond: 19 });
  for (let i = 0; i < 10; i++) {
    pace.observe("w1", health(20, 20));
    pace.rotate();
  }
  assert.deepEqual(pace.read(), { intendedPerSecond: 20, achievedPerSecond: 20 });
});
