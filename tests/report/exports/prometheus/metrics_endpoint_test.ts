import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { RunEvent, TracedRequest } from "../../../../src/master/run_event.ts";
import type { ThresholdStatus } from "../../../../src/protocol/threshold_message.ts";
import { createMetricsEndpoint, exposeRun } from "../../../../src/report/exports/prometheus/metrics_endpoint.ts";
import { type ExportedRun, foldExportedRun, NO_EXPORTED_RUN } from "../../../../src/report/exports/exported_run.ts";
import { Ledger } from "../../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../../src/stats/recording/recorder.ts";
import { classArrivals } from "../../../support/class_arrivals.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { readExposition, valueOf } from "../../../support/read_exposition.ts";
import { findTool, requireMade } from "../../../support/requirements.ts";
import { recordRun } from "../../../support/recorded_run.ts";

const { snapshots, ended } = await recordRun();

const STARTED: RunEvent = {
  kind: "runStarted",
  runId: "r",
  wallMs: 0,
  version: "0.1.0",
  locustfile: "shop.ts",
  userClasses: ["Shopper"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 12,
  seed: 1,
  runtime: "Bun 1.4.5",
};

const fold = (events: readonly RunEvent[]): ExportedRun => events.reduce(foldExportedRun, NO_EXPORTED_RUN);
const read = (run: ExportedRun) => readExposition(exposeRun(run, "text", "names"), "text");

test("exposeRun() is valid in both formats before a run, in one and at its end", () => {
  const runs = [[], [STARTED], [STARTED, { kind: "ticked", snapshot: snapshots[3]! }], [STARTED, ended]] as const;
  for (const events of runs) {
    for (const format of ["text", "openMetrics"] as const) {
      for (const histograms of ["names", "total"] as const) {
        readExposition(exposeRun(fold(events), format, histograms), format);
      }
    }
  }
});

test("exposeRun(): promtool finds nothing wrong with our names", {
  skip: requireMade(findTool("promtool") !== undefined, "promtool not installed"),
}, () => {
  const text = exposeRun(fold([STARTED, ended]), "text", "names");
  const { stdout, stderr } = spawnSync(findTool("promtool")!, ["check", "metrics"], { input: text, encoding: "utf8" });
  const findings = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
  // The names of the usual exporter for Locust are as they are.
  assert.deepEqual(findings.filter((line) => !/^locust_(?!ts_)\w+ /.test(line)), []);
});

test("exposeRun() shows the counts of the snapshot, under our names and the usual ones", () => {
  const families = read(fold([STARTED, ended]));
  for (const { method, name, requests, failures, bytes, sumMs, untimed } of ended.snapshot.entries) {
    const value = (metric: string) => valueOf(families, metric, { method, name });
    assert.equal(value("locust_ts_requests_total"), requests);
    assert.equal(value("locust_ts_request_failures_total"), failures);
    assert.equal(value("locust_ts_response_size_bytes_total"), bytes);
    assert.equal(value("locust_ts_request_duration_seconds_count"), requests - untimed);
    assert.ok(Math.abs((value("locust_ts_request_duration_seconds_sum") ?? NaN) - sumMs / 1000) < 1e-9);
    assert.equal(value("locust_requests_num_requests"), requests);
  }
  const { total } = ended.snapshot;
  const aggregated = { method: "", name: "Aggregated" };
  assert.equal(valueOf(families, "locust_requests_median_response_time", aggregated), total.medianMs);
  assert.equal(valueOf(families, "locust_requests_fail_ratio"), total.failures / total.requests);
  assert.equal(valueOf(families, "locust_ts_users", { user_class: "Shopper" }), 10);
  assert.equal(valueOf(families, "locust_ts_verdict", { kind: "degraded" }), 1);
  assert.equal(valueOf(families, "locust_ts_run_state", { state: "stopped" }), 1);
  assert.equal(valueOf(families, "locust_ts_workers", { state: "running" }), 2);
  assert.equal(valueOf(families, "locust_ts_worker_cpu_ratio", { worker: "alpha_1" }), 33.4 / 100);
  assert.equal(valueOf(families, "locust_ts_build_info", { version: "0.1.0", runtime: "Bun 1.4.5" }), 1);
});

test("exposeRun() counts a response time in the buckets of the bounds above it", () => {
  const families = read(fold([STARTED, ended]));
  const labels = { method: "GET", name: "/cart" };
  // Times are 12, 21.5, 31, … 192.5 ms, one of each per second.
  for (const [le, perSecond] of [["0.01", 0], ["0.025", 2], ["0.075", 7], ["0.1", 10], ["0.2", 20]] as const) {
    assert.equal(valueOf(families, "locust_ts_request_duration_seconds_bucket", { ...labels, le }), perSecond * 12, le);
  }
});

const traced = (fields: Partial<TracedRequest>): TracedRequest => ({
  method: "GET",
  name: "/cart",
  traceId: "0af7651916cd43dd8448eb211c80319c",
  responseTimeUs: 21_500,
  outcome: "success",
  wallMs: 5_000,
  ...fields,
});

test("exposeRun() in OpenMetrics has the trace of a request beside the bucket that its time belongs to", () => {
  const slow = traced({ responseTimeUs: 100_001, traceId: "b".repeat(32), outcome: "failure" });
  const run = fold([STARTED, ended, { kind: "traced", requests: [traced({}), slow] }]);
  for (const histograms of ["names", "total"] as const) {
    const lines = exposeRun(run, "openMetrics", histograms).split("\n").filter((line) => line.includes(" # {"));
    const labels = histograms === "names" ? 'method="GET",name="/cart"' : 'method="",name="Aggregated"';
    assert.deepEqual(lines.map((line) => line.replace(/\} \d+ #/, "} N #")), [
      `locust_ts_request_duration_seconds_bucket{${labels},le="0.025"} N # {trace_id="0af7651916cd43dd8448eb211c80319c"} 0.0215 5`,
      `locust_ts_request_duration_seconds_bucket{${labels},le="0.2"} N # {trace_id="${"b".repeat(32)}"} 0.100001 5`,
    ]);
    readExposition(exposeRun(run, "openMetrics", histograms), "openMetrics");
  }
  assert.doesNotMatch(exposeRun(run, "text", "names"), / # \{/);
});

test("exposeRun(): a failed request keeps its bucket for a minute, the last one otherwise, and a new run has none", () => {
  const exemplarAfter = (...requests: readonly TracedRequest[]) =>
    /trace_id="(.)/.exec(exposeRun(fold([STARTED, ended, { kind: "traced", requests }]), "openMetrics", "names"))?.[1];
  const [a, b] = [{ traceId: "a".repeat(32) }, { traceId: "b".repeat(32) }];
  assert.equal(exemplarAfter(traced(a), traced(b)), "b");
  assert.equal(exemplarAfter(traced({ ...a, outcome: "failure" }), traced({ ...b, wallMs: 65_000 })), "a");
  assert.equal(exemplarAfter(traced({ ...a, outcome: "failure" }), traced({ ...b, wallMs: 65_001 })), "b");
  assert.equal(exemplarAfter(traced(a), traced({ ...b, outcome: "failure" })), "b");
  const anew = fold([STARTED, ended, { kind: "traced", requests: [traced({})] }, STARTED, ended]);
  assert.doesNotMatch(exposeRun(anew, "openMetrics", "names"), /trace_id/);
});

test("exposeRun() escapes names, failures and halves of characters, and gives them back unchanged", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  const names = ['a"b', "a\\", "a\nb", 'x"} 1\n# EOF', "ü 🦗", "a\rb"];
  for (const name of names) recorder.record(recorder.entry("GET", name), 1, 1, `failed "${name}"`, 0);
  recorder.record(recorder.entry("GET", "half \ud83e"), 1, 1, undefined, 0);
  recorder.record(recorder.entry("GET", "half \udd97"), 1, 1, undefined, 0);
  ledger.apply(recorder.drain()!, "a");
  await clock.advance(1000);
  ledger.rotate();
  const context = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };
  const run = fold([STARTED, { kind: "ticked", snapshot: ledger.snapshot(context) }]);
  for (const format of ["text", "openMetrics"] as const) {
    const families = readExposition(exposeRun(run, format, "names"), format);
    for (const name of names) {
      assert.equal(valueOf(families, "locust_ts_requests_total", { method: "GET", name }), 1, name);
      const kind = { method: "GET", name, error: `failed "${name}"` };
      assert.equal(valueOf(families, "locust_ts_failure_kinds_total", kind), 1);
    }
    assert.equal(valueOf(families, "locust_ts_requests_total", { method: "GET", name: "half \ufffd" }), 2);
  }
});

