import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvidence } from "../../../../src/stats/verdict/evidence.ts";
import { arrivalsBelowAsked } from "../../../../src/stats/verdict/doubts/below_plan.ts";

function judge(planned: number, started: number, dropped: number, asked = planned): string | undefined {
  const counts = { arrivals: { asked, started, dropped, late: 0 } };
  return arrivalsBelowAsked({ plannedArrivals: planned, counts } as RunEvidence)[0]?.sentence;
}

test("arrivalsBelowAsked() allows one arrival in a hundred, and names what became of the others", () => {
  assert.equal(judge(1000, 1000, 0), undefined);
  assert.equal(judge(1000, 990, 10), undefined);
  assert.equal(judge(0, 0, 0), undefined);
  assert.equal(judge(3, 2, 0), undefined, "one of three that waits is no share");
  assert.equal(judge(1000, 989, 11), "989 of 1000 arrivals were started (98.9 %): 11 were dropped");
  assert.equal(
    judge(1000, 900, 20),
    "900 of 1000 arrivals were started (90.0 %): 20 were dropped, 80 waited for a user until the end",
  );
  assert.equal(
    judge(1000, 900, 0, 900),
    "900 of 1000 arrivals were started (90.0 %): 100 were lost with a worker or a thread, or while none was there",
  );
});
