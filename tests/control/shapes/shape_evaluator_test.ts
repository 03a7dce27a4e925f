import assert from "node:assert/strict";
import { test } from "node:test";
import { ControlRunner } from "../../../src/control/control_runner.ts";
import { evaluateShape } from "../../../src/control/shapes/shape_evaluator.ts";
import { LoadTestShape, type ShapeResult } from "../../../src/user/load_test_shape.ts";

/** Holds 10 users for 5 seconds from the tick at which they are there. */
class Held extends LoadTestShape {
  #isHeld = false;

  override tick(): ShapeResult {
    if (!this.#isHeld && this.currentUsers === 10) {
      this.#isHeld = true;
      this.resetTime();
    }
    return this.#isHeld && this.runTime >= 5 ? null : [10, 1];
  }
}

test("LoadTestShape.resetTime() lets runTime begin again, until the next run", async () => {
  const driver = evaluateShape(Held, [], new ControlRunner({ clientId: "master", say: () => {} }));
  const seen: (readonly [seconds: number, runTime: number | undefined, ended: boolean])[] = [];
  for (const [seconds, users] of [[0, 0], [3, 7], [8, 10], [9, 10], [12.5, 10], [13, 10], [0, 0]] as const) {
    const tick = await driver.tick(seconds, users);
    seen.push([seconds, driver.shape?.runTime, tick === null]);
  }
  assert.deepEqual(seen, [
    [0, 0, false],
    [3, 3, false],
    [8, 0, false],
    [9, 1, false],
    [12.5, 4.5, false],
    [13, 5, true],
    [0, 0, false],
  ]);
});