test("exposeRun() with histograms of the total has one histogram, which holds all", () => {
  const families = readExposition(exposeRun(fold([STARTED, ended]), "text", "total"), "text");
  const { samples } = families.get("locust_ts_request_duration_seconds")!;
  const counts = samples.filter(({ name }) => name.endsWith("_count"));
  assert.deepEqual(counts.map(({ labels, value }) => ({ labels, value })), [{
    labels: { method: "", name: "Aggregated" },
    value: ended.snapshot.total.requests - ended.snapshot.total.untimed,
  }]);
});

test("counters never go back within a run, not even when the statistics are reset, and a new run begins at 0", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  const context = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };
  let run = fold([STARTED]);
  let before = new Map<string, number>();
  let resets = 0;
  const scrape = () => {
    const families = read(run);
    const now = new Map<string, number>();
    for (const family of families.values()) {
      if (family.type !== "counter" && family.type !== "histogram") continue;
      for (const { name, labels, value } of family.samples) now.set(JSON.stringify([name, labels]), value);
    }
    for (const [key, value] of before) {
      assert.ok((now.get(key) ?? -1) >= value - 1e-9, `${key} was ${value}, is ${now.get(key)}`);
    }
    before = now;
    return families;
  };
  const tick = async (times: number, name: string) => {
    for (let i = 0; i < times; i++) {
      recorder.record(recorder.entry("GET", name), 4.9 + i / 50, 10, i % 2 ? "bad" : undefined, 0);
    }
    ledger.apply({ ...recorder.drain()!, resets }, "a");
    await clock.advance(1000);
    ledger.rotate();
    run = foldExportedRun(run, { kind: "ticked", snapshot: ledger.snapshot(context) });
    return scrape();
  };
  const reset = () => {
    run = foldExportedRun(run, { kind: "statsReset", snapshot: ledger.snapshot(context) });
    ledger.reset();
    resets++;
    return scrape();
  };
  await tick(10, "/a");
  await tick(4, "/b");
  reset();
  const afterOne = await tick(6, "/a");
  reset();
  const last = await tick(2, "/c");
  assert.equal(valueOf(afterOne, "locust_ts_requests_total", { method: "GET", name: "/a" }), 16);
  assert.equal(valueOf(afterOne, "locust_requests_num_requests", { method: "GET", name: "/a" }), 6);
  assert.equal(valueOf(last, "locust_ts_failure_kinds_total", { method: "GET", name: "/a", error: "bad" }), 8);
  assert.equal(valueOf(last, "locust_ts_request_duration_seconds_count", { method: "GET", name: "/b" }), 4);
  run = foldExportedRun(run, { ...STARTED, runId: "s" });
  assert.equal(valueOf(read(run), "locust_ts_requests_total", { method: "GET", name: "/a" }), undefined);
});

