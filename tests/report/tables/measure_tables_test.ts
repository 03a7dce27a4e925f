import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "../../../src/base/text/display_width.ts";
import { renderLiveMeasures, renderMeasures } from "../../../src/report/tables/measure_tables.ts";
import { MeasureBook } from "../../../src/stats/measures/measure_book.ts";
import { snapshotMeasures } from "../../../src/stats/measures/snapshot_measures.ts";

function measured() {
  const book = new MeasureBook();
  for (let i = 0; i < 1000; i++) book.check("has items").take(Number(i !== 0));
  book.check("is ok\u001b[31m").take(1);
  for (let i = 1; i <= 100; i++) book.metric("trend", "time to paint", "ms").take(i * 10, 0);
  book.metric("counter", "orders", "").take(12, 0);
  for (const value of [1, 1, 0]) book.metric("rate", "from cache", "").take(value, 0);
  for (const value of [9, -2]) book.metric("gauge", "queue", "jobs").take(value, 0);
  for (let i = 1; i <= 100; i++) book.transaction("checkout").finish(1000 + i, i, i > 90 ? "failure" : "success");
  book.transaction("checkout").cutOff++;
  return snapshotMeasures(book, 4000);
}

test("renderMeasures() has a table each, without control characters of names", () => {
  const measures = measured();
  assert.ok(measures !== undefined);
  assert.deepEqual(renderMeasures({ measures }, { width: null, colors: "none" }), [
    "Transactions (ms; busy: without waits and sleeps)",
    "Transaction Count   Failures Cut off  Avg  Med  95%  99%  Max | Busy med  95%  99%",
    "----------- ----- ---------- ------- ---- ---- ---- ---- ---- - -------- ---- ----",
    "checkout      100 10(10.00%)       1 1051 1053 1094 1100 1100 |     50.0 95.0 99.1",
    "",
    "Checks",
    "Check         Passes Fails Pass rate",
    "------------- ------ ----- ---------",
    "has items        999     1    99.90%",
    "is ok\\x1b[31m      1     0   100.00%",
    "",
    "Metrics (value: mean of a trend, sum of a counter, share of a rate, last one of a gauge)",
    "Metric        Kind    Count   Value     Min      Med      95%      99%     Max",
    "------------- ------- ----- ------- ------- -------- -------- -------- -------",
    "from cache    rate        3  66.67%",
    "orders        counter     1      12",
    "queue         gauge       2 -2 jobs -2 jobs                             9 jobs",
    "time to paint trend     100  505 ms   10 ms 500.7 ms 948.2 ms 989.2 ms 1000 ms",
    "",
  ]);
  assert.deepEqual(renderMeasures({}, { width: 80, colors: "none" }), []);
});

test("renderMeasures() is no wider than the terminal", () => {
  const measures = measured();
  assert.ok(measures !== undefined);
  for (const width of [40, 60, 80, 120]) {
    for (const line of renderMeasures({ measures }, { width, colors: "none" })) {
      assert.ok(displayWidth(line) <= width, line);
    }
  }
});

test("renderLiveMeasures() shows failed checks first, and says how many lines had no room", () => {
  const lines = renderLiveMeasures(measured(), { columns: 100, rows: 6 }, "none");
  assert.deepEqual(lines, [
    "",
    "Checks, transactions and metrics",
    "check has items: 99.90%, 1 of 1000 failed",
    "check is ok\\x1b[31m: 100.00%",
    "transaction checkout: 100, 10(10.00%) failed, p95 1094 ms, busy 95.0 ms",
    "… and 4 more",
  ]);
  assert.deepEqual(renderLiveMeasures(measured(), { columns: 100, rows: 2 }, "none"), []);
  assert.deepEqual(renderLiveMeasures(undefined, { columns: 100, rows: 20 }, "none"), []);
});

test("renderMeasures() escapes control characters of units", () => {
  const book = new MeasureBook();
  for (const kind of ["trend", "counter", "gauge"] as const) book.metric(kind, kind, "\x1b[2J").take(7, 0);
  const measures = snapshotMeasures(book, 1000);
  assert.ok(measures !== undefined);
  const lines = [
    ...renderMeasures({ measures }, { width: null, colors: "none" }),
    ...renderLiveMeasures(measures, { columns: 100, rows: 20 }, "none"),
  ];
  assert.ok(lines.join("\n").includes("7 \\x1b[2J"));
  assert.equal(lines.join("\n").includes("\x1b"), false);
});
