/** The charts of a run that goes on. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { type HistoryStep, RunHistory } from "../../../web/model/history.ts";
import { sparkValues } from "../../../web/view/sparkline.ts";
import { liveArrivalsChart, liveRequestsChart, liveTimesChart } from "../../../web/view/live_charts.ts";

function step(second: number, more: Partial<HistoryStep> = {}): HistoryStep {
  const times = { p50Ms: 1, p90Ms: 2, p95Ms: 3, p99Ms: 4, meanMs: 1 };
  return { second, seconds: 1, users: 5, requests: 10, failures: 0, ...times, ...more };
}

test("a second without a measured time is a gap in the chart, and its rate is 0", () => {
  const history = new RunHistory();
  const silent = { requests: 0, p50Ms: null, p90Ms: null, p95Ms: null, p99Ms: null, meanMs: null };
  history.add([step(0), step(1, silent), step(2, { seconds: 10, requests: 50 })]);
  const parts = { columns: history.read(), markers: [], thresholds: [] };
  assert.deepEqual(liveTimesChart(parts).lines[0]?.values, [1, null, 1]);
  assert.deepEqual(liveRequestsChart(parts).lines[0]?.values, [10, 0, 5]);
});

test("rates are over the time that was counted in a step, and the rest of a second at the end has none", () => {
  const history = new RunHistory();
  history.add([
    step(0, { requests: 85, countedSeconds: 0.85 }),
    step(1, { requests: 100 }),
    step(2, { requests: 75, countedSeconds: 0.75 }),
    step(3, { requests: 4, countedSeconds: 0.19 }),
  ]);
  const parts = { columns: history.read(), markers: [], thresholds: [] };
  assert.deepEqual(liveRequestsChart(parts).lines[0]?.values, [100, 100, 100, null]);
  assert.deepEqual([...sparkValues(parts.columns, "requests", true)], [100, 100, 100, NaN]);
});

test("a long history is drawn by its largest values: no spike is lost", () => {
  const history = new RunHistory();
  history.add(Array.from({ length: 6000 }, (_, second) => step(second, second === 4321 ? { p99Ms: 999 } : {})));
  const chart = liveTimesChart({ columns: history.read(), markers: [], thresholds: [] });
  assert.ok(chart.x.length <= 1800);
  assert.ok(chart.lines[2]?.values.includes(999));
});

test("liveArrivalsChart() is there where there are arrivals, with their rates", () => {
  const history = new RunHistory();
  const step = { seconds: 1, users: 3, requests: 10, failures: 0 };
  const times = { p50Ms: 1, p90Ms: 1, p95Ms: 1, p99Ms: 1, meanMs: 1 };
  history.add([{ ...step, ...times, second: 0 }]);
  assert.equal(liveArrivalsChart({ columns: history.read(), markers: [], thresholds: [] }), undefined);
  history.add([{
    ...step,
    ...times,
    second: 1,
    seconds: 2,
    arrivals: { asked: 20, started: 18, dropped: 2, late: 0 },
  }]);
  const chart = liveArrivalsChart({ columns: history.read(), markers: [], thresholds: [] });
  assert.deepEqual(chart?.lines.map(({ values }) => values), [[null, 10], [null, 9], [null, 1]]);
});
