import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "../../../src/base/text/display_width.ts";
import { jsonEntries } from "../../../src/report/json_report.ts";
import { renderSplits } from "../../../src/report/tables/split_tables.ts";
import { toSummarySplits } from "../../../src/report/summary/summary_splits.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };

async function createLedger(regions: readonly string[], names: number): Promise<Ledger> {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  for (const region of regions) {
    for (let i = 0; i < names; i++) {
      for (let n = 0; n < 20; n++) {
        const failure = region === "us" && n === 0 ? "no" : undefined;
        const entry = recorder.entry("GET", `/page-${i}`);
        recorder.record(entry, region === "us" ? 400 : 10, 1, failure, 0, undefined, 200, undefined, 0, { region });
      }
    }
  }
  await clock.advance(10_000);
  const delta = recorder.drain();
  if (delta !== undefined) ledger.apply(delta, "w");
  ledger.rotate();
  return ledger;
}

test("renderSplits(): for each value its sum and its rows, in the columns of the request table", async () => {
  const snapshot = (await createLedger(["us", "eu"], 2)).snapshot(CONTEXT);
  assert.deepEqual(renderSplits(snapshot, { width: null, colors: "none" }), [
    "Requests by region (times in ms)",
    "region Type Name       # reqs  # fails  Avg  Med    95%    99% req/s",
    "------ ---- ---------- ------ -------- ---- ---- ------ ------ -----",
    "eu          Aggregated     40 0(0.00%) 10.0 10.0 (10.0) (10.0)  4.00",
    "eu     GET  /page-0        20 0(0.00%) 10.0 10.0 (10.0) (10.0)  2.00",
    "eu     GET  /page-1        20 0(0.00%) 10.0 10.0 (10.0) (10.0)  2.00",
    "us          Aggregated     40 2(5.00%)  400  400  (400)  (400)  4.00",
    "us     GET  /page-0        20 1(5.00%)  400  400  (400)  (400)  2.00",
    "us     GET  /page-1        20 1(5.00%)  400  400  (400)  (400)  2.00",
    "",
  ]);
});

test("renderSplits(): many rows give way to the values, and no line is wider than the terminal", async () => {
  const snapshot = (await createLedger(["us", "eu", "a region with a very long name"], 20)).snapshot(CONTEXT);
  const lines = renderSplits(snapshot, { width: null, colors: "none" });
  assert.equal(
    lines[0],
    "Requests by region (times in ms; each row of it is in the summary, the report and the web UI)",
  );
  assert.equal(lines.length, 3 + 3 + 1);
  for (const width of [20, 40, 80]) {
    for (const line of renderSplits(snapshot, { width, colors: "none" })) assert.ok(displayWidth(line) <= width, line);
  }
});

test("renderSplits(): nothing without tags; tags over the bound are told", () => {
  assert.deepEqual(renderSplits({}, { width: null, colors: "none" }), []);
  const [line] = renderSplits({ droppedTags: 7 }, { width: null, colors: "none" });
  assert.match(line ?? "", /^7 tags of requests are in no table/);
});

test("toSummarySplits() has the entries of each value with their histograms", async () => {
  const ledger = await createLedger(["us", "eu"], 2);
  const [split] = toSummarySplits(ledger.snapshot(CONTEXT), ledger.save()) ?? [];
  assert.deepEqual(split?.values.map(({ value }) => value), ["eu", "us"]);
  for (const { total, entries } of split?.values ?? []) {
    const timed = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
    assert.equal(timed(total.histogram.counts), 40);
    assert.deepEqual(entries.map(({ name, histogram }) => [name, timed(histogram.counts)]), [
      ["/page-0", 20],
      ["/page-1", 20],
    ]);
  }
});

test("jsonEntries() lists splits behind the rows, without the fields of Locust", async () => {
  const ledger = await createLedger(["us", "eu"], 1);
  const splits = jsonEntries(ledger.snapshot(CONTEXT), ledger.details()).filter(({ kind }) => kind === "split");
  assert.deepEqual(splits.map(({ tag, value, entry, requests, failures }) => [tag, value, entry, requests, failures]), [
    ["region", "eu", "Aggregated", 20, 0],
    ["region", "eu", "/page-0", 20, 0],
    ["region", "us", "Aggregated", 20, 1],
    ["region", "us", "/page-0", 20, 1],
  ]);
  assert.ok(splits.every((each) => !("num_requests" in each)));
});
