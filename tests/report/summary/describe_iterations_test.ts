import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countIterations,
  describeIterationProgress,
  describeIterations,
} from "../../../src/report/summary/describe_iterations.ts";

const ALL = { name: "", kind: "shared", asked: 1000, started: 1000, ended: 1000, interrupted: 0, unknown: 0 } as const;

test("describeIterations() names what is not 0, and accounts for all", () => {
  assert.equal(describeIterations(ALL), "1000 iterations asked for: 1000 ended");
  assert.equal(
    describeIterations({ ...ALL, name: "buy", started: 900, ended: 880, interrupted: 5, unknown: 40 }),
    "1000 iterations of buy asked for: 880 ended, 15 under way, 5 interrupted, 60 never started, " +
      "40 unknown (given to a worker or thread that was lost)",
  );
  assert.equal(describeIterations({ ...ALL, asked: 1, started: 1, ended: 1 }), "1 iteration asked for: 1 ended");
});

test("describeIterationProgress() sums the plans; what was interrupted is over too", () => {
  const list = [{ ...ALL, ended: 300, interrupted: 10 }, { ...ALL, asked: 50, started: 20, ended: 20 }];
  assert.deepEqual(countIterations(list), { done: 330, asked: 1050 });
  assert.equal(describeIterationProgress(list), "330 of 1050 iterations");
});
