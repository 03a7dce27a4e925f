/**
 * One run with every file on: CSV, JSON, summary, page, Markdown, JUnit and journal are read back, and each figure is held against
 * the summary; then all of them are made again from the journal. Locally and with two workers.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { REPORTED_PERCENTILES } from "../../src/protocol/snapshot_message.ts";
import type { RunSummary, SummaryEntry } from "../../src/report/summary/summary.ts";
import { SUMMARY_PERCENTILES } from "../../src/report/summary/summary.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const LOCUSTFILE = `
import { constant, constantThroughput, FastHttpUser, HttpUser, task } from "locust-ts";
export class Reader extends FastHttpUser {
  override waitTime = constant(0.02);
  @task(4) async read() { await this.client.get("/read?ms=12", { name: "/read" }); }
  @task async broken() { await this.client.get("/broken?status=503&ms=3", { name: "/broken" }); }
}
export class Writer extends HttpUser {
  override waitTime = constantThroughput(5);
  @task async write() { await this.client.post("/write?ms=30&bytes=700", { json: { a: 1 }, name: "/write" }); }
}`;

const FILES = (name: string) => [
  ...["--csv", name, "--json-file", name, "--summary-file", `${name}.summary.json`],
  ...["--html", `${name}.html`, "--markdown", `${name}.md`, "--junit", `${name}.xml`],
];

type Row = Readonly<Record<string, string>>;

interface LocustEntry {
  readonly name: string;
  readonly method: string;
  readonly num_requests: number;
  readonly num_failures: number;
  readonly total_response_time: number;
  readonly total_content_length: number;
  readonly min_response_time: number | null;
  readonly max_response_time: number;
  readonly response_times: Readonly<Record<string, number>>;
  readonly num_reqs_per_sec: Readonly<Record<string, number>>;
  readonly percentiles: Readonly<Record<string, number | null>>;
}

interface Outputs {
  readonly summary: RunSummary;
  readonly page: RunSummary;
  readonly csv: readonly Row[];
  readonly history: readonly Row[];
  readonly json: readonly LocustEntry[];
  readonly markdown: string;
  readonly junit: string;
}

function readOutputs(folder: string, name: string): Outputs {
  const text = (file: string) => readFileSync(join(folder, file), "utf8");
  const page = /<script type="application\/json" id="summary">([^<]*)<\/script>/.exec(text(`${name}.html`))?.[1] ?? "";
  return {
    summary: JSON.parse(text(`${name}.summary.json`)) as RunSummary,
    page: JSON.parse(page) as RunSummary,
    csv: parseCsv(text(`${name}_stats.csv`)),
    history: parseCsv(text(`${name}_stats_history.csv`)),
    json: JSON.parse(text(`${name}.json`)) as LocustEntry[],
    markdown: text(`${name}.md`),
    junit: text(`${name}.xml`),
  };
}

/** No name of this test has a comma or a quote. */
function parseCsv(text: string): Row[] {
  const [head = [], ...rows] = text.trim().split("\r\n").map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ""])));
}

