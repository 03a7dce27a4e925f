import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_FRICTION } from "../../../../src/protocol/health_message.ts";
import { concurrencyLimit, lookUpsSlow } from "../../../../src/stats/verdict/doubts/held_back.ts";
import type { RunEvidence, WorkerEvidence } from "../../../../src/stats/verdict/evidence.ts";

for (
  const [slowLookUps, lookUpMs, sentence] of [
    [
      1,
      5000,
      "1 request of w1 waited more than 100 ms for the address of its host (up to 5.0 s): its response time includes it",
    ],
    [
      200,
      300,
      "200 requests of w1 waited more than 100 ms for the address of their host (up to 300 ms): their response times include it",
    ],
  ] as const
) {
  test(`lookUpsSlow() speaks of ${slowLookUps} as one does`, () => {
    const worker: Pick<WorkerEvidence, "id" | "friction" | "work"> = {
      id: "w1",
      friction: { ...NO_FRICTION, slowLookUps, lookUpMs },
      work: { threads: 1, requests: 10_000, meanMs: 10, userSeconds: { A: 500 } },
    };
    const findings = lookUpsSlow({ workers: [worker] } as unknown as RunEvidence);
    assert.deepEqual(findings.map((finding) => finding.sentence), [sentence]);
  });
}

test("concurrencyLimit() speaks of one request as one does", () => {
  const worker = { id: "w1", friction: { ...NO_FRICTION, queued: 1, queuedMs: 5000 } };
  const findings = concurrencyLimit({ workers: [worker] } as unknown as RunEvidence);
  assert.match(
    findings[0]?.sentence ?? "",
    /^1 request of w1 .* of its user or pool was used up: its response time includes it$/,
  );
});
