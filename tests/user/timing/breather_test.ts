import assert from "node:assert/strict";
import { test } from "node:test";
import { createBreather } from "../../../src/user/timing/breather.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function createScene() {
  const clock = new FakeClock();
  let turns = 0;
  let resolveTurn = () => {};
  const breather = createBreather(clock, () => {
    turns++;
    return new Promise((resolve) => resolveTurn = resolve);
  });
  return { clock, breather, turns: () => turns, turn: () => resolveTurn() };
}

test("Breather.pause() lets tasks go on while the loop has just turned", () => {
  const { breather, turns } = createScene();
  for (let i = 0; i < 1000; i++) assert.equal(breather.pause(), undefined);
  assert.equal(turns(), 0);
});

test("Breather.pause() makes all users wait for one turn when the loop was held too long", async () => {
  const { clock, breather, turn, turns } = createScene();
  clock.skip(50);
  let pause: Promise<void> | undefined;
  for (let i = 0; i < 10 && pause === undefined; i++) pause = breather.pause();
  assert.ok(pause !== undefined);
  assert.equal(breather.pause(), pause);
  assert.equal(turns(), 1);
  turn();
  await pause;
  assert.equal(breather.pause(), undefined);
});

test("Breather.pause() turns the loop now and then even if the clock stands still", () => {
  const { breather } = createScene();
  let tasks = 0;
  while (breather.pause() === undefined && tasks < 100_000) tasks++;
  assert.ok(tasks < 10_000, `${tasks} tasks without a turn`);
});
