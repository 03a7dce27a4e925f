import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunSummary } from "../../../src/report/summary/summary.ts";
import { describeEnd, headlineFigures } from "../../../web/view/headline.ts";

function summaryWith(changes: Partial<RunSummary>, stopReason: RunSummary["run"]["stopReason"] = { kind: "runTime" }) {
  const total = {
    requests: 10,
    failures: 0,
    failureRatio: 0,
    perSecond: 1,
    percentilesMs: {},
    correctedPercentilesMs: null,
  };
  const users = { target: 6, peak: 6, byClass: {} };
  return { run: { durationSeconds: 10, stopReason }, users, total, steady: null, phases: [], ...changes } as unknown as
    & RunSummary
    & { readonly users: RunSummary["users"] };
}

test("describeEnd() has words for each way in which a run ends", () => {
  const cases: [kind: string, words: string][] = [
    ["scenariosEnded", "Ended with its scenarios"],
    ["iterations", "Ended with its last iteration"],
    ["searchEnded", "Ended with its capacity search"],
    ["runTime", "Ended at its run time"],
  ];
  for (const [kind, words] of cases) assert.equal(describeEnd(summaryWith({}, { kind })), words);
});

test("headlineFigures() names the users asked for where that was the load", () => {
  const noteOf = (changes: Partial<RunSummary>) =>
    headlineFigures(summaryWith(changes)).find(({ label }) => label === "Users at the peak")?.note;
  assert.equal(noteOf({}), "of 6 asked for");
  const arrivals = { planned: 1, asked: 1, started: 1, dropped: 0, waiting: 0, late: 0 };
  assert.equal(noteOf({ arrivals, users: { target: 0, peak: 8, byClass: {} } }), "");
  assert.equal(noteOf({ scenarios: [], users: { target: 6, peak: 16, byClass: {} } }), "");
  assert.equal(noteOf({ users: { target: null, peak: 4, byClass: {} } }), "");
});
