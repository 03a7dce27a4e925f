import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoopYielder } from "../../../src/user/timing/loop_yielder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function createScene() {
  const clock = new FakeClock();
  let turns = 0;
  let resolveTurn = () => {};
  const yielder = createLoopYielder(clock, () => {
    turns++;
    return new Promise((resolve) => resolveTurn = resolve);
  });
  return { clock, yielder, turns: () => turns, turn: () => resolveTurn() };
}

test("LoopYielder.pause() lets tasks go on while the loop has just turned", () => {
  const { yielder, turns } = createScene();
  for (let i = 0; i < 1000; i++) assert.equal(yielder.pause(), undefined);
  assert.equal(turns(), 0);
});

test("LoopYielder.pause() makes all users wait for one turn when the loop was held too long", async () => {
  const { clock, yielder, turn, turns } = createScene();
  clock.skip(50);
  let pause: Promise<void> | undefined;
  for (let i = 0; i < 10 && pause === undefined; i++) pause = yielder.pause();
  assert.ok(pause !== undefined);
  assert.equal(yielder.pause(), pause);
  assert.equal(turns(), 1);
  turn();
  await pause;
  assert.equal(yielder.pause(), undefined);
});

test("LoopYielder.pause() turns the loop now and then even if the clock stands still", () => {
  const { yielder } = createScene();
  let tasks = 0;
  while (yielder.pause() === undefined && tasks < 100_000) tasks++;
  assert.ok(tasks < 10_000, `${tasks} tasks without a turn`);
});
