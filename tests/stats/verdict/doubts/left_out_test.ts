import assert from "node:assert/strict";
import { test } from "node:test";
import { measuresOverflowed } from "../../../../src/stats/verdict/doubts/left_out.ts";
import type { RunEvidence } from "../../../../src/stats/verdict/evidence.ts";

test("measuresOverflowed() counts checks, values of metrics and transactions beyond the limit", () => {
  const evidence = (overflowedMeasures: number) => ({ counts: { overflowedMeasures } }) as RunEvidence;
  assert.deepEqual(measuresOverflowed(evidence(0)), []);
  const [finding] = measuresOverflowed(evidence(7));
  assert.equal(finding?.severity, "degraded");
  assert.match(
    finding?.sentence ?? "",
    /^7 checks, metric values and transactions are in "\(other\)", which stands for names beyond the limit/,
  );
});
