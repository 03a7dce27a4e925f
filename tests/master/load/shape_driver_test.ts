import { strict as assert } from "node:assert";
import { test } from "node:test";
import { ShapeDriver } from "../../../src/master/load/shape_driver.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** Timers of this clock fire half a millisecond before they are due, as real ones do. */
class HastyClock extends FakeClock {
  override schedule(delayMs: number, fire: () => void) {
    return super.schedule(Math.max(0, delayMs - 0.5), fire);
  }
}

test("ShapeDriver asks for whole seconds although timers are early", async () => {
  const clock = new HastyClock();
  const asked: number[] = [];
  const driver = new ShapeDriver({
    clock,
    shape: "Steps",
    ask: (seconds) => {
      asked.push(seconds);
      return Promise.resolve(seconds < 3 ? { users: 1, spawnRate: 1 } : null);
    },
    onTarget: () => {},
    onEnd: ({ kind }) => assert.equal(kind, "shapeEnded"),
  });
  driver.start();
  await clock.advance(10_000);
  assert.deepEqual(asked, [0, 1, 2, 3]);
});
