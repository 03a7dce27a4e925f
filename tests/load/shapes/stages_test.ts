import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../../../src/base/errors.ts";
import { fromStages, parseStages, stages } from "../../../src/load/shapes/stages.ts";

test("fromStages() reaches each stage's users when it ends, holds, and ends the run", () => {
  const shape = fromStages("30s:10, 1m:50,10:50,10s:0");
  const cases: [number, { users: number; spawnRate: number } | null][] = [
    [0, { users: 10, spawnRate: 10 / 30 }],
    [29.9, { users: 10, spawnRate: 10 / 30 }],
    [30, { users: 50, spawnRate: 40 / 60 }],
    [90, { users: 50, spawnRate: 1 }],
    [100, { users: 0, spawnRate: 5 }],
    [110, null],
  ];
  for (const [seconds, expected] of cases) assert.deepEqual(shape(seconds), expected, `at ${seconds} s`);
});

test("parseStages() lists every problem at once", () => {
  assert.throws(() => parseStages("30s:ten,oops,1x:5"), (thrown: unknown) => {
    assert.ok(thrown instanceof UsageError);
    assert.equal(thrown.problems.length, 4);
    assert.match(thrown.message, /Cannot read stage "30s:ten": no whole number of users/);
    return true;
  });
});

test("parseStages() refuses stages that last no time at all", () => {
  assert.throws(() => parseStages("0s:5"), /together they last 0 seconds/);
});

test("stages() takes a spawn rate of its own, 0 included", () => {
  const shape = stages([{ durationSeconds: 10, users: 5, spawnRate: 5 }, {
    durationSeconds: 10,
    users: 5,
    spawnRate: 0,
  }]);
  assert.deepEqual(shape(12), { users: 5, spawnRate: 0 });
});

test("stages() lists every stage that is none, as one with another key for its duration", () => {
  const wrong = [{ duration: 60, users: 10 }, { durationSeconds: 5, users: 1.5, spawnRate: -1 }];
  assert.throws(() => stages(wrong as never), (thrown: unknown) => {
    assert.ok(thrown instanceof UsageError);
    assert.equal(thrown.problems.length, 3);
    assert.match(thrown.message, /Cannot use stage 1: its durationSeconds is undefined/);
    return true;
  });
});
