/**
 * One run with checks, metrics and transactions, and every output on: the target's own count of requests and the summary are held against
 * each other, then each form against the summary, exports included; then the files are made again from the journal. Locally with two
 * threads, and with two workers.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { checkJunit } from "../support/check_junit.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { openExportReceivers } from "../support/export_receivers.ts";
import { readCsv } from "../support/read_csv.ts";
import { readExposition, valueOf } from "../support/read_exposition.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";

/** Each user does the same six rounds: so many of everything as users times six. */
const LOCUSTFILE = `import { checks, constant, events, FastHttpUser, metrics, StopUser, task } from "locust-ts";
const size = metrics.trend("answer size", "B");
const wait = metrics.trend("my wait", "s");
const orders = metrics.counter("orders, all");
const even = metrics.rate("even round");
const level = metrics.gauge("level", "cm");
export const thresholds = ["checks{has body} > 99%", "checks{is even}: rate < 60%", "metrics{orders, all}: sum > 20", "transactions{visit / pay}: failures > 40%"];
export class Shopper extends FastHttpUser {
  override waitTime = constant(0.05);
  rounds = 0;
  @task async visit() {
    const round = this.rounds++;
    if (round === 6) {
      level.set(this.index === 3 ? 42 : 7);
      throw new StopUser();
    }
    await this.transaction("visit", async () => {
      const res = await this.client.get("/read?ms=5&bytes=900", { name: "/read" });
      size.add(res.bytes().length);
      checks(res, { "is ok": (r) => r.ok, "has body": (r) => r.text().length === 900, "throws": () => { throw new Error("never mind"); } });
      await this.sleep(0.2);
      await this.transaction("pay", () => this.client.post("/pay?ms=5&status=" + (round % 2 === 0 ? 200 : 503), { name: "/pay" }));
    });
    wait.add(0.5);
    orders.add(1.5);
    even.add(this.check("is even", round % 2 === 0));
  }
}
export class Stuck extends FastHttpUser {
  static override fixedCount = 1;
  @task async hang() { await this.transaction("hang", () => this.sleep(600)); }
}
events.quitting.addListener(({ environment }) =>
  environment.runner?.role === "worker" ? undefined : new Promise((resolve) => setTimeout(resolve, 3_000)));`;

const SHOPPERS = 7;
const ROUNDS = SHOPPERS * 6;

const FILES = (name: string) => [
  ...["--csv", name, "--json-file", name, "--summary-file", `${name}.summary.json`],
  ...["--html", `${name}.html`, "--markdown", `${name}.md`, "--junit", `${name}.xml`],
];

function readSummary(folder: string, form: string): RunSummary {
  return JSON.parse(readFileSync(join(folder, `${form}.summary.json`), "utf8")) as RunSummary;
}

/** The figures follow from what each user does. */
function checkSummary(summary: RunSummary): void {
  assert.deepEqual(summary.checks, [
    { name: "has body", passes: ROUNDS, fails: 0, passRate: 1 },
    { name: "is even", passes: ROUNDS / 2, fails: ROUNDS / 2, passRate: 0.5 },
    { name: "is ok", passes: ROUNDS, fails: 0, passRate: 1 },
    { name: "throws", passes: 0, fails: ROUNDS, passRate: 0 },
  ]);
  const byName = Object.fromEntries((summary.metrics ?? []).map((metric) => [metric.name, metric]));
  const { size, wait, orders, even, level } = {
    size: byName["answer size"],
    wait: byName["my wait"],
    orders: byName["orders, all"],
    even: byName["even round"],
    level: byName["level"],
  };
  assert.ok(size?.kind === "trend" && wait?.kind === "trend" && orders?.kind === "counter" && level?.kind === "gauge");
  assert.deepEqual([size.count, size.mean, size.min, size.max, size.unit], [ROUNDS, 900, 900, 900, "B"]);
  assert.deepEqual([wait.count, wait.mean, wait.percentiles["99"]], [ROUNDS, 0.5, 0.5]);
  assert.deepEqual([orders.count, orders.sum], [ROUNDS, ROUNDS * 1.5]);
  assert.deepEqual(even, { kind: "rate", name: "even round", passes: ROUNDS / 2, fails: ROUNDS / 2, passRate: 0.5 });
  assert.deepEqual([level.count, level.min, level.max], [SHOPPERS, 7, 42]);
  const [hang, visit, pay] = summary.transactions ?? [];
  assert.deepEqual([hang?.name, hang?.count, hang?.failures, hang?.cutOff], ["hang", 0, 0, 1]);
  assert.deepEqual([visit?.name, visit?.count, visit?.failures, visit?.cutOff], ["visit", ROUNDS, ROUNDS / 2, 0]);
  assert.deepEqual([pay?.name, pay?.count, pay?.failures, pay?.cutOff], ["visit / pay", ROUNDS, ROUNDS / 2, 0]);
  assert.ok((visit?.times.minMs ?? 0) >= 200, "with the sleep");
  const thought = (visit?.times.meanMs ?? 0) - (visit?.busyTimes.meanMs ?? 0);
  assert.ok(thought >= 199 && thought < 1000, `200 ms of sleep and what a busy machine adds: ${thought}`);
  assert.deepEqual(summary.thresholds.map(({ passed, metric }) => `${metric} ${passed}`), [
    "checks true",
    "checks true",
    "metrics true",
    "transactions true",
  ]);
  assert.equal(summary.total.requests, 2 * ROUNDS, "and none of it is a request");
}

