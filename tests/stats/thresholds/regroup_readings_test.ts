import assert from "node:assert/strict";
import { test } from "node:test";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import type { DeltaMessage } from "../../../src/protocol/delta_message.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { parseThreshold } from "../../../src/stats/thresholds/parse_threshold.ts";
import { ThresholdMonitor } from "../../../src/stats/thresholds/threshold_monitor.ts";
import { describeMeasured } from "../../../src/stats/thresholds/describe_status.ts";
import { NO_ARRIVALS } from "../../../src/protocol/arrivals_message.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A run in which `names(second)` are the URLs of a second, each with `msOf(second)`. */
async function runWith(
  expression: string,
  seconds: number,
  { urls, msOf, countFrom }: {
    readonly urls: (second: number) => readonly string[];
    readonly msOf: (second: number) => number;
    readonly countFrom?: number;
  },
) {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  const monitor = new ThresholdMonitor([parseThreshold(expression)], countFrom === undefined ? "now" : "later");
  const read = (second: number) => {
    const { total, rows, loadMs } = ledger.read({ row: (row) => monitor.wants(row), corrected: false });
    return { seconds: second, loadSeconds: loadMs / 1000, users: 1, arrivals: NO_ARRIVALS, total, rows };
  };
  for (let second = 1; second <= seconds; second++) {
    for (const name of urls(second)) recorder.record(recorder.urlEntry("GET", name), msOf(second), 0, undefined, 0);
    await clock.advance(1000);
    const delta = recorder.drain();
    if (delta !== undefined) ledger.apply(delta as DeltaMessage, "w");
    ledger.rotate();
    if (second === countFrom) monitor.beginCounting(read(second));
    else monitor.take(read(second));
  }
  return { monitor, end: monitor.conclude(read(seconds))[0], ledger };
}

/** Twenty URLs a second for 5 s, from the sixth second on others: they are grouped then. */
const urls = (second: number) => Array.from({ length: 20 }, (_, i) => `/items/${second <= 5 ? i : 100 + i}`);
const msOf = (second: number) => second <= 5 ? 500 : 10;

test("ThresholdMonitor: a prefix that takes in the group counts each request once, before and after", async () => {
  const { end } = await runWith("/items/*: requests < 1000", 10, { urls, msOf });
  assert.equal(end?.measured, 200);
});

test("ThresholdMonitor: windows over the moment of grouping hold what was counted in them and no more", async () => {
  const { end } = await runWith("/items/*: rps < 1000 over 4s", 10, { urls, msOf });
  assert.equal(end?.measured, 20);
  const late = await runWith("/items/*: max < 100 over 3s after 6s", 10, { urls, msOf });
  assert.equal(late.end?.state, "met");
});

test("ThresholdMonitor: a counted part that began before the grouping leaves out what came before it", async () => {
  const { end } = await runWith("/items/*: requests < 1000", 10, { urls, msOf, countFrom: 3 });
  assert.equal(end?.measured, 140);
});

test("ThresholdMonitor: each row: rows that are gone are judged no longer", async () => {
  const { end } = await runWith("*: requests < 1000", 10, { urls, msOf });
  assert.deepEqual([end?.measured, end?.row], [200, { method: "GET", name: "/items/[id]" }]);
});

test("ThresholdMonitor: a URL that is in a group now has no figure of before, and the reason is told", async () => {
  const { end } = await runWith("/items/7: p95 < 1000ms", 10, { urls, msOf });
  assert.deepEqual([end?.state, end?.measured, end?.lacks], ["broken", null, "row"]);
  assert.equal(
    end && describeMeasured(end),
    'p95: no row matches "/items/7" (many URLs like it are one row, "/items/[id]"), limit 1000 ms',
  );
});

test("ThresholdMonitor: a URL that stays a row keeps its figure", async () => {
  const { end } = await runWith("/items/7: requests < 1000", 5, { urls, msOf });
  assert.equal(end?.measured, 5);
});
