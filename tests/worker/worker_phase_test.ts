import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isLeaving,
  nextPhase,
  reportsEnd,
  toWorkerState,
  type WorkerFact,
  type WorkerPhase,
} from "../../src/worker/worker_phase.ts";

const FACTS: readonly WorkerFact[] = [
  "runStarted",
  "runRepeated",
  "assigned",
  "applied",
  "stopAsked",
  "usersEnded",
  "delivered",
  "masterLost",
  "leaveAsked",
  "filesReplaced",
];

// One row per phase, one cell per fact in the order above; "." is no move.
const TABLE: Readonly<Record<WorkerPhase, string>> = {
  idle: "       spawning .        .        .       .        .           .    .        left       .",
  spawning: "   spawning .        spawning running stopping ended       .    orphaned leaving    idle",
  running: "    spawning .        spawning .       stopping ended       .    orphaned leaving    idle",
  stopping: "   spawning .        .        .       .        ended       .    .        leaving    idle",
  ended: "      spawning .        .        .       .        .           idle .        delivering idle",
  orphaned: "   spawning .        .        .       stopping orphanEnded .    .        leaving    idle",
  orphanEnded: "spawning spawning .        .       ended    .           .    .        delivering idle",
  leaving: "    .        .        .        .       .        delivering  .    .        .          .",
  delivering: " .        .        .        .       .        .           left .        .          .",
  left: "       .        .        .        .       .        .           .    .        .          .",
};

const PHASES = Object.keys(TABLE) as WorkerPhase[];

for (const [phase, cells] of Object.entries(TABLE) as [WorkerPhase, string][]) {
  test(`nextPhase() from ${phase} follows the table in every cell`, () => {
    const wanted = cells.trim().split(/\s+/).map((cell) => cell === "." ? undefined : cell);
    assert.equal(wanted.length, FACTS.length);
    assert.deepEqual(FACTS.map((fact) => nextPhase(phase, fact)), wanted);
  });
}

test("a worker that leaves never takes users again, and ends by delivering", () => {
  const leaving = PHASES.filter(isLeaving);
  assert.deepEqual(leaving, ["leaving", "delivering", "left"]);
  for (const phase of leaving) {
    for (const fact of FACTS) assert.ok(isLeaving(nextPhase(phase, fact) ?? phase), `${phase} ${fact}`);
  }
});

test("reportsEnd() is true where the users are gone and a master ended them, or the process ends", () => {
  assert.deepEqual(PHASES.filter(reportsEnd), ["idle", "ended", "delivering"]);
});

test("toWorkerState() has a word of the protocol for each phase", () => {
  const words = Object.fromEntries(PHASES.map((phase) => [phase, toWorkerState(phase)]));
  assert.deepEqual(words, {
    idle: "ready",
    spawning: "spawning",
    running: "running",
    stopping: "stopping",
    ended: "ready",
    orphaned: "stopping",
    orphanEnded: "ready",
    leaving: "stopping",
    delivering: "ready",
    left: "ready",
  });
});
