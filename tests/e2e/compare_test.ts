/** `locust-ts compare`: journals and summaries of runs of the executable, in each form, as a gate, and with bad input. */
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import type { Comparison } from "../../src/report/comparison/comparison.ts";
import { displayWidth } from "../../src/base/text/display_width.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { runCli } from "../support/run_cli.ts";

const locustfile = (ms: number) =>
  `import { constantThroughput, events, metrics, task, User } from "locust-ts";
const [paint, orders] = [metrics.trend("paint", "s"), metrics.counter("orders", "EUR")];
const [cached, queue] = [metrics.rate("cached"), metrics.gauge("queue", "jobs")];
const answer = () => new Promise<void>((done) => setTimeout(done, ${ms}));
let n = 0;
export class Visitor extends User {
  override waitTime = constantThroughput(5);
  @task async look() {
    const slow = 20 + 20 * Math.random();
    const tags = { region: this.index % 2 === 0 ? "eu" : "us" };
    await events.request.measure("GET", "/items", () => this.sleep(slow / 1000));
    await this.transaction("<b>visit", async () => {
      await events.request.measure("GET", "<script>a|b\\u202e\\n", answer, { tags });
      await this.sleep(0.03);
    });
    this.check("is near", ${ms} < 30 || n++ % 4 > 0, { tags });
    paint.add(${ms} / 10);
    orders.add(${ms});
    cached.add(n % 2 === 0);
    queue.set(${ms});
  }
}`;

const folder = makeKeptFolder();
const path = (name: string) => join(folder, name);

before(async () => {
  writeFileSync(path("a.ts"), locustfile(20));
  writeFileSync(path("b.ts"), locustfile(40));
  await Promise.all(["a", "b"].map((name) => {
    const files = ["--journal", path(`${name}.ndjson`), "--summary-file", path(`${name}.json`)];
    const users = name === "a" ? "4" : "5";
    return runCli(["run", path(`${name}.ts`), "-u", users, "-r", "5", "-t", "24s", "--warm-up", "2s", ...files]);
  }));
});

async function compare(...args: readonly string[]): Promise<Comparison & { readonly code: number | null }> {
  const { code, stdout, stderr } = await runCli(["compare", ...args, "--format", "json"], { cwd: folder });
  assert.equal(stderr, "");
  return { ...JSON.parse(stdout), code };
}

test("compare of journals: figures of the steady part, intervals by row, warnings, and the same again", async () => {
  const found = await compare("a.ndjson", "b.ndjson");
  assert.equal(found.schema, "locust-ts/compare/1");
  assert.deepEqual(found.rows.map(({ name }) => name), ["Aggregated", "/items", "<script>a|b\u202e\n"]);
  const judged = (row: number, figure: string) => found.rows[row]?.figures.find((each) => each.figure === figure);
  assert.equal(judged(1, "p50")?.judgement, "same", JSON.stringify(judged(1, "p50")));
  const slower = judged(2, "p50");
  assert.equal(slower?.judgement, "worse");
  assert.ok(slower.interval !== null && slower.interval[0] > 50, JSON.stringify(slower));
  assert.match(found.warnings.join("\n"), /target users differ: A has 4, B has 5\n.*locustfiles differ: A has a.ts/);
  assert.deepEqual(await compare("a.ndjson", "b.ndjson"), found);
});

test("compare of journals: checks, transactions, metrics and tags, of the steady part, with intervals", async () => {
  const { measures = [], splits = [] } = await compare("a.ndjson", "b.ndjson");
  const titles = measures.map(({ of, name, kind, tag, value }) =>
    [of, name, kind, tag, value].filter(Boolean).join(" ")
  );
  assert.deepEqual(titles, [
    "checks is near",
    "checks is near region eu",
    "checks is near region us",
    "transactions <b>visit",
    "metrics cached rate",
    "metrics orders counter",
    "metrics paint trend",
    "metrics queue gauge",
  ]);
  const figure = (measure: string, name: string) =>
    measures[titles.indexOf(measure)]?.figures.find((each) => each.figure === name);
  const near = (value: number | null | undefined, wanted: number, part: number) =>
    assert.ok(value != null && Math.abs(value - wanted) <= wanted * part, `${value} is not about ${wanted}`);
  for (const check of titles.slice(0, 3)) {
    const rate = figure(check, "passRate");
    assert.equal(rate?.a, 1, check);
    near(rate?.b, 0.75, 0.1);
    assert.equal(rate?.judgement, "worse", JSON.stringify(rate));
    assert.ok(rate.interval !== null && rate.interval[1] < 0 && rate.interval[0] < -20, JSON.stringify(rate));
  }
  const p50 = figure("transactions <b>visit", "p50");
  assert.equal(p50?.judgement, "worse");
  assert.ok((p50.a ?? 0) >= 50 && (p50.b ?? 0) >= 70);
  assert.ok((figure("transactions <b>visit", "busyP50")?.a ?? 99) < (p50.a ?? 0) - 25, "without the sleep");
  near(figure("transactions <b>visit", "perSecond")?.a, 20, 0.3);
  near(figure("metrics paint trend", "mean")?.a, 2, 0.01);
  near(figure("metrics paint trend", "p95")?.b, 4, 0.01);
  assert.equal(figure("metrics paint trend", "mean")?.judgement, "higher");
  near(figure("metrics orders counter", "perSecond")?.a, 400, 0.3);
  assert.equal(figure("metrics orders counter", "perSecond")?.judgement, "higher");
  assert.deepEqual([figure("metrics queue gauge", "last")?.a, figure("metrics queue gauge", "last")?.b], [20, 40]);
  assert.equal(figure("metrics queue gauge", "last")?.judgement, "noInterval");
  assert.deepEqual(splits.map(({ tag, value, name }) => `${tag}=${value} ${name.slice(0, 10)}`), [
    "region=eu Aggregated",
    "region=eu <script>a|",
    "region=us Aggregated",
    "region=us <script>a|",
  ]);
  for (const split of splits) assert.equal(split.figures.find((each) => each.figure === "p50")?.judgement, "worse");
});

