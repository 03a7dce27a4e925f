import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nextPacedWait, startPacing } from "../../src/load/pacing.ts";
import { rampDurationMs, rampUsers } from "../../src/load/ramp.ts";

const CASES: [sentence: string, from: number, to: number, perSecond: number, elapsedMs: number, users: number][] = [
  ["the first user starts at once", 0, 100, 100, 0, 1],
  ["at 100/s one each 10 ms", 0, 100, 100, 10, 2],
  ["not a moment earlier", 0, 100, 100, 9.99, 1],
  ["0.07 s at 100/s are 7 steps, whatever doubles say", 0, 100, 100, 70, 8],
  ["the last one comes at 0.99 s", 0, 100, 100, 990, 100],
  ["and no more", 0, 100, 100, 5000, 100],
  ["half a user per second", 10, 12, 0.5, 1999, 11],
  ["half a user per second, 2 s later", 10, 12, 0.5, 2000, 12],
  ["down as up", 50, 40, 10, 300, 46],
  ["down to the end", 50, 40, 10, 60_000, 40],
  ["nothing to change", 7, 7, 10, 1000, 7],
  ["a rate of 0 changes nothing", 3, 9, 0, 60_000, 3],
  ["an infinite rate changes all at once", 0, 1000, Infinity, 1, 1000],
];

for (const [sentence, from, to, perSecond, elapsedMs, users] of CASES) {
  test(`rampUsers(): ${sentence}`, () => assert.equal(rampUsers(from, to, perSecond, elapsedMs), users));
}

test("rampUsers() reaches its target exactly after rampDurationMs()", () => {
  const users = fc.integer({ min: 0, max: 5000 });
  fc.assert(fc.property(users, users, fc.double({ min: 0.1, max: 5000, noNaN: true }), (from, to, perSecond) => {
    const endMs = rampDurationMs(from, to, perSecond);
    assert.equal(rampUsers(from, to, perSecond, endMs + 0.001), to);
    if (Math.abs(to - from) > 1) assert.notEqual(rampUsers(from, to, perSecond, endMs - 1.5 / perSecond), to);
  }));
});

test("rampDurationMs() of a rate of 0 never ends, unless nothing is to change", () => {
  assert.equal(rampDurationMs(0, 5, 0), Infinity);
  assert.equal(rampDurationMs(5, 5, 0), 0);
});

test("nextPacedWait() keeps a start each pace and never catches up", () => {
  let state = startPacing(100);
  const waits: number[] = [];
  // Ends of iterations: 0.25 s after the start, then a late one of 3 s, then 0.25 s again.
  let nowSeconds = 100;
  for (const tookSeconds of [0.25, 3, 0.25]) {
    nowSeconds += tookSeconds;
    const next = nextPacedWait(state, 1, nowSeconds);
    waits.push(next.waitSeconds);
    state = next.state;
    nowSeconds += next.waitSeconds;
  }
  assert.deepEqual(waits, [0.75, 0, 0.75]);
});
