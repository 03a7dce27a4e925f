import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UsageError } from "../../../src/base/errors.ts";
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
  assert.ok(at(300) <= 21, `between the peaks it is at its base, not at ${at(300)}`);
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

test("ready-made shapes list everything that is wrong with their settings", () => {
  const cases: [() => unknown, RegExp[]][] = [
    [() => ramp({ to: 1.5, rampSeconds: -1 }), [/to is 1\.5; give a whole/, /rampSeconds is -1/]],
    [() => ramp({ to: 5, rampSeconds: 0 }), [/together they last 0 seconds/]],
    [() => ramp(undefined as never), [/they are undefined; give from, to, rampSeconds, holdSeconds/]],
    [() => ramp({ to: 5, rampSeconds: 1, hold: 3 } as never), [/there is no hold among them/]],
    [
      () => spike({ baseUsers: 1, spikeUsers: -2, spikeAtSeconds: 5, spikeSeconds: 0, totalSeconds: "9" as never }),
      [/spikeUsers is -2/, /spikeSeconds is 0; give a number above 0/, /totalSeconds is "9"/],
    ],
    [
      () => spike({ baseUsers: 1, spikeUsers: 2, spikeAtSeconds: 9, spikeSeconds: 1, totalSeconds: 9 }),
      [/the spike at 9 s is not before the end at 9 s/],
    ],
    [
      () => steps({ stepUsers: 0, stepSeconds: 0, spawnRate: 0, totalSeconds: Infinity }),
      [/stepUsers is 0/, /stepSeconds is 0/, /spawnRate is 0/, /totalSeconds is Infinity/],
    ],
    [
      () => doubleWave({ minUsers: 50, firstPeakUsers: 60, secondPeakUsers: 40, totalSeconds: 60 }),
      [/a peak is below minUsers, which is 50/],
    ],
  ];
  for (const [create, expected] of cases) {
    assert.throws(create, (thrown: unknown) => {
      assert.ok(thrown instanceof UsageError);
      assert.equal(thrown.problems.length, expected.length, thrown.message);
      for (const [index, pattern] of expected.entries()) assert.match(thrown.problems[index] ?? "", pattern);
      return true;
    });
  }
});
