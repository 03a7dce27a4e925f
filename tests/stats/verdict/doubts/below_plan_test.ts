import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvidence } from "../../../../src/stats/verdict/evidence.ts";
import { arrivalsBelowAsked, targetBelowAsked, workerOlder } from "../../../../src/stats/verdict/doubts/below_plan.ts";

function judge(planned: number, started: number, dropped: number, asked = planned): string | undefined {
  const counts = { arrivals: { asked, started, dropped, late: 0 } };
  return arrivalsBelowAsked({ plannedArrivals: planned, counts } as RunEvidence)[0]?.sentence;
}

test("arrivalsBelowAsked() allows one arrival in a hundred, and names what became of the others", () => {
  assert.equal(judge(1000, 1000, 0), undefined);
  assert.equal(judge(1000, 990, 10), undefined);
  assert.equal(judge(0, 0, 0), undefined);
  assert.equal(judge(3, 2, 0), undefined, "one of three that waits is no share");
  assert.equal(judge(1000, 989, 11), "989 of 1,000 arrivals were started (98.9 %): 11 were dropped");
  assert.equal(
    judge(1000, 900, 20),
    "900 of 1,000 arrivals were started (90.0 %): 20 were dropped, 80 waited for a user until the end",
  );
  assert.equal(
    judge(1000, 900, 0, 900),
    "900 of 1,000 arrivals were started (90.0 %): 100 were lost with a worker or a thread, or while none was there",
  );
});

test("targetBelowAsked() names the class and the share, from a hundredth on", () => {
  const judgeTarget = (asked: number, started: number, unserved = 0) =>
    targetBelowAsked({ targets: [{ name: "Buyer", asked, started, unserved }] } as unknown as RunEvidence)[0]?.sentence;
  assert.equal(judgeTarget(1000, 990), undefined);
  assert.equal(judgeTarget(19, 1), undefined, "too few to say anything");
  assert.equal(
    judgeTarget(1000, 871),
    'The users of "Buyer" started 871 tasks where their target rate asked for 1,000 (87.1 %)',
  );
  assert.equal(
    judgeTarget(500, 500, 500),
    'No user of "Buyer" was there while its target rate asked for about 500 tasks',
  );
  assert.equal(judgeTarget(9900, 9900, 99), undefined, "less than a hundredth");
  assert.equal(judgeTarget(0, 0, 19), undefined, "too few to say anything");
});

test("workerOlder() says what a worker could not do", () => {
  const older = [{ id: "w1", lacks: "arrivals" as const }, { id: "w2", lacks: "targets" as const }];
  assert.deepEqual(workerOlder({ older } as unknown as RunEvidence).map(({ sentence }) => sentence), [
    "Worker w1 is of an older version and was given no arrivals: the others started them all",
    "Worker w2 is of an older version that does not support target rates: its users made load without one",
  ]);
});
