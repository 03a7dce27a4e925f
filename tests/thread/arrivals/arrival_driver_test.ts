import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArrivalStream } from "../../../src/protocol/arrivals_message.ts";
import type { Timer } from "../../../src/base/clock.ts";
import { ArrivalDriver, type ArrivalDriverOptions } from "../../../src/thread/arrivals/arrival_driver.ts";
import type { RunningUser } from "../../../src/user/running/running_user.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { nextTurn } from "../../support/real_time.ts";

const STREAM: ArrivalStream = {
  id: 0,
  classes: [{ name: "A", weight: 1 }],
  pattern: "even",
  seed: 1,
  maxUsers: 100,
  firstUserIndex: 0,
  userIndexStep: 1,
  legs: [{ fromIndex: 0, curve: { countBefore: 0, points: [[0, 10]], endMs: 1000 }, of: 1, slots: [0] }],
  owed: [],
};

function createScene(
  { clock = new FakeClock(), ...more }: Partial<ArrivalDriverOptions> & { readonly clock?: FakeClock } = {},
) {
  const held: (readonly [hold: number, atMs: number])[] = [];
  const driver = new ArrivalDriver({
    clock,
    rulesOf: () => ({ iteration: "task", freshUsers: false, whenLate: "queue" }),
    startUser: () => ({ stop: () => {}, abort: () => {} }) as unknown as RunningUser,
    onWoke: () => {},
    onHeld: (hold, atMs) => void held.push([hold, atMs]),
    onFull: () => {},
    onEnded: () => {},
    onDone: () => {},
    onEmptied: () => {},
    ...more,
  });
  const counts = () => {
    const { asked = 0, started = 0, dropped = 0, late = 0 } = driver.takeCounts()?.arrivals ?? {};
    return { asked, started, dropped, late };
  };
  return { clock, driver, held, counts };
}

const ENDLESS: ArrivalStream = {
  ...STREAM,
  legs: [{ fromIndex: 0, curve: { countBefore: 0, points: [[0, 10]] }, of: 1, slots: [0] }],
};

test("ArrivalDriver starts what was due before the end of a stream, also where its thread stood still until it was over", async () => {
  const { clock, driver, counts } = createScene();
  driver.take({ runId: "r", epoch: 1, runMs: 0, streams: [STREAM] });
  await clock.advance(450);
  clock.skip(1000);
  driver.take({ runId: "r", epoch: 2, runMs: 1450, streams: [{ ...STREAM, isOver: true }] });
  assert.deepEqual({ ...counts(), late: 0 }, { asked: 10, started: 10, dropped: 0, late: 0 });
  driver.close();
});

test("ArrivalDriver leaves to others at the end of a stream what they have of it", async () => {
  const { clock, driver, counts } = createScene();
  driver.take({ runId: "r", epoch: 1, runMs: 0, streams: [STREAM] });
  await clock.advance(450);
  clock.skip(1000);
  const left = [{ id: 1, fromIndex: 7 }];
  const legs = STREAM.legs.map((leg) => ({ ...leg, fromIndex: 7, slots: [] }));
  driver.take({ runId: "r", epoch: 2, runMs: 1450, streams: [{ ...STREAM, legs, left, isOver: true }] });
  assert.equal(counts().asked, 7);
  driver.close();
});

test("ArrivalDriver starts nothing beyond the time that it was told, and late what was due then", async () => {
  const { clock, driver, counts } = createScene();
  driver.take({ runId: "r", epoch: 1, runMs: 0, untilMs: 1000, streams: [ENDLESS] });
  await clock.advance(8000);
  assert.deepEqual(counts(), { asked: 10, started: 10, dropped: 0, late: 0 });
  driver.take({ runId: "r", epoch: 0, runMs: 8000, untilMs: 14_000 });
  assert.deepEqual(counts(), { asked: 71, started: 71, dropped: 0, late: 70 });
  driver.take({ runId: "r", epoch: 0, runMs: 8000, untilMs: 8050 }); // an earlier limit takes nothing back
  await clock.advance(1000);
  assert.equal(counts().asked, 10);
});

test("ArrivalDriver says where it is when it is asked to stop, and goes no further", async () => {
  const { clock, driver, counts, held } = createScene();
  driver.take({ runId: "r", epoch: 1, runMs: 0, untilMs: 6000, streams: [ENDLESS] });
  await clock.advance(950);
  driver.take({ runId: "r", epoch: 0, runMs: 950, untilMs: 1350, hold: 1 });
  await clock.advance(1000);
  assert.equal(counts().asked, 14);
  driver.take({ runId: "r", epoch: 0, runMs: 1950, untilMs: 6000 });
  driver.take({ runId: "r", epoch: 0, runMs: 1500, untilMs: 1600, hold: 2 }); // was under way for long
  assert.deepEqual(held, [[1, 1350], [2, 1900]]);
  await clock.advance(1000);
  assert.equal(counts().asked, 6);
});

