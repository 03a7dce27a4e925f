/**
 * Names and failure texts that are formulas, rows, markup, XML or simply too long: read back from every CSV (files and downloads of the
 * web UI), from Markdown and from JUnit, by readers that are not ours.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { checkJunit } from "../support/check_junit.ts";
import { formulasIn, readCsv } from "../support/read_csv.ts";
import { type CliResult, runCli, writeFiles } from "../support/run_cli.ts";
import { openWeb } from "../support/web_process.ts";

const HOSTILE = [
  '=HYPERLINK("http://x","y")',
  "+1+1",
  "-2+3",
  "@SUM(A1)",
  "\t=1",
  "\r=2",
  'a,b;"c"',
  "two\nlines",
  'two\r\nlines,"and" more',
  '"',
  ",",
  "'=quoted",
  "\u0000\u0007\u001b[2J\uffff\ud800",
  "<a href='//x'>&amp;]]></a>",
  "| `code` | <!-- x --> @team",
];

const LOCUSTFILE = `import { events, task, User } from "locust-ts";
const HOSTILE = ${JSON.stringify(HOSTILE)};
export class Visitor extends User {
  @task async look() {
    for (const text of HOSTILE) {
      events.request.fire({ requestType: text, name: text, responseTime: 5, responseLength: 1 });
      events.request.fire({ requestType: "GET", name: text, responseTime: 5, exception: new Error(text) });
      events.request.fire({ requestType: "GET", name: text, responseTime: 5, exception: text });
    }
    await this.sleep(0.3);
    throw new Error(HOSTILE[Math.floor(this.random.float() * HOSTILE.length)]);
  }
}`;

/** More and longer than any comment holds. */
const LARGE = `import { events, task, User } from "locust-ts";
export class Visitor extends User {
  done = false;
  @task async look() {
    for (let i = 0; i < 2000 && !this.done; i++) {
      const name = "/" + i + "<&|*>\\u0060".repeat(200);
      events.request.fire({ requestType: "GET", name, responseTime: 5, exception: new Error(name + " failed") });
    }
    this.done = true;
    await this.sleep(0.2);
    throw new Error("@".repeat(3000) + Math.floor(this.random.float() * 1000));
  }
}`;

/** Each row as wide as its header, and nothing that a spreadsheet computes. */
function checkCsv(text: string, what: string): readonly (readonly string[])[] {
  const rows = readCsv(text);
  assert.deepEqual([...new Set(rows.map((row) => row.length))], [rows[0]?.length], what);
  assert.deepEqual(formulasIn(rows), [], what);
  return rows;
}

/** As a cell holds it: a formula has an apostrophe in front, and characters that break readers of CSV are replaced. */
const inCell = (text: string) => {
  const defused = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  // deno-lint-ignore no-control-regex -- these are meant
  return defused.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, "\ufffd");
};

let folder = "";
let run: CliResult;
const read = (name: string) => readFileSync(join(folder, name), "utf8");

before(async () => {
  folder = writeFiles({ "shop.ts": LOCUSTFILE });
  const files = [
    "--csv",
    "run",
    "--csv-full-history",
    "--samples",
    "all.csv",
    "--markdown",
    "run.md",
    "--junit",
    "run.xml",
  ];
  run = await runCli(["run", "shop.ts", "-u", "2", "-r", "2", "-t", "4s", "--summary-file", "run.json", ...files], {
    cwd: folder,
  });
  assert.equal(run.code, 1, run.stderr);
});

test("the CSV files of a run hold every hostile name as one cell, and no formula", () => {
  for (const name of ["run_stats.csv", "run_failures.csv", "run_exceptions.csv", "run_stats_history.csv", "all.csv"]) {
    const rows = checkCsv(read(name), name);
    assert.ok(rows.length > 2, name);
    if (name === "run_exceptions.csv") continue;
    const cells = new Set(rows.flat());
    for (const text of HOSTILE.slice(0, 12)) assert.ok(cells.has(inCell(text)), `${name}: ${JSON.stringify(text)}`);
  }
  assert.equal(readCsv(read("all.csv")).length - 1, JSON.parse(read("run.json")).total.requests);
});

test("the CSV downloads of the web UI, of Locust's paths and of the API, are as safe", async () => {
  const web = await openWeb(["-u", "2", "-r", "2", "--csv", "web", "--csv-full-history"], { locustfile: LOCUSTFILE });
  try {
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    await fetch(`${web.url}/swarm`, { method: "POST", headers: form, body: "user_count=2&spawn_rate=2" });
    await web.until(({ users }) => users === 2);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const paths = [
      "/stats/requests/csv",
      "/stats/failures/csv",
      "/exceptions/csv",
      "/stats/requests_full_history/csv",
      "/api/v1/files/csv",
      "/api/v1/files/failures.csv",
      "/api/v1/files/exceptions.csv",
      "/api/v1/files/history.csv",
    ];
    for (const path of paths) {
      const response = await web.ask("GET", path);
      assert.equal(response.status, 200, path);
      assert.match(response.headers.get("content-type") ?? "", /^text\/csv/, path);
      const rows = checkCsv(await response.text(), path);
      if (/requests\/csv|files\/csv|failures/.test(path)) {
        const cells = new Set(rows.flat());
        for (const text of HOSTILE.slice(0, 12)) assert.ok(cells.has(inCell(text)), `${path}: ${JSON.stringify(text)}`);
      }
    }
  } finally {
    await web.end();
  }
});

test("JUnit with characters that XML forbids is read by a strict parser, with every row", () => {
  const suites = checkJunit(read("run.xml"));
  const { entries } = JSON.parse(read("run.json"));
  assert.equal(suites.get("requests")?.children.length, entries.length);
  // deno-lint-ignore no-control-regex -- none may be left
  assert.doesNotMatch(read("run.xml"), /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/);
});

test("Markdown of 2,000 names, 500 kinds of failures and long texts fits a comment, with whole tables", async () => {
  const large = writeFiles({ "shop.ts": LARGE });
  const thresholds = Array.from({ length: 40 }, (_, i) => ["--threshold", `'GET /${"x".repeat(500)}${i}': p95<1ms`])
    .flat();
  const args = ["run", "shop.ts", "-t", "4s", "--markdown", "run.md", "--junit", "run.xml", ...thresholds];
  const { code, stderr } = await runCli(args, {
    cwd: large,
    env: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(large, "step.md") },
  });
  assert.equal(code, 3, stderr);
  const text = readFileSync(join(large, "run.md"), "utf8");
  assert.ok(text.length > 2_000 && text.length <= 60_000, `${text.length} characters`);
  assert.ok(new TextEncoder().encode(text).length <= 65_536);
  assert.match(text, /^## Verdict: /);
  assert.match(text, /\d[\d,]* more/);
  for (const table of text.split("\n\n").filter((part) => part.startsWith("|"))) {
    const widths = new Set(
      table.split("\n").filter((line) => line.startsWith("|")).map((line) => line.split("|").length),
    );
    assert.equal(widths.size, 1, table.slice(0, 500));
  }
  assert.ok(readFileSync(join(large, "step.md"), "utf8").length > 0);
  assert.equal(checkJunit(readFileSync(join(large, "run.xml"), "utf8")).get("requests")?.children.length, 2000);
});
