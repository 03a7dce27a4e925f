import assert from "node:assert/strict";
import { test } from "node:test";
import type { ShapeTick } from "../../../src/protocol/control_message.ts";
import { RunLoad } from "../../../src/master/load/run_load.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A load whose orders are noted; a target goes straight to its ramp, as in a run. `shape` answers each tick. */
function openLoad(shape: (runTimeSeconds: number) => ShapeTick | null = () => null) {
  const clock = new FakeClock();
  const noted: string[] = [];
  const load: RunLoad = new RunLoad({
    clock,
    onUsers: (users) => noted.push(`${users} users at ${clock.nowMs()}`),
    onTarget(users, spawnRate, only) {
      noted.push(`target ${users} at ${spawnRate}${only === undefined ? "" : ` of ${only.join()}`}`);
      load.ramp.go(users, spawnRate);
    },
    onEnd: (reason) => noted.push(`end: ${JSON.stringify(reason)}`),
    askShape: (runTimeSeconds) => Promise.resolve(shape(runTimeSeconds)),
  });
  return { clock, load, noted };
}

test("RunLoad.start() asks for the users of the request, which the ramp reaches at its rate", async () => {
  const { clock, load, noted } = openLoad();
  load.start({ kind: "users", users: 3, spawnRate: 2 }, 0);
  await clock.advance(10_000);
  assert.deepEqual(noted, ["target 3 at 2", "1 users at 0", "2 users at 500", "3 users at 1000"]);
});

test("RunLoad.start() asks a shape each second, from the time at which a resumed run is, until it ends", async () => {
  const asked: number[] = [];
  const { clock, load, noted } = openLoad((seconds) => {
    asked.push(seconds);
    return seconds < 32 ? { users: 1, spawnRate: 1, userClasses: ["Shopper"] } : null;
  });
  load.start({ kind: "shape", shape: "Steps" }, 30_000);
  await clock.advance(5000);
  assert.deepEqual(asked, [30, 31, 32]);
  assert.deepEqual(noted, [
    "target 1 at 1 of Shopper",
    "1 users at 0",
    'end: {"kind":"shapeEnded","shape":"Steps"}',
  ]);
});

test("RunLoad.setRunTime() ends the run when its time is over, whatever the limit was before", async () => {
  const { clock, load, noted } = openLoad();
  load.setRunTime(10, 0);
  await clock.advance(4000);
  load.setRunTime(6, 4000);
  await clock.advance(1999);
  assert.deepEqual(noted, []);
  await clock.advance(1);
  assert.deepEqual(noted, ['end: {"kind":"runTime","seconds":6}']);
  await clock.advance(10_000);
  assert.equal(noted.length, 1);
});

test("RunLoad.setRunTime() of a time that is over ends the run at once, and undefined takes the limit away", async () => {
  const { clock, load, noted } = openLoad();
  load.setRunTime(5, 60_000);
  await clock.advance(0);
  assert.deepEqual(noted, ['end: {"kind":"runTime","seconds":5}']);
  load.setRunTime(70, 60_000);
  load.setRunTime(undefined, 60_000);
  await clock.advance(100_000);
  assert.equal(noted.length, 1);
});

test("RunLoad.cancel() ends ramp, shape and run time, and no later limit counts", async () => {
  const { clock, load, noted } = openLoad(() => ({ users: 9, spawnRate: 1 }));
  load.setRunTime(5, 0);
  load.start({ kind: "shape", shape: "Steps" }, 0);
  await clock.advance(1000);
  const before = noted.length;
  load.cancel();
  load.setRunTime(1, 0);
  await clock.advance(60_000);
  assert.deepEqual(noted.slice(before), []);
  assert.equal(load.ramp.isComplete, false);
});
