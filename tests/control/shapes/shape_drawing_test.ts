import { strict as assert } from "node:assert";
import { test } from "node:test";
import { LoadTestShape, type ShapeResult, StagesShape } from "../../../mod.ts";
import { drawShape } from "../../../src/control/shapes/shape_drawing.ts";

test("drawShape() draws a ready-made shape with its settings", () => {
  class Morning extends StagesShape {
    override stages = "10s:20,20s:20";
  }
  assert.deepEqual(drawShape(Morning), [[0, 0], [10, 20], [30, 20]]);
});

test("drawShape() draws a tick() that depends on the time alone", () => {
  class Steps extends LoadTestShape {
    override tick(): ShapeResult {
      if (this.runTime < 10) return [10, 10];
      if (this.getRunTime() < 20) return [this.currentUsers < 15 ? 15 : 20, 5];
      return null;
    }
  }
  assert.deepEqual(drawShape(Steps)?.at(-1), [20, 20]);
});

test("drawShape() does not call a tick() that may have effects, and draws no mistake", () => {
  let calls = 0;
  class Counting extends LoadTestShape {
    override tick(): ShapeResult {
      calls++;
      return [1, 1];
    }
  }
  class Wrong extends LoadTestShape {
    override tick(): ShapeResult {
      return ["many", 1] as never;
    }
  }
  class Unset extends StagesShape {
    override stages = "soon";
  }
  assert.deepEqual([drawShape(Counting), drawShape(Wrong), drawShape(Unset)], [null, null, null]);
  assert.equal(calls, 0);
});