function checkFiles(folder: string, form: string, stdout: string): void {
  const text = (ending: string) => readFileSync(join(folder, `${form}${ending}`), "utf8");
  const table = (ending: string) => {
    const [head = [], ...lines] = readCsv(text(ending));
    return lines.map((line) => Object.fromEntries(head.map((column, i) => [column, line[i] ?? ""])));
  };
  const summary = readSummary(folder, form);
  const page = /<script type="application\/json" id="summary">([^<]*)<\/script>/.exec(text(".html"))?.[1] ?? "";
  assert.deepEqual(JSON.parse(page), summary);
  const json = JSON.parse(text(".json")) as readonly Readonly<Record<string, unknown>>[];
  const markdown = text(".md").split("\n");
  const suites = checkJunit(text(".xml"));
  const caseOf = (suite: string, name: string) =>
    JSON.stringify(suites.get(suite)?.children.find(({ attributes }) => attributes["name"] === name));
  const terminal = stdout.split("\n");

  const checksCsv = table("_checks.csv");
  for (const { name, passes, fails, passRate } of summary.checks ?? []) {
    const line = checksCsv.find((each) => each["Name"] === name);
    assert.deepEqual(
      [line?.["Passes"], line?.["Fails"], line?.["Pass Rate"]].map(Number),
      [passes, fails, passRate],
      name,
    );
    const ofJson = json.find((each) => each["kind"] === "check" && each["name"] === name);
    assert.deepEqual([ofJson?.["passes"], ofJson?.["fails"]], [passes, fails], name);
    assert.ok(markdown.some((each) => each.startsWith(`| \`${name}\` | ${passes} | ${fails} |`)), name);
    assert.match(caseOf("checks", name), new RegExp(`${fails} of ${passes + fails} failed`));
    assert.ok(terminal.some((each) => new RegExp(`^${name} +${passes} +${fails} `).test(each)), `terminal: ${name}`);
  }
  const metricsCsv = table("_metrics.csv");
  for (const metric of summary.metrics ?? []) {
    const line = metricsCsv.find((each) => each["Name"] === metric.name)!;
    const ofJson = json.find((each) => each["kind"] === metric.kind && each["name"] === metric.name)!;
    const shown: readonly (readonly [string, string, number | null])[] = metric.kind === "trend"
      ? [["Count", "count", metric.count], ["Average", "mean", metric.mean], ["95%", "", metric.percentiles["95"]], [
        "Max",
        "max",
        metric.max,
      ]]
      : metric.kind === "counter"
      ? [["Count", "count", metric.count], ["Sum", "sum", metric.sum]]
      : metric.kind === "gauge"
      ? [["Last", "last", metric.last], ["Min", "min", metric.min]]
      : [["Pass Rate", "", metric.passRate]];
    for (const [column, key, value] of shown) {
      assert.equal(Number(line[column]), value, `${metric.name}: ${column}`);
      if (key !== "") assert.equal(ofJson[key], value, `${metric.name}: ${key}`);
    }
    assert.ok(markdown.some((each) => each.startsWith(`| \`${metric.name}\` | ${metric.kind} |`)), metric.name);
    assert.ok(terminal.some((each) => each.startsWith(metric.name) && each.includes(metric.kind)), metric.name);
  }
  const transactionsCsv = table("_transactions.csv");
  for (const { name, count, failures, cutOff, times, busyTimes } of summary.transactions ?? []) {
    const line = transactionsCsv.find((each) => each["Name"] === name)!;
    assert.deepEqual(
      [line["Count"], line["Failure Count"], line["Cut Off Count"], line["95%"], line["Busy 95%"]].map(Number),
      [count, failures, cutOff, times.percentilesMs["95"] ?? 0, busyTimes.percentilesMs["95"] ?? 0],
      name,
    );
    const ofJson = json.find((each) => each["kind"] === "transaction" && each["name"] === name)!;
    assert.deepEqual([ofJson["count"], ofJson["failures"], ofJson["cut_off"]], [count, failures, cutOff], name);
    assert.match(caseOf("transactions", name), new RegExp(`${failures} of ${count} failed, ${cutOff} cut off`));
    assert.ok(markdown.some((each) => each.startsWith(`| \`${name}\` | ${count} | ${failures}(`)), name);
    assert.ok(terminal.some((each) => new RegExp(`^${name} +${count} +${failures}\\(`).test(each)), name);
  }
}