test("compare --fail-on of checks, transactions, metrics and tags", async () => {
  const limits = [
    "checks{is near} -5%",
    "tag region=eu checks: rate -90%",
    "transactions{*}: busy_p50 +20%",
    "metrics{paint}: mean +50%",
    "metrics{orders}: per_second -1%",
    "tag region=us: p50 +10%",
    "tag region=eu GET <script>*: p95 +900%",
  ].flatMap((each) => ["--fail-on", each]);
  const { failOn, code } = await compare("a.ndjson", "b.ndjson", ...limits);
  assert.deepEqual(failOn.map(({ crossed }) => crossed), [true, false, true, true, false, true, false]);
  assert.equal(code, 3);
});

test("compare of summaries with a warm-up: measures are of whole runs, and a warning says so", async () => {
  const { measures = [], warnings } = await compare("a.json", "b.json");
  const checks = JSON.parse(readFileSync(path("b.json"), "utf8")).checks;
  assert.equal(measures[0]?.figures[0]?.b, checks[0].passRate);
  assert.equal(measures[0]?.figures[0]?.judgement, "noInterval");
  assert.match(
    warnings.join("\n"),
    /of summaries are of the whole run, warm-up included \(A and B\): compare the journals/,
  );
});

test("compare of summaries: the total has intervals, rows have none, the figures are those of the journals", async () => {
  const [ofSummaries, ofJournals] = [await compare("a.json", "b.json"), await compare("a.ndjson", "b.ndjson")];
  assert.deepEqual(ofSummaries.rows[0], ofJournals.rows[0]);
  for (const [i, row] of ofSummaries.rows.slice(1).entries()) {
    assert.ok(row.figures.every(({ judgement, interval }) => judgement === "noInterval" && interval === null));
    assert.deepEqual(row.figures.map(({ b }) => b), ofJournals.rows[i + 1]?.figures.map(({ b }) => b));
  }
  assert.match(ofSummaries.warnings.join("\n"), /compare the journals of the runs for intervals/);
});

test("compare --fail-on: exit code 3 beyond the limit, 0 within it, and a warning where a row cannot be judged", async () => {
  const crossed = await compare(
    "a.ndjson",
    "b.ndjson",
    "--fail-on",
    "GET <script>*: p50 +10%",
    "--fail-on",
    "p99 +900%",
  );
  assert.deepEqual([crossed.code, crossed.exitCode], [3, 3]);
  assert.deepEqual(crossed.failOn.map((each) => each.crossed), [true, false]);
  assert.equal((await compare("a.ndjson", "a.ndjson", "--fail-on", "*: p95 +1%")).code, 0);
  const blind = await compare("a.json", "b.json", "--fail-on", "/items: p95 +1%");
  assert.equal(blind.code, 0);
  assert.match(blind.warnings.join("\n"), /--fail-on "\/items: p95 \+1%" cannot be judged for 1 of its rows/);
});

test("compare: a journal that is cut counts as far as it goes, says so, and is too short to tell", async () => {
  const journal = readFileSync(path("a.ndjson"));
  writeFileSync(path("cut.ndjson"), journal.subarray(0, Math.floor(journal.length * 0.4)));
  const args = ["compare", "cut.ndjson", "b.ndjson", "--format", "json", "--fail-on", "p50 +1%"];
  const { code, stdout, stderr } = await runCli(args, { cwd: folder });
  const found: Comparison = JSON.parse(stdout);
  assert.equal(code, 0);
  assert.match(stderr, /"cut.ndjson" ends within a line: it was read up to line \d+, byte \d+/);
  assert.match(
    found.warnings.join("\n"),
    /Run A is not finished.*\n.*Run A is too short to tell.*\n.*"p50 \+1%" cannot be judged for 1 of its rows/,
  );
  assert.ok(found.a.comparedSeconds > 3 && found.a.comparedSeconds < 20 && found.a.endedAt === null);
  for (const { judgement, interval } of found.rows.flatMap(({ figures }) => figures)) {
    assert.deepEqual([judgement, interval], ["tooShort", null]);
  }
});

