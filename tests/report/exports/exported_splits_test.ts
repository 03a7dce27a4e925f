import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { RunEvent } from "../../../src/master/run_event.ts";
import {
  countedArrivals,
  countedMeasures,
  countedRows,
  countedSplits,
  type ExportedRun,
  foldExportedRun,
  NO_EXPORTED_RUN,
} from "../../../src/report/exports/exported_run.ts";
import { taggedChecks } from "../../../src/report/exports/exported_measures.ts";
import { influxLines } from "../../../src/report/exports/influx/influx_lines.ts";
import { toResourceMetrics } from "../../../src/report/exports/otel/otel_metrics.ts";
import { exposeRun } from "../../../src/report/exports/prometheus/metrics_endpoint.ts";
import { NOTHING_COUNTED, statsdTick } from "../../../src/report/exports/statsd/statsd_packets.ts";
import { Ledger } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { countCheck } from "../../../src/user/measures/checks.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { readExposition } from "../../support/read_exposition.ts";
import { readInfluxLine } from "../../support/read_influx_line.ts";

const CONTEXT = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };

const STARTED = { kind: "runStarted", wallMs: 0, version: "1", userClasses: [], runId: "r" } as unknown as RunEvent;

/** Requests to `/a` with each of the tags, and a check that holds in "eu" alone. */
function createRun() {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  return {
    ledger,
    async tick(regions: readonly string[]) {
      for (const region of regions) {
        const tags = { region, plan: "free" };
        recorder.record(recorder.entry("GET", "/a"), 10, 1, undefined, 0, undefined, 200, undefined, 0, tags);
        recorder.record(recorder.entry("GET", "/b"), 30, 1, "no", 0, undefined, 500, undefined, 0, { region });
        recorder.record(recorder.entry("GET", "/a"), 10, 1, undefined, 0);
        countCheck(recorder, "near", region === "eu", tags);
      }
      await clock.advance(1000);
      const delta = recorder.drain();
      if (delta !== undefined) ledger.apply({ ...delta, resets: ledger.resets }, "w");
      ledger.rotate();
      return ledger.snapshot(CONTEXT);
    },
  };
}

/** Two requests of each region, a reset, and one more of "us" alone. */
async function recordResetRun(): Promise<readonly ExportedRun[]> {
  const { ledger, tick } = createRun();
  const runs = [foldExportedRun(NO_EXPORTED_RUN, STARTED)];
  const fold = (event: RunEvent) => runs.push(foldExportedRun(runs.at(-1) as ExportedRun, event));
  fold({ kind: "ticked", snapshot: await tick(["eu", "us", "eu", "us"]) });
  const gone = ledger.snapshot(CONTEXT);
  ledger.reset();
  fold({ kind: "statsReset", snapshot: gone });
  fold({ kind: "ticked", snapshot: await tick(["us"]) });
  return runs;
}

const describeSplits = (run: ExportedRun) =>
  countedSplits(run).map(({ tag, value, total, rows }) =>
    `${tag}=${value}: ${total.requests} (${rows.map((row) => `${row.name} ${row.requests}`).join(", ")})`
  );

test("countedSplits(), taggedChecks(): counts go up over a reset, and a value without requests since then stays", async () => {
  const [, before, reset, after] = await recordResetRun() as [ExportedRun, ExportedRun, ExportedRun, ExportedRun];
  const first = ["plan=free: 4 (/a 4)", "region=eu: 4 (/a 2, /b 2)", "region=us: 4 (/a 2, /b 2)"];
  assert.deepEqual(describeSplits(before), first);
  assert.deepEqual(describeSplits(reset), first, "until the next tick");
  assert.deepEqual(describeSplits(after), [
    "plan=free: 5 (/a 5)",
    "region=eu: 4 (/a 2, /b 2)",
    "region=us: 6 (/a 3, /b 3)",
  ]);
  assert.deepEqual(taggedChecks(countedMeasures(after)).map(({ value, passes, fails }) => [value, passes, fails]), [
    ["free", 2, 3],
    ["us", 0, 3],
    ["eu", 2, 0],
  ]);
});

test("Prometheus: splits have names of their own, and the sums of the others hold each request once", async () => {
  const run = (await recordResetRun()).at(-1) as ExportedRun;
  for (const format of ["text", "openMetrics"] as const) {
    const families = readExposition(exposeRun(run, format, "names"), format);
    const all = [...families.values()].flatMap(({ samples }) => samples);
    const sum = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      all.filter((each) =>
        each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value)
      )
        .reduce((total, { value }) => total + value, 0);
    assert.equal(sum("locust_ts_requests_total"), 15);
    assert.equal(sum("locust_ts_request_duration_seconds_count"), 15);
    assert.equal(sum("locust_ts_checks_total"), 5);
    const us = { tag_name: "region", tag_value: "us" };
    assert.equal(sum("locust_ts_tagged_requests_total", us), 6);
    assert.equal(sum("locust_ts_tagged_requests_total", { ...us, method: "GET", name: "/b" }), 3);
    assert.equal(sum("locust_ts_tagged_request_failures_total", us), 3);
    assert.equal(sum("locust_ts_tagged_request_duration_seconds_count", us), 6);
    assert.ok(Math.abs(sum("locust_ts_tagged_request_duration_seconds_sum", us) - 0.12) < 1e-9);
    assert.equal(sum("locust_ts_tagged_checks_total", { ...us, check: "near", result: "fail" }), 3);
    assert.equal(sum("locust_ts_tagged_checks_total", { tag_name: "region", tag_value: "eu", result: "pass" }), 2);
  }
  const total = readExposition(exposeRun(run, "text", "total"), "text");
  const counts = total.get("locust_ts_tagged_request_duration_seconds")?.samples
    .filter(({ name }) => name.endsWith("_count")).map((
      { labels, value },
    ) => [labels["tag_value"], labels["name"], value]);
  assert.deepEqual(counts, [["free", "Aggregated", 5], ["eu", "Aggregated", 4], ["us", "Aggregated", 6]]);
});