for (const where of [["--processes", "2"], ["--workers", "2"]]) {
  test(`every output has the checks, metrics and transactions of one run ${where.join(" ")}`, async () => {
    const system = await startCountingServer();
    const receivers = await openExportReceivers();
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const env = { XDG_DATA_HOME: folder, OTEL_METRIC_EXPORT_INTERVAL: "1000" };
    const args = ["run", "shop.ts", "-H", system.url, "-u", String(SHOPPERS + 1), "-r", "8", "-t", "10s", ...where];
    const files = [...FILES("live"), "--journal", "run.ndjson", "--prometheus-port", "0"];
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
    assert.ok(code === 1 || code === 4, stderr);
    assert.equal(system.total(), 2 * ROUNDS, stderr);
    assert.equal(
      stderr.split("\n").filter((line) => line.includes('The check "throws" threw')).length > 0,
      true,
      stderr,
    );

    const summary = readSummary(folder, "live");
    checkSummary(summary);
    checkFiles(folder, "live", stdout);

    const summed = (metric: string, tags: string) =>
      receivers.packets.filter((line) => line.startsWith(`locust_ts.${metric}:`) && line.endsWith(`|c|#${tags}`))
        .reduce((sum, line) => sum + Number(/:([\d.]+)\|c/.exec(line)?.[1]), 0);
    const point = (key: string, name: string) => receivers.points.findLast(({ tags }) => tags[key] === name)?.fields;
    const otel = (metric: string, attributes: Readonly<Record<string, string>>) =>
      receivers.otlp()?.metrics.get(metric)?.points.find((each) =>
        Object.entries(attributes).every(([key, value]) => each.attributes[key] === value)
      );
    for (const { name, passes, fails } of summary.checks ?? []) {
      for (const [result, count] of [["pass", passes], ["fail", fails]] as const) {
        assert.equal(valueOf(scrape, "locust_ts_checks_total", { check: name, result }), count, name);
        assert.equal(summed("checks", `check:${name},result:${result}`), count, name);
        assert.equal(otel("locust.checks", { "check.name": name, "check.result": result })?.value, count, name);
      }
      assert.deepEqual([point("check", name)?.["passes"], point("check", name)?.["fails"]], [
        `${passes}i`,
        `${fails}i`,
      ]);
    }
    for (const { name, count, failures, cutOff, times } of summary.transactions ?? []) {
      const results = [["success", count - failures], ["failure", failures], ["cut_off", cutOff]] as const;
      for (const [result, expected] of results) {
        assert.equal(valueOf(scrape, "locust_ts_transactions_total", { transaction: name, result }), expected, name);
        assert.equal(summed("transactions", `transaction:${name},result:${result}`), expected, name);
      }
      assert.equal(valueOf(scrape, "locust_ts_transaction_duration_seconds_count", { transaction: name }), count);
      const ofInflux = point("transaction", name);
      assert.deepEqual([ofInflux?.["count"], ofInflux?.["cut_off"]], [`${count}i`, `${cutOff}i`], name);
      if (count === 0) continue;
      assert.equal(Number(ofInflux?.["p95"]), times.percentilesMs["95"], name);
      assert.equal(otel("locust.transaction.duration", { "transaction.name": name })?.count, count, name);
    }
    const unit = { metric: "orders, all", unit: "" };
    assert.equal(valueOf(scrape, "locust_ts_metric_counter_total", unit), ROUNDS * 1.5);
    assert.equal(summed("metric.counter", "metric:orders_ all"), ROUNDS * 1.5);
    assert.equal(Number(point("metric", "orders, all")?.["sum"]), ROUNDS * 1.5);
    assert.equal(otel("locust.metric.counter", { "metric.name": "orders, all" })?.value, ROUNDS * 1.5);
    const figure = { metric: "answer size", unit: "B", figure: "p95" };
    assert.equal(valueOf(scrape, "locust_ts_metric_figure", figure), 900);
    const last = (summary.metrics ?? []).flatMap((metric) => metric.kind === "gauge" ? [metric.last] : [])[0];
    assert.equal(valueOf(scrape, "locust_ts_metric_last", { metric: "level", unit: "cm" }), last);

    const report = await runCli(["report", "run.ndjson", ...FILES("again")], { cwd: folder, env });
    assert.equal(report.stdout, stdout, "the tables of the terminal");
    assert.deepEqual(readSummary(folder, "again").metrics, summary.metrics);
    checkFiles(folder, "again", report.stdout);
    for (const ending of ["_checks.csv", "_metrics.csv", "_transactions.csv", ".json", ".summary.json"]) {
      assert.equal(
        readFileSync(join(folder, `again${ending}`), "utf8"),
        readFileSync(join(folder, `live${ending}`), "utf8"),
        ending,
      );
    }
  });
}

