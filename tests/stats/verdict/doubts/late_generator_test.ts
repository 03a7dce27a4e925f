import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_FRICTION } from "../../../../src/protocol/health_message.ts";
import { codeBlocks, loopLate } from "../../../../src/stats/verdict/doubts/late_generator.ts";
import { gcPauses } from "../../../../src/stats/verdict/doubts/held_back.ts";
import type { RunEvidence, SecondCounts, WorkerEvidence } from "../../../../src/stats/verdict/evidence.ts";

const NEVER = { seconds: 0, of: 60, worst: 1 };

function evidence(changes: Partial<WorkerEvidence>): RunEvidence {
  const worker: WorkerEvidence = {
    id: "w1",
    loopLate: NEVER,
    startsLate: NEVER,
    cpuFull: NEVER,
    gcPauses: NEVER,
    blocked: { ...NEVER, doing: "" },
    throttled: NEVER,
    friction: NO_FRICTION,
    limits: {},
    work: undefined,
    ...changes,
  };
  return { workers: [worker] } as unknown as RunEvidence; // all that these rules read
}

const LIMITS: readonly (readonly [says: string, counts: Partial<SecondCounts>, isDoubt: boolean])[] = [
  ["40 ms once", { seconds: 0, worst: 40 }, false],
  ["200 ms once", { seconds: 1, worst: 200 }, false],
  ["400 ms once", { seconds: 1, worst: 400 }, true],
  ["80 ms in two of sixty seconds", { seconds: 2, worst: 80 }, false],
  ["80 ms in each tenth second", { seconds: 6, worst: 80 }, true],
];

for (const [says, counts, isDoubt] of LIMITS) {
  test(`codeBlocks() and gcPauses() with ${says}: ${isDoubt ? "a doubt" : "none"}`, () => {
    const blocked = codeBlocks(evidence({ blocked: { ...NEVER, ...counts, doing: "Shopper.order" } }));
    const paused = gcPauses(evidence({ gcPauses: { ...NEVER, ...counts } }));
    assert.equal(blocked.length, isDoubt ? 1 : 0);
    assert.equal(paused.length, isDoubt ? 1 : 0);
  });
}

test("codeBlocks() names the task, and the advice about a late loop points to it", () => {
  const late = { seconds: 6, of: 60, worst: 320 };
  const [blocked] = codeBlocks(evidence({ blocked: { seconds: 5, of: 60, worst: 300, doing: "Shopper.order" } }));
  assert.equal(
    blocked?.sentence,
    "Code of the locustfile kept w1 computing without a pause in 5 of 60 seconds (up to 300 ms, in Shopper.order): " +
      "the other users of its thread waited",
  );
  const adviceWith = (seconds: number) =>
    loopLate(evidence({ loopLate: late, blocked: { seconds, of: 60, worst: 300, doing: "Shopper.order" } }))[0]?.advice;
  assert.match(adviceWith(5) ?? "", /^correct the code that blocks it first/);
  assert.match(adviceWith(1) ?? "", /^start fewer users here/);
});
