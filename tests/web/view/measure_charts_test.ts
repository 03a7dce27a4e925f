import assert from "node:assert/strict";
import { test } from "node:test";
import { measureCharts } from "../../../web/view/measure_charts.ts";

const STEP = { second: 0, seconds: 2, count: 10 };

test("measureCharts() of a check: the share that passed, and passes and fails per second; a gap where nothing was counted", () => {
  const steps = [{ ...STEP, failures: 1, passRate: 0.9 }, { ...STEP, second: 5, failures: 0, passRate: 1 }];
  const [rate, counts] = measureCharts({ of: "checks", name: "ok", steps }, "check ok");
  assert.equal(rate?.title, "Pass rate of check ok");
  assert.deepEqual([rate?.x, rate?.lines[0]?.values], [[0, 2, 5], [90, null, 100]]);
  assert.deepEqual(counts?.lines.map(({ values }) => values), [[4.5, null, 5], [0.5, null, 0]]);
});

test("measureCharts() of the others: times in ms, values in the unit of a metric, sums per second, last values", () => {
  const times = { mean: 5, p50: 4, p95: 9, p99: 10 };
  const linesOf = (charts: ReturnType<typeof measureCharts>) =>
    charts.map(({ caption, unit, lines }) => `${caption} (${unit}): ${lines.map(({ values }) => values[0]).join(" ")}`);
  const transaction = { ...STEP, failures: 2, ...times, busyP50: 1, busyP95: 2 };
  assert.deepEqual(linesOf(measureCharts({ of: "transactions", name: "t", steps: [transaction] }, "t")), [
    "Time (ms): 4 9 10 2",
    "Transactions per second (/s): 5 1",
  ]);
  const metric = { of: "metrics", name: "m", unit: "EUR" } as const;
  assert.deepEqual(linesOf(measureCharts({ ...metric, kind: "trend", steps: [{ ...STEP, ...times }] }, "m")), [
    "Value (EUR): 4 9 10",
  ]);
  assert.deepEqual(linesOf(measureCharts({ ...metric, kind: "counter", steps: [{ ...STEP, sum: 8 }] }, "m")), [
    "Added per second (EUR/s): 4",
  ]);
  assert.deepEqual(linesOf(measureCharts({ ...metric, kind: "gauge", steps: [{ ...STEP, last: -3 }] }, "m")), [
    "Last value (EUR): -3",
  ]);
});
