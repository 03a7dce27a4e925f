import assert from "node:assert/strict";
import { test } from "node:test";
import { workerUnlike } from "../../../../src/stats/verdict/doubts/unlike_worker.ts";
import type { RunEvidence } from "../../../../src/stats/verdict/evidence.ts";

function judge(
  figures: readonly [requests: number, meanMs: number, userSeconds: number][],
  changes: Partial<RunEvidence> = {},
): readonly string[] {
  const workers = figures.map(([requests, meanMs, seconds], i) => ({
    id: `w${i}`,
    work: { threads: 1, requests, meanMs, userSeconds: { A: seconds } },
  }));
  return workerUnlike({ workers, ...changes } as unknown as RunEvidence).map(({ sentence }) => sentence);
}

const FEW_IN_USE: [number, number, number][] = [[6000, 10, 6], [6100, 10, 60], [5900, 10, 6]];

test("workerUnlike() compares no rates per user where arrivals decide them", () => {
  assert.equal(judge(FEW_IN_USE).length, 1);
  assert.deepEqual(judge(FEW_IN_USE, { plannedArrivals: 0 }), []);
});

test("workerUnlike() compares response times of arrivals too", () => {
  const [only] = judge([[6000, 10, 600], [6100, 11, 600], [6000, 30, 600]], { plannedArrivals: 18_100 });
  assert.match(only ?? "", /^Worker w2 was unlike the others: it made requests with a mean of 30\.0 ms/);
});
