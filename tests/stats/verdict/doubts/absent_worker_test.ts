import assert from "node:assert/strict";
import { test } from "node:test";
import type { AbsentWorker, RunEvidence } from "../../../../src/stats/verdict/evidence.ts";
import { numbersMissing, workerLost } from "../../../../src/stats/verdict/doubts/absent_worker.ts";

const LOST = { id: "w1", users: 10, kind: "lost" } as const;
const evidence = (worker: AbsentWorker) => ({ absent: [worker] }) as unknown as RunEvidence;

test("numbersMissing() says how long before the end of the load a worker was lost", () => {
  const sentence = (awayMs: number) =>
    numbersMissing(evidence({ ...LOST, numbers: "undelivered", awayMs }))[0]?.sentence;
  assert.equal(
    sentence(4210),
    "Worker w1 was lost 4.2 s before the end with 10 users: its last requests are not counted",
  );
  assert.equal(sentence(0), "Worker w1 was lost at the end with 10 users: its last requests are not counted");
});

test("workerLost() speaks of a worker whose requests are all counted", () => {
  const sentence = (users: number, awayMs: number) =>
    workerLost(evidence({ ...LOST, users, numbers: "complete", awayMs }))[0]?.sentence;
  assert.equal(sentence(10, 12_000), "Worker w1 left 12 s before the end with 10 users: the others took them over");
  assert.equal(sentence(0, 0), "Worker w1 left during the run; its requests are counted");
});
