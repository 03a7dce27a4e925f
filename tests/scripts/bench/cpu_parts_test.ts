import assert from "node:assert/strict";
import { test } from "node:test";
import process from "node:process";
import { partsBetween, readMachine, readThreads, type ThreadTimes } from "../../../scripts/bench/cpu_parts.ts";
import { requireThat } from "../../support/requirements.ts";

const times = (name: string, runMs: number, waitMs = 0): ThreadTimes => ({ name, runMs, waitMs });

test("partsBetween() adds up threads of a kind, and knows those that came meanwhile", () => {
  const before = new Map([[1, times("locust-thread-0", 100, 5)], [2, times("locust-thread-1", 50)]]);
  const after = new Map([
    [1, times("locust-thread-0", 130, 6)],
    [2, times("locust-thread-1", 90, 2)],
    [4, times("JITWorker", 7)],
    [5, times("stranger", 3)],
  ]);
  assert.deepEqual(
    partsBetween(before, after),
    new Map([
      ["threads of users", { runMs: 70, waitMs: 3 }],
      ["compiler", { runMs: 7, waitMs: 0 }],
      ["stranger", { runMs: 3, waitMs: 0 }],
    ]),
  );
});

test("readThreads() and readMachine() read what runs here", {
  skip: requireThat(process.platform === "linux", "not Linux"),
}, () => {
  const before = readThreads([process.pid]);
  const machine = readMachine();
  for (const until = performance.now() + 60; performance.now() < until;);
  const ranMs = [...partsBetween(before, readThreads([process.pid])).values()].reduce(
    (sum, { runMs }) => sum + runMs,
    0,
  );
  assert.ok(ranMs > 1 && ranMs < 10_000, `${ranMs} ms`);
  const { workMs, idleMs } = readMachine();
  assert.ok(workMs + idleMs > machine.workMs + machine.idleMs);
});