test("a bucket does not go back when longer times follow on a bound", () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const ledger = new Ledger({ clock });
  const context = { state: "running", userCount: 1, targetUserCount: 1, usersByClass: {}, workers: [] };
  const at5 = () => {
    const run = fold([STARTED, { kind: "ticked", snapshot: ledger.snapshot(context) }]);
    const labels = { method: "GET", name: "/", le: "0.005" };
    return valueOf(read(run), "locust_ts_request_duration_seconds_bucket", labels) ?? NaN;
  };
  recorder.record(recorder.entry("GET", "/"), 5, 0, undefined, 0);
  ledger.apply(recorder.drain()!, "a");
  const first = at5();
  recorder.record(recorder.entry("GET", "/"), 900, 0, undefined, 0);
  ledger.apply(recorder.drain()!, "a");
  assert.ok(at5() >= first);
});

test("locust_ts_threshold_ok is one sample per threshold: 0 when one of its conditions is broken", () => {
  const status = (expression: string, state: ThresholdStatus["state"]): ThresholdStatus => ({
    expression,
    scope: "Aggregated",
    metric: "response_time",
    statistic: "p95",
    operator: "<",
    limit: 300,
    unit: "ms",
    measured: 1,
    state,
    crossedAtSeconds: null,
    windowSeconds: null,
    aborts: false,
  });
  const thresholds = [
    status("p95<300, failures<1%", "met"),
    status("p95<300, failures<1%", "broken"),
    status("rps>1", "pending"),
  ];
  const families = read(fold([STARTED, { kind: "ticked", snapshot: snapshots[0]!, thresholds }]));
  assert.equal(valueOf(families, "locust_ts_threshold_ok", { expression: "p95<300, failures<1%" }), 0);
  assert.equal(valueOf(families, "locust_ts_threshold_ok", { expression: "rps>1" }), 1);
});

