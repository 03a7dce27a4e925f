import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadTestShape } from "../../src/user/load_test_shape.ts";
import {
  DoubleWaveShape,
  findShapeProblems,
  RampShape,
  SpikeShape,
  StagesShape,
  StepsShape,
} from "../../src/user/ready_shapes.ts";

function usersAt(shape: LoadTestShape, ...seconds: readonly number[]): unknown[] {
  return seconds.map((second) => {
    shape.runTime = second;
    const result = shape.tick() as readonly [number, number] | null;
    return result === null ? null : result[0];
  });
}

test("StagesShape follows a text or a list, with its own spawn rates", () => {
  class Text extends StagesShape {
    override stages = "10s:5,10s:20";
  }
  assert.deepEqual(usersAt(new Text(), 0, 9.9, 10, 19.9, 20), [5, 5, 20, 20, null]);
  class List extends StagesShape {
    override stages = [
      { durationSeconds: 10, users: 5, spawnRate: 5 },
      { durationSeconds: 10, users: 5, spawnRate: 0 },
    ];
  }
  const list = new List();
  assert.deepEqual(list.tick(), [5, 5]);
  list.runTime = 12;
  assert.deepEqual(list.tick(), [5, 0]);
});

test("the other ready-made shapes begin, peak and end where their settings say", () => {
  class Ramp extends RampShape {
    override settings = { to: 100, rampSeconds: 50, holdSeconds: 10 };
  }
  assert.deepEqual(usersAt(new Ramp(), 0, 55, 60), [100, 100, null]);
  class Spike extends SpikeShape {
    override settings = { baseUsers: 10, spikeUsers: 100, spikeAtSeconds: 20, spikeSeconds: 5, totalSeconds: 60 };
  }
  assert.deepEqual(usersAt(new Spike(), 0, 19, 20, 24, 25, 60), [10, 10, 100, 100, 10, null]);
  class Steps extends StepsShape {
    override settings = { stepUsers: 10, stepSeconds: 30, spawnRate: 10, totalSeconds: 90 };
  }
  assert.deepEqual(usersAt(new Steps(), 0, 29, 30, 89, 90), [10, 10, 20, 30, null]);
  class Wave extends DoubleWaveShape {
    override settings = { minUsers: 10, firstPeakUsers: 100, secondPeakUsers: 90, totalSeconds: 600 };
  }
  const [first, second, between, end] = usersAt(new Wave(), 200, 400, 300, 600);
  assert.ok(Number(first) > Number(second) && Number(second) > Number(between));
  assert.equal(end, null);
});

test("findShapeProblems() names settings that are missing, wrong or unknown, of every ready-made shape", () => {
  const shapes = { RampShape, SpikeShape, StepsShape, DoubleWaveShape };
  for (const [name, base] of Object.entries(shapes)) {
    const Missing = derive(base);
    assert.match(findShapeProblems(new Missing()).join("\n"), /^it has no settings; write settings = …/, name);
    for (const settings of [undefined, null, "fast", { totalSeconds: "60" }, { unknown: 1 }]) {
      const shape = Object.assign(new Missing(), { settings });
      assert.ok(findShapeProblems(shape).length > 0, `${name}: ${JSON.stringify(settings)}`);
    }
  }
  const NoStages = derive(StagesShape);
  assert.match(findShapeProblems(new NoStages()).join("\n"), /^it has no stages; /);
});

/** A shape class that states nothing, as JavaScript lets one write it. */
function derive(base: abstract new () => LoadTestShape): new () => LoadTestShape {
  return base as new () => LoadTestShape; // abstract to the compiler only
}
