import assert from "node:assert/strict";
import { test } from "node:test";
import { findShortRun } from "../../../../src/cli/options/selection/short_run.ts";

const RUN = { users: 100, spawnRate: 1, runTimeSeconds: 10, allowShort: false };

test("findShortRun() warns of a run that ends before its last user starts, and says what to change", () => {
  assert.deepEqual(findShortRun(RUN, "users"), [
    "The run of 10 s (-t) ends before all users have started: 100 users at 1 per second (-r) take 99 s; " +
    "give -t 4m or -r 20, or --allow-short if that is meant",
  ]);
  assert.equal(findShortRun({ ...RUN, users: 11 }, "users").length, 1, "the last user would start at the very end");
});

test("findShortRun() has nothing to say where the ramp fits, there is no end, a shape rules, or it is meant", () => {
  const { runTimeSeconds: _, ...endless } = RUN;
  assert.deepEqual(findShortRun({ ...RUN, users: 10 }, "users"), []);
  assert.deepEqual(findShortRun({ ...RUN, users: 1, runTimeSeconds: 0 }, "users"), []);
  assert.deepEqual(findShortRun(endless, "users"), []);
  assert.deepEqual(findShortRun(RUN, "shape"), []);
  assert.deepEqual(findShortRun({ ...RUN, allowShort: true }, "users"), []);
});

test("findShortRun() follows its own advice", () => {
  assert.deepEqual(findShortRun({ ...RUN, runTimeSeconds: 240 }, "users"), []);
  assert.deepEqual(findShortRun({ ...RUN, spawnRate: 20 }, "users"), []);
});

test("findShortRun() warns of a warm-up that outlasts the run, also under a shape", () => {
  const [problem] = findShortRun({ ...RUN, users: 1, warmUpSeconds: 30 }, "shape");
  assert.match(problem ?? "", /^The run of 10 s \(-t\) ends within the --warm-up of 30 s: nothing of it counts/);
});