test("ArrivalDriver starts nothing while its master cannot be reached, and then what is still its own", async () => {
  const { clock, driver, counts } = createScene();
  driver.take({ runId: "r", epoch: 1, runMs: 0, untilMs: 6000, streams: [ENDLESS] });
  await clock.advance(450);
  driver.pause();
  await clock.advance(1000);
  assert.equal(counts().asked, 5);
  const legs = [{ ...ENDLESS.legs[0]!, slots: [] }].map((leg) => ({ ...leg, fromIndex: 9 }));
  driver.take({ runId: "r", epoch: 2, runMs: 1450, untilMs: 9000, streams: [{ ...ENDLESS, legs }] });
  await clock.advance(1000);
  assert.deepEqual(counts(), { asked: 4, started: 4, dropped: 0, late: 4 });
});

test("ArrivalDriver.close() counts all that was due, however much that is", async () => {
  const { clock, driver, counts } = createScene();
  const curve = { countBefore: 0, points: [[0, 5000]] } as const;
  driver.take({
    runId: "r",
    epoch: 1,
    runMs: 0,
    untilMs: 6000,
    streams: [{ ...ENDLESS, legs: [{ ...ENDLESS.legs[0]!, curve }] }],
  });
  clock.skip(1000.1);
  driver.close();
  assert.equal(counts().asked, 5001);
  await clock.advance(1000);
});

test("ArrivalDriver leaves out what a master without hand-overs has given to others meanwhile", async () => {
  const { clock, driver, counts } = createScene();
  driver.take({ runId: "r", epoch: 1, runMs: 0, streams: [ENDLESS] });
  await clock.advance(9050);
  driver.take({ runId: "r", epoch: 0, runMs: 9050 });
  await clock.advance(100);
  assert.equal(counts().asked, 41);
});

test("ArrivalDriver.putOffMs() lets what takes long wait until an arrival has started that is due meanwhile", async () => {
  const { clock, driver } = createScene();
  assert.equal(driver.putOffMs(6), 0, "there are no arrivals");
  driver.take({ runId: "r", epoch: 1, runMs: 0, untilMs: 350, streams: [ENDLESS] });
  await clock.advance(90);
  assert.equal(driver.putOffMs(6), 0, "the next one is 10 ms away");
  await clock.advance(5);
  assert.equal(driver.putOffMs(6), 6);
  assert.equal(driver.putOffMs(2), 0, "it has ended by then");
  driver.pause();
  assert.equal(driver.putOffMs(6), 0);
  driver.take({ runId: "r", epoch: 2, runMs: 95, untilMs: 350, streams: [ENDLESS] });
  await clock.advance(300);
  assert.equal(driver.putOffMs(6), 0, "the next one may not start");
  driver.close();
  assert.equal(driver.putOffMs(6), 0);
});

test("ArrivalDriver watches the clock before an arrival where it has not started one for a while", async () => {
  for (const [perSecond, ahead, watched] of [[20, 3, 0.3], [100, 3, 0.3], [250, 0, 0], [1000, 0, 0]] as const) {
    const clock = new FakeClock();
    const settings: { readonly atMs: number; readonly watchMs: number | undefined }[] = [];
    const { driver } = createScene({
      clock,
      openAlarm: (ring) => {
        let timer: Timer | undefined;
        const cancel = () => timer?.cancel();
        const set = (delayMs: number, watchMs?: number) => {
          cancel();
          settings.push({ atMs: clock.nowMs() + delayMs, watchMs });
          timer = clock.schedule(delayMs, ring);
        };
        return { set, cancel, close: cancel };
      },
    });
    const curve = { countBefore: 0, points: [[0, perSecond]] } as const;
    const legs = [{ fromIndex: 0, curve, of: 1, slots: [0] }];
    const startMs = clock.nowMs();
    driver.take({ runId: "r", epoch: 1, runMs: 0, untilMs: 6000, streams: [{ ...STREAM, legs }] });
    const everyMs = 1000 / perSecond;
    const stepMs = ahead > 0 ? 1 : 0.5;
    for (let atMs = 0; atMs < 6 * everyMs; atMs += stepMs) {
      await clock.advance(stepMs);
      await nextTurn(); // what follows an arrival is done in the next turn of the loop
    }
    driver.close();
    const round = (ms: number) => Math.round(ms * 1000) / 1000;
    const offsets = settings.slice(2).map(({ atMs, watchMs }) => {
      const beforeMs = round(everyMs - (atMs - startMs) % everyMs) % everyMs;
      return `${beforeMs}: ${round(watchMs ?? 0)}`;
    });
    const wanted = ahead > 0 ? [`${ahead}: 0`, `0: ${watched}`] : [`0: ${watched}`];
    assert.deepEqual([...new Set(offsets)].sort(), wanted.sort(), `${perSecond}/s`);
  }
});
