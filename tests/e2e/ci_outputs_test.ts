/** What a CI system gets of a run of the executable: Markdown, JUnit, annotations, and the same again from the journal. */
import { strict as assert } from "node:assert";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { checkJunit } from "../support/check_junit.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";

const LOCUSTFILE = `import { events, task, User } from "locust-ts";
const NAMES = ["/cart", "<script>a|b</script>", "=cmd() 🛒", 'q"\\n::error::forged', "rtl\\u202e\\u0001@team"];
export class Visitor extends User {
  @task async look() {
    for (const name of NAMES) await events.request.measure("GET", name, () => this.sleep(0.02));
    events.request.fire({ requestType: "::error::method", name: "##[error]name", responseTime: 1, exception: new Error("a\\n::error::text ##[group]") });
    console.log("  ::set-output name=a::b");
    console.warn("two lines\\n::error::logged ##[command]x");
    await events.request.measure("POST", "/orders", () => { throw new Error("<b>|no|</b>\\n::error::x\\u0007 100%"); }).catch(() => {});
  }
}`;

const folder = makeKeptFolder();
const path = (name: string) => join(folder, name);
let run: CliResult;

before(async () => {
  writeFileSync(path("locustfile.ts"), LOCUSTFILE);
  writeFileSync(path("step.md"), "earlier\n");
  run = await runCli(
    [
      "run",
      path("locustfile.ts"),
      ..."-u 2 -r 2 -t 4s --warm-up 1s -H http://<script>|host --threshold p95<1ms --threshold failures<100%".split(
        " ",
      ),
      ...["--threshold", "POST /orders: failures<100%"],
      ...["--markdown", path("run.md"), "--junit", path("run.xml"), "--summary-file", path("run.json")],
      ...["--journal", path("run.ndjson")],
    ],
    { env: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: path("step.md") } },
  );
});

const read = (name: string) => readFileSync(path(name), "utf8");

test("--summary-file, --junit and --markdown agree on the thresholds", () => {
  assert.equal(run.code, 3, run.stdout + run.stderr);
  const { thresholds } = JSON.parse(read("run.json"));
  assert.deepEqual(thresholds.map(({ passed }: { passed: boolean }) => passed), [false, true, false]);
  const cases = checkJunit(read("run.xml")).get("thresholds")?.children ?? [];
  assert.deepEqual(
    cases.map(({ attributes, children }) => [attributes["name"], children.some(({ name }) => name === "failure")]),
    [["p95<1ms", true], ["failures<100%", false], ["POST /orders: failures<100%", true]],
  );
  assert.match(cases[0]?.children[0]?.attributes["message"] ?? "", /^p95 = [\d.]+ ms, limit 1 ms$/);
  assert.match(read("run.md"), /### Thresholds: 2 of 3 not met/);
});

test("--junit has a case per row under its own name; failures that a threshold of the row judges fail no second case", () => {
  const cases = checkJunit(read("run.xml")).get("requests")?.children ?? [];
  const names = cases.map(({ attributes }) => attributes["name"]);
  assert.ok(names.includes("GET <script>a|b</script>") && names.includes('GET q"\n::error::forged'), names.join());
  const orders = cases.find(({ attributes }) => attributes["name"] === "POST /orders");
  assert.deepEqual(orders?.children.map(({ name }) => name), ["system-out"]);
});

test("--markdown: every table has whole rows, and no text from outside is markup", () => {
  const text = read("run.md");
  assert.ok(text.length <= 60_000 && text.startsWith("## Verdict: "), text.slice(0, 80));
  assert.doesNotMatch(text, /<script|<b>|^::/m);
  // deno-lint-ignore no-control-regex -- none may be left
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\u202e]/);
  assert.match(text, /Requests: steady part, 0:0\d to 0:04\n/);
  assert.match(text, /### Requests: whole run\n/);
  for (const table of text.split(/\n\n/).filter((part) => part.startsWith("|"))) {
    const widths = new Set(
      table.split("\n").filter((line) => line.startsWith("|")).map((line) => line.split("|").length),
    );
    assert.equal(widths.size, 1, table);
  }
});

/** As GitHub's runner reads them: blanks before `::` are skipped, `##[` counts anywhere. */
const commandsIn = (text: string) => text.split(/[\r\n]/).filter((line) => /^\s*::/.test(line) || line.includes("##["));

test("within GitHub Actions: what names, failures and user code say are not commands, in tables, log and reports", async () => {
  assert.deepEqual(
    commandsIn(run.stdout).filter((line) => !/^::(error|warning)::(Threshold not met|The run is)/.test(line)),
    [],
  );
  assert.deepEqual(commandsIn(run.stderr), []);
  for (const word of ["error::method", "[error]name", "set-output name=a", "error::text"]) {
    assert.ok(run.stdout.includes(word), `${word} is not to be seen\n${run.stdout}`);
  }
  assert.match(run.stderr, /error::logged/);
  const env = { GITHUB_ACTIONS: "true" };
  const report = await runCli(["report", path("run.ndjson")], { env });
  assert.deepEqual(commandsIn(report.stdout + report.stderr), []);
  const json = await runCli(["report", path("run.ndjson"), "--json"], { env });
  assert.deepEqual(commandsIn(json.stdout + json.stderr), []);
  assert.ok(JSON.parse(json.stdout).some(({ name }: { name: string }) => name === "##[error]name"));
  for (const format of ["text", "markdown", "json"]) {
    const compared = await runCli(["compare", path("run.json"), path("run.ndjson"), "--format", format], { env });
    assert.deepEqual(commandsIn(compared.stdout + compared.stderr), [], format);
  }
});

test("within GitHub Actions: one annotation per broken threshold, and the summary of the step gets the Markdown", () => {
  const lines = run.stdout.split("\n").filter((line) => /^\s*::/.test(line));
  assert.deepEqual(lines.filter((line) => line.startsWith("::error::Threshold not met: ")).length, 2, lines.join("\n"));
  assert.match(lines[0] ?? "", /^::error::Threshold not met: p95<1ms \(p95 = /);
  assert.match(lines.join("\n"), /POST \/orders: failures<100%25/);
  assert.ok(lines.every((line) => /^::(error|warning)::(Threshold not met|The run is)/.test(line)), lines.join("\n"));
  assert.equal(read("step.md"), `earlier\n\n${read("run.md")}`);
});

test("a step summary without room for the run stays as it is, and a warning says so", async () => {
  writeFileSync(path("full.md"), "x".repeat(1024 * 1024 - 100));
  const full = await runCli(["run", path("locustfile.ts"), "-u", "1", "-t", "1s"], {
    env: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: path("full.md") },
  });
  assert.equal(statSync(path("full.md")).size, 1024 * 1024 - 100);
  assert.match(full.stdout, /^::warning::The summary of this step has reached GitHub's 1 MiB/m);
});

test("report makes the same Markdown and JUnit files from the journal", async () => {
  const report = await runCli([
    "report",
    path("run.ndjson"),
    ...["--markdown", path("again.md"), "--junit", path("again.xml")],
  ]);
  assert.equal(report.code, 0, report.stderr);
  assert.equal(read("again.md"), read("run.md"));
  assert.equal(read("again.xml"), read("run.xml"));
});
