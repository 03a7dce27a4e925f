import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { renderHtmlPage, toScriptJson } from "../../../src/report/page/html_page.ts";
import { SummaryBuilder } from "../../../src/report/summary/summary_builder.ts";
import { REQUEST_COLUMNS } from "../../../web/view/request_columns.ts";
import { arrange, nextSorting, toClipboardText } from "../../../web/view/table_columns.ts";
import { buildHeatMap, HEAT_LEVELS, heatLevel } from "../../../web/view/heat_map.ts";
import { distributionChart, percentOf } from "../../../web/view/distribution.ts";
import { formatDuration, formatShare } from "../../../web/view/format.ts";
import { limitsOf } from "../../../web/view/chart_limits.ts";
import { niceTicks } from "../../../web/view/chart.ts";
import { requestsChart } from "../../../web/view/history_charts.ts";
import { toSummaryCapacity } from "../../../src/report/summary/summary_capacity.ts";
import { searchSimulated } from "../../support/simulated_search.ts";
import { createCurve } from "../../support/simulated_system.ts";
import { recordTimedRun } from "../../support/timed_run.ts";

async function summarise(name = "/cart") {
  const { events } = await recordTimedRun({
    seconds: 6,
    second(recorder, second) {
      for (let i = 0; i < 20; i++) recorder.record(recorder.entry("GET", name), 4 + i + second, 10, undefined, 0);
      recorder.record(recorder.entry("POST", "=orders"), 900, 10, "HttpError 500", 0);
    },
  });
  const builder = new SummaryBuilder();
  for (const event of events) builder.take(event);
  const summary = builder.conclude(1);
  assert.ok(summary !== undefined);
  return summary;
}

test("renderHtmlPage() allows exactly its own script and style, by hash", async () => {
  const assets = { script: "let a = 1;", style: "p{}", render: () => ({ title: "<t>", html: "<p></p>" }) };
  const page = renderHtmlPage(await summarise(), assets);
  for (const [directive, text] of [["script-src", assets.script], ["style-src", assets.style]] as const) {
    assert.ok(page.includes(`${directive} 'sha256-${createHash("sha256").update(text).digest("base64")}'`), directive);
  }
  assert.ok(page.includes("default-src 'none'"));
  assert.ok(page.includes('<html lang="en">'), "the theme of the reader's system");
  assert.ok(renderHtmlPage(await summarise(), assets, "dark").includes('<html lang="en" data-theme="dark">'));
  assert.ok(page.includes("<title>&#60;t&#62;</title>"));
});

test("toScriptJson() holds nothing that ends its element, and reads back", () => {
  const value = { name: "</script><!--<script>" };
  assert.ok(!toScriptJson(value).includes("<"));
  assert.deepEqual(JSON.parse(toScriptJson(value)), value);
});

test("arrange() filters by type and name and sorts by a column; nextSorting() goes round", async () => {
  const { entries } = await summarise();
  const column = REQUEST_COLUMNS.find(({ title }) => title === "95%ile (ms)");
  assert.ok(column !== undefined);
  const down = nextSorting(undefined, column);
  assert.deepEqual(arrange(entries, REQUEST_COLUMNS, "", down).map(({ name }) => name), ["=orders", "/cart"]);
  const up = nextSorting(down, column);
  assert.deepEqual(arrange(entries, REQUEST_COLUMNS, "", up).map(({ name }) => name), ["/cart", "=orders"]);
  assert.equal(nextSorting(up, column), undefined);
  assert.deepEqual(arrange(entries, REQUEST_COLUMNS, "post =", undefined).map(({ name }) => name), ["=orders"]);
});

test("toClipboardText() defuses formulas and keeps one line per row", async () => {
  const { entries } = await summarise("/a\tb\nc");
  const text = toClipboardText(entries, REQUEST_COLUMNS);
  assert.equal(text.split("\n").length, 3);
  assert.ok(text.includes("\t'=orders\t") && text.includes("\t/a b c\t"));
});

test("buildHeatMap() counts every timed request once", async () => {
  const summary = await summarise();
  const map = buildHeatMap(summary.history);
  const sum = map?.counts.flat().reduce((a, b) => a + b, 0);
  assert.equal(sum, summary.total.requests - summary.total.untimed);
  assert.equal(buildHeatMap([]), undefined);
  assert.deepEqual([heatLevel(0, 9), heatLevel(1, 9), heatLevel(9, 9), heatLevel(1, 1)], [
    0,
    1,
    HEAT_LEVELS,
    HEAT_LEVELS,
  ]);
});

test("distributionChart() rises, and ends at the maximum", async () => {
  const { total } = await summarise();
  const values = distributionChart(total).lines[0]?.values as readonly number[];
  assert.deepEqual([...values].sort((a, b) => a - b), values);
  assert.equal(values[values.length - 1], total.maxMs);
  assert.deepEqual([0, 1, 2, 3].map(percentOf), [0, 90, 99, 99.9]);
});

for (
  const [ratio, text] of [[null, "–"], [0, "0 %"], [0.00001, "<0.01 %"], [0.0042, "0.42 %"], [0.015, "1.5 %"], [
    1,
    "100 %",
  ]] as const
) {
  test(`formatShare(${ratio}) is ${text}`, () => assert.equal(formatShare(ratio), text));
}

