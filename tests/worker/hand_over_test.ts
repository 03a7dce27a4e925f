import assert from "node:assert/strict";
import { test } from "node:test";
import { HandOver } from "../../src/worker/hand_over.ts";
import { FakeClock } from "../support/fake_clock.ts";

function createScene() {
  const clock = new FakeClock();
  const ends: number[] = [];
  return { clock, ends, handOver: new HandOver(clock, () => void ends.push(clock.nowMs())) };
}

test("HandOver ends at once where there is nothing to hand over", () => {
  const { ends, handOver } = createScene();
  handOver.begin(undefined);
  handOver.begin({ arrivalsEndInMs: 0 });
  assert.deepEqual(ends, [0, 0]);
});

test("HandOver ends with the last arrival, once the master has said which that is", async () => {
  const { clock, ends, handOver } = createScene();
  handOver.look({ arrivalsEndInMs: 100 });
  handOver.begin({ arrivalsEndInMs: Infinity });
  await clock.advance(50);
  handOver.look({ arrivalsEndInMs: Infinity });
  handOver.look({ arrivalsEndInMs: 400 });
  await clock.advance(10_000);
  assert.deepEqual(ends, [450]);
});

test("HandOver waits for no master that says nothing, or is gone", async () => {
  const { clock, ends, handOver } = createScene();
  handOver.begin({ arrivalsEndInMs: Infinity });
  await clock.advance(3000);
  handOver.begin({ arrivalsEndInMs: Infinity });
  handOver.giveUp();
  handOver.giveUp();
  assert.deepEqual(ends, [3000, 3000]);
});
