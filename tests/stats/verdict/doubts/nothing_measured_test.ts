import assert from "node:assert/strict";
import { test } from "node:test";
import { steadyMissing } from "../../../../src/stats/verdict/doubts/nothing_measured.ts";
import type { RunEvidence, UnsteadyRun } from "../../../../src/stats/verdict/evidence.ts";

const evidenceOf = (unsteady: UnsteadyRun | undefined, requests = 1000) => ({ requests, unsteady }) as RunEvidence;

test("steadyMissing() says where a run with a warm-up ended, if that was before its steady part", () => {
  const sentenceOf = (endedIn: UnsteadyRun["endedIn"]) =>
    steadyMissing(evidenceOf({ endedIn, warmUpSeconds: 60 })).map(({ severity, sentence }) => [severity, sentence]);
  const rest = ", so all figures are of ramp and warm-up, and thresholds have no samples";
  const saying = (what: string) => [["degraded", `The run has no steady part: it ended ${what}${rest}`]];
  assert.deepEqual(sentenceOf("warmUp"), saying("within its --warm-up of 60 s"));
  assert.deepEqual(sentenceOf("ramp"), saying("before its ramp was over"));
  assert.deepEqual(sentenceOf("steady"), saying("before a report of it had come"));
});

test("steadyMissing() has nothing to say of a run with a steady part, and of one that counted nothing at all", () => {
  assert.deepEqual(steadyMissing(evidenceOf(undefined)), []);
  assert.deepEqual(steadyMissing(evidenceOf({ endedIn: "warmUp", warmUpSeconds: 60 }, 0)), []);
});
