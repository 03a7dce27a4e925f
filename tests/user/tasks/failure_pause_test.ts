import assert from "node:assert/strict";
import { test } from "node:test";
import { countFailure, pauseAfterFailuresMs } from "../../../src/user/tasks/failure_pause.ts";

test("pauseAfterFailuresMs() is 0 for the first ten, then doubles up to a second", () => {
  const rows = [[0, 0], [1, 0], [10, 0], [11, 10], [12, 20], [13, 40], [17, 640], [18, 1000], [5000, 1000]] as const;
  for (const [failures, ms] of rows) assert.equal(pauseAfterFailuresMs(failures), ms, `${failures} failures`);
});

test("countFailure() ends the row with a task that took time or made a request", () => {
  assert.equal(countFailure(3, 0.2, 0), 4);
  assert.equal(countFailure(3, 25, 0), 0);
  assert.equal(countFailure(3, 0.2, 1), 0);
});
