import assert from "node:assert/strict";
import { test } from "node:test";
import { worstLatenessMs } from "../../../src/cli/calibration/worst_lateness.ts";

const tick = (state: string, ...lateness: readonly number[]) =>
  JSON.stringify({
    kind: "ticked",
    snapshot: { state, workers: lateness.map((latenessP99Ms, index) => ({ index, latenessP99Ms })) },
  });

test("worstLatenessMs() is that of the worst worker in the worst second in which all users ran", () => {
  const journal = [
    tick("spawning", 90),
    tick("running", 1.5, 0.25),
    tick("running", 0.5, 3.25),
    tick("running", 2, 1),
    tick("stopping", 40),
  ];
  assert.equal(worstLatenessMs(`${journal.join("\n")}\n`), 3.25);
});

test("worstLatenessMs() is null where no second had all users, or none of them had waited to the end", () => {
  assert.equal(worstLatenessMs(`${tick("running", 0)}\n${tick("running", 0)}\n`), null);
  assert.equal(worstLatenessMs(`${tick("spawning", 4)}\n${tick("stopping", 4)}\n`), null);
  assert.equal(worstLatenessMs(""), null);
});