test("compare: a run with itself shows no difference in any figure of any row", async () => {
  for (const file of ["a.ndjson", "a.json"]) {
    const { rows, warnings, exitCode } = await compare(file, file, "--fail-on", "p95 +0.1%", "--fail-on", "rps -0.1%");
    const figures = rows.flatMap((row, i) => file === "a.json" && i > 0 ? [] : row.figures);
    assert.ok(
      figures.length >= 6 &&
        figures.every(({ judgement, changePercent }) => judgement === "same" && changePercent === 0),
    );
    assert.deepEqual([exitCode, warnings.some((each) => each.includes("differ"))], [0, false]);
  }
});

test("compare: text fits 80 columns, Markdown has whole rows, texts from outside are escaped", async () => {
  const text = await runCli(["compare", "a.ndjson", "b.ndjson"], { cwd: folder });
  const tables = text.stdout.split("\n").slice(text.stdout.split("\n").indexOf(""));
  assert.ok(tables.every((line) => displayWidth(line) <= 80), text.stdout);
  // deno-lint-ignore no-control-regex -- none may be left
  assert.doesNotMatch(text.stdout, /[\x00-\x09\x0b-\x1f\u202e]/);
  const markdown = (await runCli(["compare", "a.ndjson", "b.ndjson", "--format", "markdown"], { cwd: folder })).stdout;
  assert.doesNotMatch(markdown, /<script|<b>|\u202e/);
  assert.match(text.stdout, /^transactions\{<b>visit\}$/m);
  assert.match(text.stdout, /^mean +2 s +4 s +\+100\.0 % .* higher$/m);
  assert.match(markdown, /### `tag region=eu checks\{is near\}`/);
  for (const line of markdown.split("\n").filter((each) => each.startsWith("|"))) {
    assert.equal(line.split("|").length, 8, line);
  }
});

test("compare: bad input is exit code 2 and names the file or the column", async () => {
  writeFileSync(path("cut.json"), '{"schema":"locust-ts/summ');
  writeFileSync(path("other.json"), '{"schema":"locust-ts/summary/2"}');
  writeFileSync(path("empty.json"), "");
  writeFileSync(path("list.json"), "[1]");
  const { total: _total, history: _history, ...lacking } = JSON.parse(readFileSync(path("a.json"), "utf8"));
  writeFileSync(path("lacking.json"), JSON.stringify(lacking));
  const journal = readFileSync(path("a.ndjson"), "utf8");
  writeFileSync(path("newer.ndjson"), journal.replace(/"version":\d+/, '"version":99'));
  writeFileSync(path("start.ndjson"), journal.slice(0, journal.indexOf("\n") + 20));
  for (
    const [args, message] of [
      [["a.json"], /only one run is named/],
      [["a.json", "none.json"], /Cannot compare "none.json": there is no such file; check the path\n/],
      [["a.json", "cut.json"], /"cut.json": it is neither a journal nor a whole summary/],
      [["empty.json", "a.json"], /"empty.json": it is empty; give a file of/],
      [["list.json", "a.json"], /"list.json": it has no schema of a summary/],
      [["a.json", "lacking.json"], /"lacking.json": it lacks "total", "history"/],
      [["a.ndjson", "newer.ndjson"], /"newer.ndjson": it has version 99 .*use the program that wrote it/],
      [["start.ndjson", "a.ndjson"], /"start.ndjson": no run has been started in it/],
      [[".", "a.json"], /Cannot compare ".": it is a folder; name a file in it\n/],
      [["a.json", "other.json"], /its schema is "locust-ts\/summary\/2"/],
      [["a.json", "b.json", "--fail-on", "p95 10%"], /column 5: expected "\+" or "-"\n {2}p95 10%\n {6}\^/],
      [["a.json", "b.json", "--fail-on", "/nowhere: p95 +1%"], /neither run has such a row/],
      [["a.json", "b.json", "--fail-on", "metrics{orders}: p95 +1%"], /what it names has no such figure/],
      [["a.json", "b.json", "--fail-on", "checks{is far}: rate -1%"], /neither run has such a row, check/],
    ] as const
  ) {
    const { code, stderr } = await runCli(["compare", ...args], { cwd: folder });
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, message);
  }
});
