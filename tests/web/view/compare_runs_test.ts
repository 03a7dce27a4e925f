import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { RunSummary } from "../../../src/report/summary/summary.ts";
import { NO_ROW } from "../../../src/server/answers/api_rows.ts";
import { compareRuns } from "../../../web/view/compare_runs.ts";

test("compareRuns(): a row of this run that has counted nothing is not there yet, and is no fall to 0", () => {
  const entry = { method: "GET", name: "/a", perSecond: 17 };
  const earlier = { total: entry, entries: [entry] } as unknown as RunSummary;
  const row = { ...NO_ROW, method: "GET", name: "/a" };
  const before = compareRuns([row], NO_ROW, earlier);
  assert.deepEqual(before.map(({ label, now }) => [label, now]), [["Aggregated", undefined], ["GET /a", undefined]]);
  const [, after] = compareRuns([{ ...row, requests: 2, perSecond: 3 }], undefined, earlier);
  assert.equal(after?.now?.perSecond, 3);
});
