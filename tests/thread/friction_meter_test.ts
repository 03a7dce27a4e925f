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

/** A thread whose time the test makes up. */
function openBench() {
  const activity = new Int32Array(3);
  const own = steppingClock(0.5);
  let nowMs = 0;
  let ownMs = 0;
  let collectingMs = 0;
  let waitingMs = 0;
  let isCollected = false;
  let isMeasured = false;
  const meter = new FrictionMeter({
    clock: { nowMs: () => isMeasured ? nowMs : own.nowMs() },
    cpu: {
      ownMs: () => ownMs,
      takeCollecting() {
        const taken = { cpuMs: collectingMs, activeMs: collectingMs + waitingMs };
        collectingMs = waitingMs = 0;
        return taken;
      },
    },
    activity,
    witness: { takeCollected: () => isCollected },
  });
  isMeasured = true;
  nowMs = 1000;
  const bench = {
    meter,
    /** User code is given something to do. */
    step(doing: number) {
      activity[0] = doing;
      activity[2]!++;
    },
    /** Time passes; all of it is computed, if not said otherwise. */
    pass(
      ms: number,
      { computed = ms, collecting = 0, waiting = 0, sign = collecting > 0 }: {
        readonly computed?: number;
        readonly collecting?: number;
        /** Of the collector, for a core. */
        readonly waiting?: number;
        readonly sign?: boolean;
      } = {},
    ) {
      nowMs += ms;
      ownMs += computed;
      collectingMs += collecting;
      waitingMs += waiting;
      isCollected = sign;
    },
    call: () => meter.called(nowMs),
    connect: () => meter.connected(nowMs),
    beat: (lateMs: number) => meter.beat(lateMs),
    /** A beat that comes so late. */
    pause(lateMs: number, options: { readonly collecting?: number; readonly sign?: boolean } = {}) {
      bench.pass(lateMs, options);
      bench.beat(lateMs);
    },
  };
  bench.beat(0);
  return bench;
}

test("FrictionMeter.take() gives what was counted since the last call", () => {
  const { meter, pause } = openBench();
  meter.lookedUp(3);
  meter.lookedUp(150);
  meter.queued(12);
  meter.paced(1);
  meter.paced(2.5);
  pause(80, { collecting: 60 });
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
});

test("FrictionMeter counts a collection as long as the collector worked, within one pause of its own thread", () => {
  const { meter, pause } = openBench();
  pause(8015, { collecting: 4, sign: true }); // a busy loop, and a short collection
  assert.equal(meter.take().gcPauseMs, 0);
  pause(70, { collecting: 200 }); // it began before the pause
  assert.equal(meter.take().gcPauseMs, 70);
  pause(70, { collecting: 60, sign: false });
  pause(0, { sign: true }); // noticed a beat later
  assert.equal(meter.take().gcPauseMs, 60);
  pause(70, { collecting: 60, sign: false }); // of another thread
  pause(0);
  assert.equal(meter.take().gcPauseMs, 0);
});

test("FrictionMeter counts a collection also where a call of user code saw it first", () => {
  const { meter, step, pass, call, beat } = openBench();
  step(1);
  pass(90, { collecting: 80 });
  call();
  pass(5, { computed: 5, sign: true });
  beat(95);
  assert.equal(meter.take().gcPauseMs, 80);
  assert.equal(meter.takeBlock(), undefined);
});

test("FrictionMeter counts the wait of a collector for a core as far as its thread waited, too", () => {
  const { meter, pass, beat } = openBench();
  pass(300, { computed: 60, collecting: 40, waiting: 250 }); // both had a fifth of a core
  beat(300);
  assert.equal(meter.take().gcPauseMs, 200);
  pass(300, { computed: 300, collecting: 4, waiting: 250 }); // the thread went on meanwhile
  beat(300);
  assert.equal(meter.take().gcPauseMs, 0);
});

type Bench = ReturnType<typeof openBench>;

const BLOCKS: readonly (readonly [says: string, happens: (bench: Bench) => void, ms: number | undefined])[] = [
  ["code before a call", ({ step, pass, call }) => (step(7), pass(400), call()), 400],
  ["code that makes no call after it", ({ step, pause }) => (step(7), pause(400)), 400],
  ["code that computes for a short time", ({ step, pass, call }) => (step(7), pass(40), call()), undefined],
  ["many calls of a thread with much to do", ({ step, pass, call, beat }) => {
    for (let i = 0; i < 300; i++) {
      step(7);
      pass(1);
      call();
    }
    beat(300);
  }, undefined],
  ["a pause of many calls before the code", ({ step, pass, call, beat }) => {
    for (let i = 0; i < 1000; i++) {
      step(3);
      pass(0.4);
      call();
    }
    step(7);
    pass(60, { computed: 0 }); // no core: what was computed before does not count
    call();
    beat(460);
  }, undefined],
  ["the one of several that computed", ({ step, pass, call, beat }) => {
    step(3);
    pass(1);
    call();
    step(7);
    pass(200);
    call();
    step(4);
    pass(1);
    call();
    beat(202);
  }, 200],
  ["no step of user code", ({ step, call, pause }) => (step(7), call(), pause(400)), undefined],
  ["a connection that is set up", ({ step, pass, connect, call }) => {
    pass(400);
    connect();
    step(7);
    pass(1);
    call();
  }, undefined],
  [
    "a process that was stopped",
    ({ step, pass, beat }) => (step(7), pass(1500, { computed: 3 }), beat(1500)),
    undefined,
  ],
  ["a thread that got half of a core", ({ step, pass, call }) => (step(7), pass(400, { computed: 210 }), call()), 210],
  ["CPU time of a whole process", ({ step, pass, call }) => (step(7), pass(400, { computed: 700 }), call()), 400],
  ["a collection", ({ step, pass, call }) => (step(7), pass(400, { collecting: 390 }), call()), undefined],
  ["some garbage", ({ step, pass, call }) => (step(7), pass(400, { collecting: 90 }), call()), 310],
  [
    "a hang, which the watch over the threads reports",
    ({ step, pass, call }) => (step(7), pass(8000), call()),
    undefined,
  ],
];

for (const [says, happens, ms] of BLOCKS) {
  test(`FrictionMeter.takeBlock() with ${says}: ${ms === undefined ? "nothing" : `${ms} ms`}`, () => {
    const bench = openBench();
    happens(bench);
    assert.deepEqual(bench.meter.takeBlock(), ms === undefined ? undefined : { ms, activity: 7 });
    assert.equal(bench.meter.takeBlock(), undefined);
  });
}

test("FrictionMeter.takeBlock() gives the longest", () => {
  const { meter, step, pass, call } = openBench();
  for (const [doing, ms] of [[1, 100], [2, 300], [3, 200]] as const) {
    step(doing);
    pass(ms);
    call();
  }
  assert.deepEqual(meter.takeBlock(), { ms: 300, activity: 2 });
});

test("FrictionMeter.takeStandstill() tells what made the call that ended a hang", () => {
  const { meter, step, pass, call } = openBench();
  step(1);
  pass(1900);
  call();
  assert.equal(meter.takeStandstill(), undefined);
  step(3); // of the last user whose request ended in that turn
  pass(4000, { computed: 0 }); // a call that blocks computes nothing
  step(2);
  call();
  assert.equal(meter.takeStandstill(), 2);
  assert.equal(meter.takeStandstill(), undefined);
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