for (const [seconds, text] of [[0.3, "300 ms"], [20.05, "20.1 s"], [60, "1 min"], [3725, "1 h 2 min"]] as const) {
  test(`formatDuration(${seconds}) is ${text}`, () => assert.equal(formatDuration(seconds), text));
}

test("niceTicks() begins at 0 and reaches the largest value", () => {
  assert.deepEqual(niceTicks(97), [0, 25, 50, 75, 100]);
  assert.deepEqual(niceTicks(0), [0, 1]);
});

test("requestsChart() has no rate for the moment after the last whole second", async () => {
  const chart = requestsChart(await summarise());
  const rates = chart.lines[0]?.values ?? [];
  assert.deepEqual(rates.slice(0, 6), Array(6).fill(21));
  assert.equal(rates[6], null); // 0.3 s
});

test("requestsChart() marks where the load of each scenario begins and is over, as the charts of a run in progress do", async () => {
  const moment = { state: "ended", users: 0, wantedUsers: 0, endSeconds: 4.2 } as const;
  const scenarios = [
    { ...moment, name: "browse", startSeconds: 0, overSeconds: 4 },
    { ...moment, name: "buy", startSeconds: 2, overSeconds: null },
    { ...moment, name: "late", startSeconds: null, overSeconds: null },
  ];
  const summary = await summarise();
  assert.deepEqual(requestsChart({ ...summary, scenarios }).marks, [
    { x: 0, label: "browse begins", isBad: false },
    { x: 2, label: "buy begins", isBad: false },
    { x: 4, label: "browse is over", isBad: false },
  ]);
  assert.equal(requestsChart(summary).marks, undefined);
});

test("distributionChart() shows the percentiles of the summary", async () => {
  const { events } = await recordTimedRun({
    seconds: 1,
    second(recorder, second) {
      const row = recorder.entry("GET", "/");
      if (second === 0) { for (let i = 0; i < 1000; i++) recorder.record(row, 0.3 * 1.01 ** i, 10, undefined, 0); }
    },
  });
  const builder = new SummaryBuilder();
  for (const event of events) builder.take(event);
  const total = builder.conclude(0)?.total;
  assert.ok(total !== undefined);
  const { x, lines } = distributionChart(total);
  const shown = [1, 2, 3].map((nines) => lines[0]?.values[x.findIndex((each) => Math.abs(each - nines) < 1e-9)]);
  assert.deepEqual(shown, [total.percentilesMs["90"], total.percentilesMs["99"], total.maxMs]);
});

test("distributionChart() of a few requests ends at the 90th percentile, which is the slowest", async () => {
  const { events } = await recordTimedRun({
    seconds: 1,
    second(recorder, second) {
      if (second === 0) recorder.record(recorder.entry("GET", "/"), 12, 10, undefined, 0);
    },
  });
  const builder = new SummaryBuilder();
  for (const event of events) builder.take(event);
  const total = builder.conclude(0)?.total;
  assert.ok(total !== undefined);
  const { x, lines, xTicks } = distributionChart(total);
  assert.deepEqual([x[x.length - 1], lines[0]?.values[x.length - 1], xTicks], [1, total.maxMs, [0, 1]]);
});

test("charts over time name the parts of the run, and draw the limits that belong to them", async () => {
  const { events } = await recordTimedRun({
    seconds: 8,
    warmUpSeconds: 4,
    second: (recorder) => recorder.record(recorder.entry("GET", "/"), 12, 10, undefined, 0),
  });
  const builder = new SummaryBuilder();
  for (const event of events) builder.take(event);
  const summary = builder.conclude(0);
  assert.ok(summary !== undefined);
  const chart = requestsChart(summary);
  assert.deepEqual(chart.bands.map(({ label, isPlain }) => [label, isPlain]), [
    ["Ramp", undefined],
    ["Warm-up", undefined],
    ["Steady", true],
    ["Cool-down", undefined],
  ]);
  const threshold = {
    ...{ scope: "Aggregated", metric: "response_time", statistic: "p95" },
    ...{ operator: "<" as const, limit: 300, unit: "ms", passed: false },
  };
  const thresholds = [threshold, { ...threshold, scope: "/cart" }];
  assert.deepEqual(limitsOf(thresholds, undefined), [{ y: 300, label: "p95 < 300 ms", isBroken: true }]);
  assert.deepEqual(limitsOf(thresholds, ["rps"]), []);
});

test("the charts of a capacity search have a mark for each of its steps", async () => {
  const { seconds: _, ...report } = searchSimulated(
    createCurve({ medianMs: (load) => load > 40 ? 400 : 20, seed: 1 }),
    { unit: "users", start: 30, slo: ["p99<100ms"] },
  );
  const summary = { ...await summarise(), capacity: toSummaryCapacity(report) };
  const { marks = [] } = requestsChart(summary);
  assert.deepEqual(marks.map(({ x }) => x), report.steps.map(({ toSeconds }) => toSeconds));
  assert.equal(marks[0]?.label, "Step 1: 30 users unclear");
  assert.equal(requestsChart(await summarise()).marks, undefined);
});