test("a run without checks, metrics and transactions has no file, table or key of them", async () => {
  const system = await startCountingServer();
  const folder = writeFiles({
    "shop.ts": `import { constant, HttpUser, task } from "locust-ts";
export class Reader extends HttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/"); }
}`,
  });
  const { stdout } = await runCli(["run", "shop.ts", "-H", system.url, "-u", "1", "-t", "2s", ...FILES("none")], {
    cwd: folder,
  });
  await system.close();
  assert.doesNotMatch(stdout, /Checks|Transactions|Metrics/);
  assert.equal(existsSync(join(folder, "none_checks.csv")), false);
  const summary = readSummary(folder, "none");
  assert.deepEqual([summary.checks, summary.metrics, summary.transactions], [undefined, undefined, undefined]);
});

test("a check that a threshold is about decides the exit code, and --once tells how checks went", async () => {
  const system = await startCountingServer();
  const folder = writeFiles({
    "shop.ts": `import { constant, HttpUser, metrics, task } from "locust-ts";
const orders = metrics.counter("orders");
export class Reader extends HttpUser {
  override waitTime = constant(0.05);
  @task async read() {
    await this.transaction("read", async () => {
      this.check("is JSON", (await this.client.get("/")).headers.has("content-type"));
      this.check("is ok", true);
      orders.add();
    });
  }
}`,
  });
  const run = (...more: string[]) => runCli(["run", "shop.ts", "-H", system.url, ...more], { cwd: folder });
  const threshold = ["--threshold", "checks{is JSON} > 50%", "--threshold", "checks{is ok} > 99%"];
  const broken = await run("-u", "1", "-t", "2s", "--only-summary", ...threshold);
  const once = await run("--once");
  await system.close();
  assert.ok(broken.code === 3 || broken.code === 4, broken.stdout);
  assert.match(broken.stdout, /NOT MET +checks\{is JSON\} > 50% .*rate = 0 %, limit above 50 %/);
  assert.match(broken.stdout, /met +checks\{is ok\} > 99%/);
  assert.match(once.stdout + once.stderr, /the check "is JSON" failed/);
  assert.match(once.stdout + once.stderr, /the check "is ok" passed/);
  assert.match(once.stdout + once.stderr, /the transaction "read" ended after \d+ ms/);
  assert.match(once.stdout + once.stderr, /the counter "orders" got a value/);
});
