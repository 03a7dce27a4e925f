import assert from "node:assert/strict";
import { test } from "node:test";
import type { UsageError } from "../../../src/base/errors.ts";
import { correctSlo, describeBadSlo, readSlo } from "../../../src/stats/capacity/read_slo.ts";

const CASES: [text: string, problem: RegExp | undefined][] = [
  ["p99<300ms, failures<1%", undefined],
  ["GET /items: p95 < 200ms, mean<50ms", undefined],
  ["*: p95 < 1s", undefined],
  ["rps>100", undefined],
  ["p99>300ms", /write "<"/],
  ["rps<100", /write ">"/],
  ["requests>100", /depends on the length of a step/],
  ["users<100", /depends on the length of a step or on the load itself/],
  ["p99<300ms over 10s", /leave it out, and set --step-time/],
  ["p99<300ms, abort", /leave out "abort"/],
  ["p99<<300ms", /column 5: expected a number\n {2}p99<<300ms\n {6}\^/],
];

for (const [text, problem] of CASES) {
  test(`describeBadSlo(): ${text}`, () => {
    const found = describeBadSlo(text);
    if (problem === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", problem);
  });
}

test("readSlo() lists all problems", () => {
  assert.throws(() => readSlo(["p99>1s", "failures<1%", "p"]), (error: UsageError) => error.problems.length === 2);
});

test("correctSlo() judges arrivals by the time since they were due", () => {
  const [first] = correctSlo(readSlo(["p99<300ms, failures<1%"]));
  assert.deepEqual(first?.conditions.map(({ statistic }) => statistic), [
    { kind: "percentile", fraction: 0.99, latency: "corrected" },
    { kind: "failureRatio" },
  ]);
});
