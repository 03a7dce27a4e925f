/**
 * One run with every output on, files and exports alike. An independent reader takes the single requests of `--samples`, computes each row's
 * figures itself, and holds every form against them: the four CSV files, JSON, summary, page, Markdown, JUnit, what `report` makes of the
 * journal, the scrape of Prometheus, StatsD, InfluxDB and OpenTelemetry.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { checkJunit } from "../support/check_junit.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { openExportReceivers } from "../support/export_receivers.ts";
import { readCsv } from "../support/read_csv.ts";
import { readExposition, valueOf } from "../support/read_exposition.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";

/** At the end there is time for a last scrape. */
const LOCUSTFILE = `import { constant, events, FastHttpUser, task } from "locust-ts";
export class Reader extends FastHttpUser {
  override waitTime = constant(0.02);
  @task(4) async read() { await this.client.get("/read?ms=12", { name: "/read" }); }
  @task(2) async slow() { await this.client.get("/slow?ms=60&bytes=900", { name: "/slow" }); }
  @task async broken() { await this.client.post("/broken?status=503&ms=3", { name: "/broken" }); }
}
events.quitting.addListener(({ environment }) =>
  environment.runner?.role === "worker" ? undefined : new Promise((resolve) => setTimeout(resolve, 3_000)));`;

interface Row {
  readonly method: string;
  readonly name: string;
  readonly timesMs: readonly number[];
  readonly requests: number;
  readonly failures: number;
  readonly bytes: number;
}

