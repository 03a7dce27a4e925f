import assert from "node:assert/strict";
import { test } from "node:test";
import type { SummaryMetric } from "../../../src/report/summary/summary.ts";
import { formatMeasured, formatPassRate, metricCells } from "../../../web/view/measures.ts";

test("formatPassRate() never rounds onto all or nothing", () => {
  const shown = [[1, 0], [99_999, 1], [1, 99_999], [0, 5], [85, 11]].map(([passes = 0, fails = 0]) =>
    formatPassRate({ passes, fails })
  );
  assert.deepEqual(shown, ["100.00 %", "99.99 %", "0.01 %", "0.00 %", "88.54 %"]);
});

test("formatMeasured() shows sizes in the unit that fits, and others behind the number", () => {
  assert.deepEqual(
    [
      formatMeasured(61_234_000, "B"),
      formatMeasured(1830, "ms"),
      formatMeasured(0.4217, ""),
      formatMeasured(null, "ms"),
    ],
    ["61.2 MB", "1,830 ms", "0.422", "–"],
  );
});

test("metricCells() leaves what a kind does not have", () => {
  const gauge: SummaryMetric = { kind: "gauge", name: "queue", unit: "jobs", count: 3, last: 4, min: -1, max: 9 };
  const rate: SummaryMetric = { kind: "rate", name: "hits", passes: 1, fails: 3, passRate: 0.25 };
  assert.deepEqual([metricCells(gauge).value, metricCells(gauge).min, metricCells(gauge).p95], [
    "4 jobs",
    "-1 jobs",
    "–",
  ]);
  assert.deepEqual([metricCells(rate).value, metricCells(rate).count], ["25.00 %", 4]);
});
