import assert from "node:assert/strict";
import { test } from "node:test";
import type { ArrivalStream } from "../../../src/protocol/arrivals_message.ts";
import { ArrivalDriver } from "../../../src/thread/arrivals/arrival_driver.ts";
import type { RunningUser } from "../../../src/user/running/running_user.ts";
import { FakeClock } from "../../support/fake_clock.ts";

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

test("ArrivalDriver starts what was due before the end of a stream, also where its thread stood still until it was over", async () => {
  const clock = new FakeClock();
  const driver = new ArrivalDriver({
    clock,
    rulesOf: () => ({ iteration: "task", freshUsers: false, whenLate: "queue" }),
    startUser: () => ({ stop: () => {}, abort: () => {} }) as unknown as RunningUser,
    onWoke: () => {},
    onFull: () => {},
    onEnded: () => {},
    onDone: () => {},
  });
  driver.take({ runId: "r", epoch: 1, runMs: 0, streams: [STREAM] });
  await clock.advance(450);
  clock.skip(1000);
  driver.take({ runId: "r", epoch: 2, runMs: 1450, streams: [{ ...STREAM, isOver: true }] });
  const { asked, started, dropped } = driver.takeCounts()?.arrivals ?? {};
  assert.deepEqual({ asked, started, dropped }, { asked: 10, started: 10, dropped: 0 });
  driver.close();
});