/** The rows as the single requests have them, sorted by name. */
function readSamples(text: string): readonly Row[] {
  const [head = [], ...lines] = readCsv(text);
  const groups = Map.groupBy(
    lines.map((line) => Object.fromEntries(head.map((column, i) => [column, line[i] ?? ""]))),
    (sample) => `${sample["request_type"]} ${sample["name"]}`,
  );
  return [...groups.values()].map((samples) => ({
    method: samples[0]!["request_type"]!,
    name: samples[0]!["name"]!,
    timesMs: samples.map((sample) => Number(sample["response_time_ms"])).sort((a, b) => a - b),
    requests: samples.length,
    failures: samples.filter((sample) => sample["exception"] !== "").length,
    bytes: samples.reduce((sum, sample) => sum + Number(sample["response_length"]), 0),
  })).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Nearest rank. */
function percentileOf({ timesMs }: Row, percent: number): number {
  return timesMs[Math.max(0, Math.ceil(timesMs.length * percent / 100) - 1)]!;
}

const meanOf = ({ timesMs }: Row) => timesMs.reduce((sum, ms) => sum + ms, 0) / timesMs.length;

function near(value: number | null | undefined, expected: number, tolerance: number, what: string): void {
  assert.ok(typeof value === "number" && Math.abs(value - expected) <= tolerance, `${what}: ${value}, not ${expected}`);
}

const FILES = (name: string) => [
  ...["--csv", name, "--csv-full-history", "--json-file", name, "--summary-file", `${name}.summary.json`],
  ...["--html", `${name}.html`, "--markdown", `${name}.md`, "--junit", `${name}.xml`],
];

function checkFiles(folder: string, form: string, rows: readonly Row[]): void {
  const text = (ending: string) => readFileSync(join(folder, `${form}${ending}`), "utf8");
  const summary = JSON.parse(text(".summary.json")) as RunSummary;
  const page = /<script type="application\/json" id="summary">([^<]*)<\/script>/.exec(text(".html"))?.[1] ?? "";
  assert.deepEqual(JSON.parse(page), summary);
  const json = JSON.parse(text(".json")) as readonly Readonly<Record<string, number | string>>[];
  const table = (ending: string) => {
    const [head = [], ...lines] = readCsv(text(ending));
    return lines.map((line) => Object.fromEntries(head.map((column, i) => [column, line[i] ?? ""])));
  };
  const stats = table("_stats.csv");
  const history = table("_stats_history.csv");
  const failures = table("_failures.csv");
  const cases = checkJunit(text(".xml")).get("requests")?.children ?? [];
  assert.deepEqual(summary.entries.map(({ name }) => name), rows.map(({ name }) => name));

  rows.forEach((row, i) => {
    const entry = summary.entries[i]!;
    const at = (what: string) => `${form}: ${row.name}, ${what}`;
    const { method, name, requests, failures: failed, bytes } = row;
    assert.deepEqual(
      { method: entry.method, requests: entry.requests, failures: entry.failures, bytes: entry.bytes },
      { method, requests, failures: failed, bytes },
      at("summary"),
    );
    near(entry.meanMs, meanOf(row), 0.002, at("mean of the summary"));
    near(entry.minMs, row.timesMs[0]!, 0.001, at("minimum"));
    near(entry.maxMs, row.timesMs.at(-1)!, 0.001, at("maximum"));
    for (const percent of ["50", "90", "95", "99"] as const) {
      const exact = percentileOf(row, Number(percent));
      near(entry.percentilesMs[percent], exact, exact * 0.005 + 0.001, at(`${percent} % of the summary`));
    }
    const ofJson = json[i]!;
    assert.deepEqual([ofJson["num_requests"], ofJson["num_failures"], ofJson["total_content_length"]], [
      requests,
      failed,
      bytes,
    ]);
    const line = stats.find((each) => each["Name"] === name)!;
    assert.deepEqual([line["Request Count"], line["Failure Count"]].map(Number), [requests, failed], at("CSV"));
    near(Number(line["95%"]), entry.percentilesMs["95"]!, 0.5, at("95 % of the CSV"));
    const last = history.filter((each) => each["Name"] === name).at(-1)!;
    assert.deepEqual(
      [last["Total Request Count"], last["Total Failure Count"]].map(Number),
      [requests, failed],
      at("history"),
    );
    const occurrences = failures.filter((each) => each["Name"] === name).map((each) => Number(each["Occurrences"]));
    assert.equal(occurrences.reduce((sum, count) => sum + count, 0), failed, at("failures"));
    const inMarkdown = text(".md").split("\n").find((each) => each.startsWith(`| \`${method} ${name}\` |`))!;
    const [shown, shownFailed] = inMarkdown.split("|").slice(2, 4).map((cell) =>
      Number.parseInt(cell.replaceAll(",", ""))
    );
    assert.deepEqual([shown, shownFailed], [requests, failed], at("Markdown"));
    const inJunit = cases.find(({ attributes }) => attributes["name"] === `${method} ${name}`)!;
    assert.equal(inJunit.children.some((child) => child.name === "failure"), failed > 0, at("JUnit"));
  });
}

for (const where of [[], ["--workers", "2"]]) {
  test(`every output of one run has the figures of its single requests ${where.join(" ")}`, async () => {
    const system = await startCountingServer();
    const receivers = await openExportReceivers();
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const env = { XDG_DATA_HOME: folder, OTEL_METRIC_EXPORT_INTERVAL: "1000" };
    const args = ["run", "shop.ts", "-H", system.url, "-u", "8", "-r", "8", "-t", "5s", ...where];
    const files = [...FILES("live"), "--journal", "run.ndjson", "--samples", "all.csv", "--prometheus-port", "0"];
    const run = startCli([...args, ...files, ...receivers.flags], { cwd: folder, env });
    await run.waitFor(/metrics for Prometheus at (\S+)/);
    const url = /metrics for Prometheus at (\S+)/.exec(run.stderr())?.[1] ?? "";
    let scrape = new Map() as ReturnType<typeof readExposition>;
    await run.waitFor("limit reached");
    for (let isOver = false; !isOver;) {
      scrape = readExposition(await (await fetch(url)).text(), "text");
      isOver = valueOf(scrape, "locust_ts_run_state", { state: "stopped" }) === 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { code, stderr, stdout } = await run.ended;
    await system.close();
    receivers.close();
    assert.ok(code === 1 || code === 4, stderr); // a machine that is busy with other tests may make the run invalid

    const rows = readSamples(readFileSync(join(folder, "all.csv"), "utf8"));
    assert.deepEqual(rows.map(({ name }) => name), ["/broken", "/read", "/slow"]);
    assert.equal(rows.reduce((sum, { requests }) => sum + requests, 0), system.total(), stderr);
    assert.deepEqual(rows.map(({ requests, failures }) => failures === requests), [true, false, false]);
    checkFiles(folder, "live", rows);

    const http = receivers.otlp()!.metrics.get("http.client.request.duration")!.points;
    const all = receivers.otlp()!.metrics.get("locust.client.duration")!.points;
    for (const row of rows) {
      const { method, name, requests, failures } = row;
      const labels = { method, name };
      assert.equal(valueOf(scrape, "locust_ts_requests_total", labels), requests, name);
      assert.equal(valueOf(scrape, "locust_ts_request_failures_total", labels) ?? 0, failures, name);
      assert.equal(valueOf(scrape, "locust_ts_response_size_bytes_total", labels), row.bytes, name);
      assert.equal(valueOf(scrape, "locust_requests_num_requests", labels), requests, name);
      near(
        valueOf(scrape, "locust_ts_request_duration_seconds_sum", labels),
        meanOf(row) * requests / 1000,
        1e-5 * requests,
        name,
      );
      const sumOf = (metric: string) =>
        receivers.packets.filter((line) =>
          line.startsWith(`locust_ts.${metric}:`) && line.endsWith(`|#method:${method},name:${name}`)
        )
          .reduce((sum, line) => sum + Number(/:(\d+)\|c/.exec(line)?.[1]), 0);
      assert.deepEqual([sumOf("requests"), sumOf("failures")], [requests, failures], `StatsD: ${name}`);
      const point = receivers.points.findLast(({ tags }) => tags["method"] === method && tags["name"] === name);
      assert.deepEqual([point?.fields["requests"], point?.fields["failures"]], [`${requests}i`, `${failures}i`], name);
      const inAll = all.find(({ attributes }) => attributes["name"] === name)!;
      assert.equal(inAll.count, requests, `OpenTelemetry: ${name}`);
      near(inAll.max, row.timesMs.at(-1)! / 1000, 1e-6, `OpenTelemetry: ${name}`);
      const ofHttp = http.filter(({ attributes }) => attributes["url.template"] === name);
      const countOf = (isFailed: boolean) =>
        ofHttp.filter(({ attributes }) => (attributes["error.type"] !== undefined) === isFailed)
          .reduce((sum, { count = 0 }) => sum + count, 0);
      assert.deepEqual([countOf(false), countOf(true)], [requests - failures, failures], `OpenTelemetry: ${name}`);
    }
    const broken = http.find(({ attributes }) => attributes["url.template"] === "/broken");
    assert.deepEqual(broken?.attributes, {
      "http.request.method": "POST",
      "url.template": "/broken",
      "error.type": "503",
    });

    const report = await runCli(["report", "run.ndjson", ...FILES("again")], { cwd: folder, env });
    assert.equal(report.stdout, stdout, "the tables of the terminal");
    checkFiles(folder, "again", rows);
  });
}
