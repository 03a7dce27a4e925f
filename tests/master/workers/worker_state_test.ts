import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isPlaceable,
  isPresent,
  nextWorkerState,
  type RosterState,
  type WorkerFact,
} from "../../../src/master/workers/worker_state.ts";

const FACTS: readonly WorkerFact[] = [
  "greeted",
  "declared",
  "assigned",
  "applied",
  "stopAsked",
  "stopped",
  "heard",
  "silent",
  "lostAgain",
  "left",
  "expired",
];

// One row per state, one cell per fact in the order above; "." stays.
const TABLE: Readonly<Record<RosterState, string>> = {
  joining: ".          ready    .        .        .        .        .        gone     missing  gone     .",
  ready: ".            .        spawning .        stopping .        .        missing  .        gone     .",
  spawning: ".         ready    .        running  stopping ready    .        missing  .        gone     .",
  running: ".          ready    spawning .        stopping ready    .        missing  .        gone     .",
  stopping: ".         ready    .        .        .        ready    .        missing  .        gone     .",
  missing: "joining    .        .        .        .        .        ready    .        .        gone     gone",
  gone: "joining       .        .        .        .        .        .        .        .        .        .",
};

for (const [state, cells] of Object.entries(TABLE) as [RosterState, string][]) {
  test(`nextWorkerState() from ${state} follows the table in every cell`, () => {
    const wanted = cells.trim().split(/\s+/).map((cell) => (cell === "." ? state : cell));
    assert.deepEqual(FACTS.map((fact) => nextWorkerState(state, fact)), wanted);
  });
}

test("isPlaceable() is true for the states that can take users", () => {
  const states = Object.keys(TABLE) as RosterState[];
  assert.deepEqual(states.filter(isPlaceable), ["ready", "spawning", "running"]);
  assert.deepEqual(states.filter((state) => !isPresent(state)), ["missing", "gone"]);
});
