/** The charts of feeds: rows used and left, in a run that goes on and in a report. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { SummaryFeed } from "../../../src/report/summary/load_summary.ts";
import { type HistoryStep, RunHistory } from "../../../web/model/history.ts";
import { liveFeedCharts } from "../../../web/view/live_charts.ts";
import { feedCharts } from "../../../web/view/feed_charts.ts";

const UNIQUE: SummaryFeed = { name: "users.csv", rows: 100, used: 30, left: 70, unsure: 0 };
const REPEATED: SummaryFeed = { name: "words", rows: 3, used: 40, left: null, unsure: 0 };
const UNDRAWN: SummaryFeed = { name: "later", rows: 9, used: 0, left: 9, unsure: 0 };

const AXIS = { x: [0, 1, 2], xLabel: "Second", bands: [], formatX: String };

function step(second: number, feeds?: Readonly<Record<string, number>>): HistoryStep {
  const times = { p50Ms: 1, p90Ms: 1, p95Ms: 1, p99Ms: 1, meanMs: 1 };
  return {
    second,
    seconds: 1,
    users: 1,
    requests: 1,
    failures: 0,
    ...times,
    ...(feeds === undefined ? {} : { feeds }),
  };
}

test("feedCharts() has a chart for each feed that was drawn from, and what is left where rows are unique", () => {
  const used = new Map([["users.csv", [null, 10, 30]], ["words", [5, 20, 40]], ["later", [null, null, null]]]);
  const charts = feedCharts({ feeds: [UNIQUE, REPEATED, UNDRAWN], used, axis: AXIS });
  assert.deepEqual(
    charts.map(({ title, lines }) => [title, ...lines.map(({ label, values }) => [label, values])]),
    [
      ["Rows of users.csv", ["Used", [null, 10, 30]], ["Left", [null, 90, 70]]],
      ["Rows of words", ["Used", [5, 20, 40]]],
    ],
  );
});

test("liveFeedCharts() reads them from the history, which grows and takes feeds that come later", () => {
  const history = new RunHistory();
  const seconds = Array.from({ length: 1000 }, (_, second) => second);
  history.add(seconds.map((second) => step(second, second < 600 ? undefined : { "users.csv": second - 599 })));
  const [chart, ...others] = liveFeedCharts(
    { columns: history.read(), markers: [], thresholds: [] },
    [{ ...UNIQUE, rows: 1000 }],
    history.readFeeds(),
  );
  assert.equal(others.length, 0);
  assert.deepEqual(chart?.lines.map(({ values }) => [values[599], values[600], values[999]]), [
    [null, 1, 400],
    [null, 999, 600],
  ]);
  assert.equal(chart?.x.length, 1000);
  history.clear();
  assert.equal(history.readFeeds().size, 0);
});
