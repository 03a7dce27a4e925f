/** `locust-ts report` makes every output of the list again from the journal, byte for byte but for the dates of writing. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { OUTPUTS } from "../../src/cli/outputs/output_list.ts";
import { OUTPUT_OPTIONS } from "../../src/cli/options/table/output_options.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { runCli } from "../support/run_cli.ts";

/** Names that are formulas, break rows, pages, tables or terminals. */
const HOSTILE = [
  "=1+1",
  "+cmd|' /C calc'!A0",
  "-2+3",
  "@SUM(A1)",
  "\ttab",
  "\rreturn",
  'a,"b"\nc\r\nd',
  "</script><script>alert(1)</script>",
  "| a | `b` | <!-- -->",
  "]]>&amp;\u0000\u001b[31m",
  "\u2028\u202e😀",
];

const LOCUSTFILE = `import { constant, constantPacing, events, task, User } from "locust-ts";
const HOSTILE = ${JSON.stringify(HOSTILE)};
export class Visitor extends User {
  static override weight = 3;
  override waitTime = constant(0.02);
  @task(6) async look() {
    await events.request.measure("CALL", "look", () => this.sleep(this.random.float() * 0.03));
  }
  @task(3) async hostile() {
    const text = this.random.choice(HOSTILE);
    events.request.fire({
      requestType: text,
      name: text,
      responseTime: 1 + this.random.integer(1, 400),
      responseLength: 7,
      ...(this.random.float() < 0.5 ? { exception: new Error(text) } : {}),
    });
  }
  @task async fail() {
    throw new Error(this.random.choice(HOSTILE));
  }
}
export class Paced extends User {
  override waitTime = constantPacing(0.1);
  @task async slow() {
    await events.request.measure("PACED", "slow", () => this.sleep(this.random.integer(1, 3) * 0.1));
  }
}`;

const LOAD = ["-u", "4", "-r", "4", "-t", "5s"];

/** What each output is asked for with; an output that is not here fails the test. */
const ASKED: Readonly<Record<string, (folder: string) => readonly string[]>> = {
  "csv": (folder) => ["--csv", join(folder, "run"), "--csv-full-history"],
  "json-file": (folder) => ["--json-file", join(folder, "run")],
  "summary-file": (folder) => ["--summary-file", join(folder, "summary.json")],
  "html": (folder) => ["--html", join(folder, "run.html")],
  "json": () => ["--json"],
};

/** `total`: a journal that holds the rows every 10 s has no history of rows. */
type History = "full" | "total";

function flagsOf(folder: string, history: History): readonly string[] {
  const flags = allFlagsOf(folder);
  return history === "full" ? flags : flags.filter((flag) => flag !== "--csv-full-history");
}

function allFlagsOf(folder: string): readonly string[] {
  return OUTPUTS.flatMap(({ option }) => {
    const known = ASKED[option];
    if (known !== undefined) return known(folder);
    const spec = OUTPUT_OPTIONS.find(({ name }) => name === option);
    assert.equal(spec?.type, "path", `--${option} has no example here`);
    return [`--${option}`, join(folder, `run.${option}`)];
  });
}

function filesOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

async function assertReplay(
  journal: string,
  live: { readonly folder: string; readonly stdout: string; readonly history: History },
): Promise<void> {
  const again = makeKeptFolder();
  const report = await runCli(["report", journal, ...flagsOf(again, live.history)]);
  assert.equal(report.code, 0, report.stderr);
  const [was, is] = [filesOf(live.folder), filesOf(again)];
  assert.deepEqual(Object.keys(is), Object.keys(was));
  for (const [name, text] of Object.entries(was)) {
    // The options of the run name its files; those are the run's in both.
    assert.ok(text.length > 0, name);
    assert.equal(is[name], text, name);
  }
  assert.equal(report.stdout, live.stdout);
}

for (
  const [what, flags] of [
    ["a plain run", []],
    ["--reset-stats", ["--reset-stats"]],
    ["three worker processes", ["--workers", "3"]],
    ["rows every 10 s", ["--journal-detail", "total"]],
    ["rows every 10 s, two worker processes", ["--journal-detail", "total", "--workers", "2", "--warm-up", "1s"]],
    ["--warm-up and thresholds", [
      "--warm-up",
      "1s",
      "--threshold",
      "p95<1,failures<1% over 2s",
      "--threshold",
      "look: rps>1",
    ]],
  ] as const
) {
  test(`report = run, every output, with failures, exceptions and hostile names: ${what}`, async () => {
    const folder = makeKeptFolder();
    const [locustfile, journal, live] = [join(folder, "shop.ts"), join(folder, "run.ndjson"), makeKeptFolder()];
    writeFileSync(locustfile, LOCUSTFILE);
    const history = flags.some((flag) => flag === "--journal-detail") ? "total" : "full";
    const run = await runCli([
      "run",
      locustfile,
      ...LOAD,
      ...flags,
      ...(flags.some((flag) => flag === "--workers") ? [] : ["--processes", "2"]),
      ...["--journal", journal],
      ...flagsOf(live, history),
    ]);
    assert.notEqual(run.code, 2, run.stderr);
    await assertReplay(journal, { folder: live, stdout: run.stdout, history });
  });
}
