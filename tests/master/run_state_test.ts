import assert from "node:assert/strict";
import { test } from "node:test";
import { nextRunState, RUN_INPUTS, RUN_STATES } from "../../src/master/run_state.ts";

const EXPECTED: Record<string, Record<string, string | undefined>> = {
  ready: { start: "spawning", target: undefined, ramped: undefined, stop: undefined, drained: undefined },
  spawning: { start: undefined, target: "spawning", ramped: "running", stop: "stopping", drained: undefined },
  running: { start: undefined, target: "spawning", ramped: "running", stop: "stopping", drained: undefined },
  stopping: { start: undefined, target: undefined, ramped: undefined, stop: "stopping", drained: "stopped" },
  stopped: { start: "spawning", target: undefined, ramped: undefined, stop: "stopped", drained: undefined },
};

for (const state of RUN_STATES) {
  for (const input of RUN_INPUTS) {
    const expected = EXPECTED[state]?.[input];
    test(`nextRunState() of ${state} on ${input} is ${expected ?? "illegal"}`, () => {
      assert.equal(nextRunState(state, input), expected);
    });
  }
}