test("Prometheus: without tags there is no metric of them", async () => {
  const { tick } = createRun();
  const run = foldExportedRun(NO_EXPORTED_RUN, { kind: "ticked", snapshot: await tick([]) });
  assert.doesNotMatch(exposeRun(run, "text", "names"), /tagged/);
});

test("InfluxDB: a measurement of its own for requests and for checks by tag", async () => {
  const run = (await recordResetRun()).at(-1) as ExportedRun;
  const points = influxLines(run).map(readInfluxLine);
  const find = (measurement: string, tags: Readonly<Record<string, string>>) =>
    points.filter((point) =>
      point.measurement === measurement && Object.entries(tags).every(([key, value]) => point.tags[key] === value)
    ).map(({ fields }) => fields);
  const us = { tag_name: "region", tag_value: "us" };
  const [b] = find("locust_ts_tagged", { ...us, method: "GET", name: "/b" });
  assert.deepEqual([b?.["requests"], b?.["failures"]], ["3i", "3i"]);
  assert.ok(Math.abs(Number(b?.["p95"]) - 30) < 0.2);
  assert.deepEqual(find("locust_ts_tagged_check", { ...us, check: "near" }), [{ passes: "0i", fails: "3i" }]);
  assert.deepEqual(find("locust_ts_check", { check: "near" }), [{ passes: "2i", fails: "3i" }]);
});

test("StatsD: tagged counters over all ticks sum to the counts of the run, across a reset", async () => {
  const sums = new Map<string, number>();
  let before = NOTHING_COUNTED;
  for (const run of await recordResetRun()) {
    if (run.snapshot === undefined) continue;
    const figures = {
      rows: countedRows(run),
      splits: countedSplits(run),
      arrivals: countedArrivals(run),
      measures: countedMeasures(run),
    };
    const { packets, counted } = statsdTick(run.snapshot, figures, before);
    before = counted;
    for (const line of packets.flatMap((packet) => Buffer.from(packet).toString().split("\n"))) {
      const [, metric = "", value, tags = ""] = /^([^:]+):([\d.]+)\|c\|#(.*)$/.exec(line) ?? [];
      sums.set(`${metric} ${tags}`, (sums.get(`${metric} ${tags}`) ?? 0) + Number(value));
    }
  }
  assert.equal(sums.get("locust_ts.requests method:GET,name:/a"), 10);
  assert.equal(sums.get("locust_ts.tagged.requests tag_name:region,tag_value:us,method:GET,name:/a"), 3);
  assert.equal(sums.get("locust_ts.tagged.failures tag_name:region,tag_value:us,method:GET,name:/b"), 3);
  assert.equal(sums.get("locust_ts.tagged.checks tag_name:plan,tag_value:free,check:near,result:fail"), 3);
});

test("OpenTelemetry: metrics of their own with tag.name and tag.value", async () => {
  const run = (await recordResetRun()).at(-1) as ExportedRun;
  const metrics = toResourceMetrics(run, resourceFromAttributes({}))?.scopeMetrics[0]?.metrics ?? [];
  const pointsOf = (name: string) =>
    metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints.map(({ attributes, value }) => ({
      attributes,
      value: typeof value === "number" ? value : (value as { readonly count: number }).count,
    })) ?? [];
  const sum = (name: string) => pointsOf(name).reduce((total, { value }) => total + value, 0);
  assert.equal(sum("locust.client.duration"), 15);
  assert.equal(sum("locust.checks"), 5);
  const b = { "tag.name": "region", "tag.value": "us", method: "GET", name: "/b" };
  const ofB = (name: string) =>
    pointsOf(name).filter(({ attributes }) => attributes["tag.value"] === "us" && attributes["name"] === "/b");
  assert.deepEqual(ofB("locust.tagged.duration"), [{ attributes: b, value: 3 }]);
  assert.deepEqual(ofB("locust.tagged.failures"), [{ attributes: b, value: 3 }]);
  assert.deepEqual(
    pointsOf("locust.tagged.checks").find(({ attributes }) =>
      attributes["tag.value"] === "us" && attributes["check.result"] === "fail"
    ),
    {
      attributes: { "tag.name": "region", "tag.value": "us", "check.name": "near", "check.result": "fail" },
      value: 3,
    },
  );
});
