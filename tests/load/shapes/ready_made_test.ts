import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { doubleWave, ramp, spike, steps } from "../../../src/load/shapes/ready_made.ts";
import { fromStages } from "../../../src/load/shapes/stages.ts";

test("ramp() starts from its users, climbs and holds", () => {
  const shape = ramp({ from: 10, to: 110, rampSeconds: 50, holdSeconds: 20 });
  assert.deepEqual(shape(0), { users: 10, spawnRate: 10 });
  assert.deepEqual(shape(1), { users: 110, spawnRate: 2 });
  assert.equal(shape(60)?.users, 110);
  assert.equal(shape(70), null);
});

test("spike() leaves the base once, for its time", () => {
  const shape = spike({ baseUsers: 10, spikeUsers: 100, spikeAtSeconds: 20, spikeSeconds: 5, totalSeconds: 60 });
  assert.deepEqual([0, 19, 20, 24, 25, 59].map((s) => shape(s)?.users), [10, 10, 100, 100, 10, 10]);
  assert.deepEqual(shape(20), { users: 100, spawnRate: 90 });
  assert.equal(shape(60), null);
});

test("steps() adds users every step", () => {
  const shape = steps({ stepUsers: 10, stepSeconds: 30, spawnRate: 5, totalSeconds: 90 });
  assert.deepEqual([0, 29.9, 30, 89].map((s) => shape(s)?.users), [10, 10, 20, 30]);
  assert.equal(shape(90), null);
});

test("doubleWave() peaks at one and two thirds and is at its base at both ends", () => {
  const shape = doubleWave({ minUsers: 20, firstPeakUsers: 60, secondPeakUsers: 40, totalSeconds: 600 });
  const at = (seconds: number) => shape(seconds)?.users ?? NaN;
  assert.ok(Math.abs(at(200) - 60) <= 1);
  assert.ok(Math.abs(at(400) - 40) <= 1);
  assert.ok(at(0) <= 21 && at(599) <= 21);
  assert.ok(at(300) < at(200) && at(300) < at(400) + 1);
  assert.equal(shape(600), null);
});

test("ready-made shapes give whole users and a rate above 0 at any time, then end", () => {
  const all = [
    ramp({ to: 50, rampSeconds: 10, holdSeconds: 10 }),
    spike({ baseUsers: 0, spikeUsers: 9, spikeAtSeconds: 0, spikeSeconds: 3, totalSeconds: 20 }),
    steps({ stepUsers: 3, stepSeconds: 7, spawnRate: 2, totalSeconds: 20 }),
    doubleWave({ minUsers: 1, firstPeakUsers: 9, secondPeakUsers: 5, totalSeconds: 20 }),
    fromStages("5s:3,15s:0"),
  ];
  fc.assert(fc.property(fc.double({ min: 0, max: 19.99, noNaN: true }), fc.constantFrom(...all), (seconds, shape) => {
    const target = shape(seconds);
    assert.ok(target !== null && Number.isInteger(target.users) && target.users >= 0 && target.spawnRate > 0);
  }));
  for (const shape of all) assert.equal(shape(20), null);
});
