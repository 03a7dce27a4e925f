import assert from "node:assert/strict";
import { test } from "node:test";
import { probeFirstTick } from "../../../src/control/shapes/shape_probe.ts";
import { LoadTestShape, type ShapeResult } from "../../../src/user/load_test_shape.ts";

test("probeFirstTick() finds a tick that is sure to fail at the start", () => {
  class Short extends LoadTestShape {
    override tick(): ShapeResult {
      return [10] as never;
    }
  }
  class Never extends LoadTestShape {
    override tick(): ShapeResult {
      return this.runTime < 60 ? [10, 0] : null;
    }
  }
  assert.match(probeFirstTick(Short) ?? "", /shape "Short": tick\(\) returned \[ 10 \]/);
  assert.match(probeFirstTick(Never) ?? "", /shape "Never".*spawn rate of 0/);
});

test("probeFirstTick() leaves alone what is right or may be", () => {
  let users: number | undefined;
  const set = (count: number) => users = count;
  class Fine extends LoadTestShape {
    override tick(): ShapeResult {
      if (this.getRunTime() > 60) return null;
      return [10, 1, ["Reader"]];
    }
  }
  class Outer extends LoadTestShape {
    override tick(): ShapeResult {
      return [users as number, 1];
    }
  }
  class Own extends LoadTestShape {
    peak = 5;
    override tick(): ShapeResult {
      return [this.peak, 1];
    }
  }
  for (const shape of [Fine, Outer, Own]) assert.equal(probeFirstTick(shape), undefined);
  set(1);
});