const FORMATS: readonly (readonly [accept: string | undefined, type: RegExp])[] = [
  [undefined, /^text\/plain; version=0\.0\.4/],
  ["*/*", /^text\/plain/],
  ["application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", /^application\/openme/],
  ["application/openmetrics-text; version=1.0.0, text/plain;q=0.5", /^application\/openmetrics-text; version=1\.0\.0/],
  ["text/plain;q=0.9, application/openmetrics-text;q=0.1", /^text\/plain/],
  ["application/openmetrics-text;version=2.0.0", /^text\/plain/],
  ["application/openmetrics-text;q=0", /^text\/plain/],
  ['Application/OpenMetrics-Text; VERSION="1.0.0"', /^application\/openmetrics-text/],
  [";;q=,,=", /^text\/plain/],
];

for (const [accept, type] of FORMATS) {
  test(`createMetricsEndpoint() answers ${accept ?? "no Accept"} with ${type}`, async () => {
    const { sink, respond } = createMetricsEndpoint("names");
    for (const event of [STARTED, ended]) sink(event);
    const headers = accept === undefined ? {} : { accept };
    const response = respond(new Request("http://h.test/metrics", { headers }));
    const shown = response.headers.get("content-type") ?? "";
    assert.match(shown, type);
    const text = await response.text();
    assert.equal(text.endsWith("# EOF\n"), shown.startsWith("application/"));
  });
}

test("createMetricsEndpoint() refuses other methods, and HEAD has no body", async () => {
  const { respond } = createMetricsEndpoint("names");
  assert.equal(respond(new Request("http://h.test/metrics", { method: "POST" })).status, 405);
  const head = respond(new Request("http://h.test/metrics", { method: "HEAD" }));
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
});

test("exposeRun() has arrivals by class, which go up across a reset of the statistics", () => {
  const with_ = (counts: Parameters<typeof classArrivals>[0]) => ({
    ...snapshots[3]!,
    classArrivals: [classArrivals(counts), classArrivals({ name: "Reader", kind: "target", asked: 7, started: 7 })],
  });
  const before = with_({ asked: 100, started: 90, dropped: 6, waiting: 4, late: 12 });
  const reset: RunEvent = { kind: "statsReset", snapshot: before };
  const after: RunEvent = { kind: "ticked", snapshot: with_({ asked: 10, started: 8, waiting: 2, late: 1 }) };
  const buyer = { user_class: "Buyer", kind: "arrivals" };
  const value = (events: readonly RunEvent[], metric: string, labels: Readonly<Record<string, string>> = buyer) =>
    valueOf(read(fold([STARTED, ...events])), `locust_ts_arrivals_${metric}`, labels);
  assert.equal(value([reset], "asked_total"), 100);
  assert.equal(value([reset, after], "asked_total"), 110);
  assert.equal(value([reset, after], "started_total"), 98);
  assert.equal(value([reset, after], "dropped_total"), 6);
  assert.equal(value([reset, after], "late_total"), 13);
  assert.equal(value([reset, after], "waiting"), 2);
  assert.equal(value([reset, after], "planned_per_second"), 50);
  assert.equal(value([after], "started_total", { user_class: "Reader", kind: "target" }), 7);
  assert.ok(!exposeRun(fold([STARTED, ended]), "text", "names").includes("locust_ts_arrivals"), "none without them");
});
