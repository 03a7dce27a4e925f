import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_FRICTION } from "../../src/protocol/health_message.ts";
import { createGarbageWitness, FrictionMeter, measureClockStep } from "../../src/thread/friction_meter.ts";
import { nextTurn } from "../support/real_time.ts";

/** A clock that moves by `stepMs` at each tenth reading. */
function steppingClock(stepMs: number) {
  let readings = 0;
  return { nowMs: () => Math.floor(readings++ / 10) * stepMs };
}

test("FrictionMeter.take() gives what was counted since the last call", () => {
  let collected = false;
  let cpuMs = 0;
  let share = 1;
  const meter = new FrictionMeter({
    clock: steppingClock(0.5),
    cpuMs: () => cpuMs,
    witness: { takeCollected: () => collected },
  });
  const beat = (lateMs: number) => {
    cpuMs += lateMs * share;
    meter.beat(lateMs);
  };
  meter.lookedUp(3);
  meter.lookedUp(150);
  meter.queued(12);
  meter.paced(1);
  meter.paced(2.5);
  beat(80); // late, and no garbage
  beat(0);
  collected = true;
  beat(5); // garbage, and not late
  beat(60);
  assert.deepEqual(meter.take(), {
    gcPauseMs: 60,
    slowLookUps: 1,
    lookUpMs: 150,
    queued: 1,
    queuedMs: 12,
    pacedStarts: 2,
    pacedAsked: 3.5,
    clockStepMs: 0.5,
  });
  assert.deepEqual(meter.take(), { ...NO_FRICTION, clockStepMs: 0.5 });
  collected = false;
  beat(70);
  collected = true; // noticed a beat later
  beat(1);
  assert.equal(meter.take().gcPauseMs, 70);
  share = 0.1;
  beat(1500); // the process was stopped
  assert.equal(meter.take().gcPauseMs, 0);
});

test("measureClockStep() finds the smallest step, and ends under a clock that stands still", () => {
  assert.equal(measureClockStep(steppingClock(2)), 2);
  assert.equal(measureClockStep({ nowMs: () => 7 }), 0);
  const real = measureClockStep({ nowMs: () => performance.now() });
  assert.ok(real > 0 && real < 0.2, `this machine's clock: ${real} ms`);
});

test("createGarbageWitness() sees a collection", async () => {
  const witness = createGarbageWitness();
  let seen = false;
  for (let round = 0; round < 2000 && !seen; round++) {
    for (let i = 0, junk: unknown[] = []; i < 10_000; i++) junk.push({ i, junk: [round] });
    await nextTurn(); // a weak reference holds until the turn is over in which it was looked at
    seen = witness.takeCollected();
    await nextTurn();
  }
  assert.ok(seen, "no collection in 20 million objects");
});
