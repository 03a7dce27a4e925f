import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoopYielder, type LoopYielder } from "../../../src/user/timing/loop_yielder.ts";
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

/** What the first task that must wait awaits; undefined if none must. */
function runTasks(yielder: LoopYielder, tasks: number): Promise<void> | undefined {
  for (let i = 0; i < tasks; i++) {
    const pause = yielder.pause();
    if (pause !== undefined) return pause;
  }
  return undefined;
}

test("LoopYielder.pause() lets tasks go on while the loop has just turned", () => {
  const { yielder, turns } = createScene();
  for (let i = 0; i < 1000; i++) assert.equal(yielder.pause(), undefined);
  assert.equal(turns(), 0);
});

test("LoopYielder.pause() makes all users wait for one turn when the loop was held too long", async () => {
  const { clock, yielder, turn, turns } = createScene();
  clock.skip(50);
  assert.equal(runTasks(yielder, 10), undefined); // the loop may have turned meanwhile
  clock.skip(3);
  const pause = runTasks(yielder, 10);
  assert.ok(pause !== undefined);
  assert.equal(yielder.pause(), pause);
  assert.equal(turns(), 1);
  turn();
  await pause;
  assert.equal(yielder.pause(), undefined);
});

test("LoopYielder.pause() lets tasks go on while the loop turns by itself", async () => {
  const { clock, yielder, turn, turns } = createScene();
  for (let ms = 0; ms < 100; ms++) {
    assert.equal(runTasks(yielder, 100), undefined, `after ${ms} ms`);
    clock.skip(1);
    if (ms % 3 === 0) turn();
    await Promise.resolve(); // the turn has been noticed
  }
  assert.ok(turns() > 10, `${turns()} turns were looked for`);
});

test("LoopYielder.pause() turns the loop now and then even if the clock stands still", () => {
  const { yielder } = createScene();
  let tasks = 0;
  while (yielder.pause() === undefined && tasks < 100_000) tasks++;
  assert.ok(tasks < 10_000, `${tasks} tasks without a turn`);
});