function near(value: number, expected: number | null, tolerance: number, what: string): void {
  assert.ok(expected !== null && Math.abs(value - expected) <= tolerance, `${what}: ${value}, summary ${expected}`);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function checkCsv({ csv, history, summary }: Outputs): void {
  const entries = [...summary.entries, summary.total];
  assert.deepEqual(csv.map((row) => row["Name"]), entries.map(({ name }) => name));
  csv.forEach((row, i) => checkCsvRow(row, entries[i]!));
  const last = history.at(-1) ?? {};
  assert.equal(Number(last["Total Request Count"]), summary.total.requests);
  assert.equal(Number(last["Total Failure Count"]), summary.total.failures);
}

function checkCsvRow(row: Row, entry: SummaryEntry): void {
  const at = (column: string) => `${entry.name}, ${column} of the CSV`;
  const value = (column: string) => Number(row[column]);
  assert.equal(value("Request Count"), entry.requests, at("Request Count"));
  assert.equal(value("Failure Count"), entry.failures, at("Failure Count"));
  near(value("Requests/s"), entry.perSecond, 1e-3, at("Requests/s"));
  near(value("Failures/s"), entry.failuresPerSecond, 1e-3, at("Failures/s"));
  near(value("Average Response Time"), entry.meanMs, 1e-3, at("mean"));
  near(value("Min Response Time"), entry.minMs, 1e-3, at("minimum"));
  near(value("Max Response Time"), entry.maxMs, 1e-3, at("maximum"));
  near(value("Average Content Size"), entry.bytes / entry.requests, 1e-3, at("size"));
  for (const percent of SUMMARY_PERCENTILES) {
    near(value(`${percent}%`), entry.percentilesMs[percent], 0.5, at(`${percent}%`));
    const corrected = entry.correctedPercentilesMs?.[percent] ?? null;
    if (corrected !== null) near(value(`Corrected ${percent}%`), corrected, 0.5, at(`corrected ${percent}%`));
  }
}

function checkJson({ json, summary }: Outputs): void {
  assert.deepEqual(json.map(({ name }) => name), summary.entries.map(({ name }) => name));
  json.forEach((row, i) => {
    const entry = summary.entries[i]!;
    const timed = entry.requests - entry.untimed;
    assert.equal(row.num_requests, entry.requests);
    assert.equal(row.num_failures, entry.failures);
    assert.equal(row.total_content_length, entry.bytes);
    assert.equal(row.min_response_time, entry.minMs);
    assert.equal(row.max_response_time, entry.maxMs);
    assert.equal(sum(Object.values(row.response_times)), timed);
    assert.equal(sum(Object.values(row.num_reqs_per_sec)), entry.requests);
    near(row.total_response_time / timed, entry.meanMs, 1e-6, `${entry.name}: mean of the JSON`);
    for (const fraction of REPORTED_PERCENTILES) {
      const percent = String(Number((fraction * 100).toFixed(2))) as (typeof SUMMARY_PERCENTILES)[number];
      assert.equal(row.percentiles[String(fraction)], entry.percentilesMs[percent], `${entry.name}: ${percent} %`);
    }
  });
}

/** The summary within itself: total, history and histograms. */
function checkSummary({ total, entries, history, failures }: RunSummary): void {
  for (const figure of ["requests", "failures", "bytes"] as const) {
    assert.equal(sum(entries.map((entry) => entry[figure])), total[figure], figure);
    assert.equal(sum(history.map((span) => span[figure])), total[figure], `${figure} by second`);
  }
  assert.equal(sum(failures.map(({ count }) => count)), total.failures);
  for (const entry of [...entries, total]) assert.equal(sum(entry.histogram.counts), entry.requests - entry.untimed);
  assert.equal(sum(history.flatMap(({ times }) => times.map(([, count]) => count))), total.requests - total.untimed);
}

function checkJunit({ junit, summary }: Outputs): void {
  const suites = [...junit.matchAll(/<testsuite name="(\w+)" tests="(\d+)" failures="(\d+)" errors="(\d+)"/g)];
  const suite = (name: string) => suites.find((match) => match[1] === name)?.slice(2).map(Number);
  const failed = summary.thresholds.filter(({ passed }) => !passed).length;
  assert.deepEqual(suite("thresholds"), [summary.thresholds.length, failed, 0], junit);
  assert.deepEqual(suite("verdict"), [1, 0, summary.verdict.kind === "invalid" ? 1 : 0], junit);
  const failing = summary.entries.filter(({ failures }) => failures > 0).length;
  assert.deepEqual(suite("requests"), [summary.entries.length, failing, 0], junit);
}

/** Markdown shows three or four digits: 0.5 % and 0.06 of a figure. */
function checkMarkdown({ markdown, summary }: Outputs): void {
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  const cellsOf = (start: string) =>
    lines.find((line) => line.startsWith(start))?.split("|").map((cell) => cell.trim()) ?? [];
  const numberIn = (cell: string | undefined) => Number.parseFloat((cell ?? "").replace(/^\(/, ""));
  const close = (cell: string | undefined, figure: number | null, what: string) =>
    near(numberIn(cell), figure, 0.06 + 0.005 * (figure ?? 0), `${what} of the Markdown`);
  for (const { method, name, requests, failures, percentilesMs, maxMs, perSecond } of summary.entries) {
    const cells = cellsOf(`| \`${method} ${name}\``);
    assert.equal(numberIn(cells[2]), requests, markdown);
    assert.equal(numberIn(cells[3]), failures, markdown);
    [percentilesMs["50"], percentilesMs["95"], percentilesMs["99"], maxMs, perSecond].forEach((figure, i) =>
      close(cells[4 + i], figure, `${name}, column ${4 + i}`)
    );
  }
  const { total } = summary;
  const head = (label: string) => cellsOf(`| ${label} |`)[2];
  assert.equal(numberIn(head("Requests")), total.requests, markdown);
  assert.equal(numberIn(head("Failures")), total.failures, markdown);
  close(head("Requests/s"), total.perSecond, "Requests/s");
  close(head("Average (ms)"), total.meanMs, "Average");
  close(head("95 % (ms)"), total.percentilesMs["95"], "95 %");
}

for (const where of [[], ["--workers", "2"]]) {
  test(`every file of a run has the same figures, and its journal gives them again ${where.join(" ")}`, async () => {
    const system = await startCountingServer();
    const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
    const env = { XDG_DATA_HOME: folder };
    const thresholds = ["--threshold", "p95<5s", "--threshold", "failures<1%"];
    const args = ["run", "locustfile.ts", "-H", system.url, "-u", "12", "-r", "12", "-t", "6s", ...thresholds];
    const files = [...FILES("live"), "--csv-full-history", "--journal", "run.ndjson"];
    const run = await runCli([...args, ...files, ...where], { cwd: folder, env });
    await system.close();
    const live = readOutputs(folder, "live");

    assert.equal(live.summary.total.requests, system.total(), run.stderr);
    assert.deepEqual(live.page, live.summary);
    assert.deepEqual(live.summary.thresholds.map(({ passed }) => passed), [true, false]);
    assert.equal(run.code, live.summary.verdict.kind === "invalid" ? 4 : 3, run.stderr);
    assert.equal(live.summary.run.exitCode, run.code);
    checkSummary(live.summary);
    checkCsv(live);
    checkJson(live);
    checkJunit(live);
    checkMarkdown(live);

    const report = await runCli(["report", "run.ndjson", ...FILES("again"), "--csv-full-history"], {
      cwd: folder,
      env,
    });
    assert.equal(report.stdout, run.stdout, "the tables of the terminal");
    const again = readOutputs(folder, "again");
    for (const form of Object.keys(live) as (keyof Outputs)[]) assert.deepEqual(again[form], live[form], form);
  });
}
