/** What a run writes: names of files, secrets, files that belong to another run, a standard output that is full. */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { productCommand, runCli, startCli } from "../support/run_cli.ts";

const LOCUSTFILE = `import { events, task, User } from "locust-ts";
events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--api-key", { secret: true, default: "" });
});
console.log("printed while loading");
export class Visitor extends User {
  @task async look() {
    if (this.environment.parsedOptions.apiKey !== "k-123456") throw new Error("the key is wrong");
    await events.request.measure("CALL", "look", () => this.sleep(0.1));
  }
}`;

function makeLocustfile(): { readonly folder: string; readonly locustfile: string } {
  const folder = makeKeptFolder();
  writeFileSync(join(folder, "shop.ts"), LOCUSTFILE);
  return { folder, locustfile: "shop.ts" };
}

const KEY = ["--api-key", "k-123456"];

test("paths of outputs are named after the run, in the run and in its report", async () => {
  const { folder, locustfile } = makeLocustfile();
  const named = ["--csv", "{p}/{h}-{u}-{r}-{t}", "--json-file", "{p}/all-{d}"];
  const args = ["run", locustfile, ...KEY, "-H", "http://ada:pw@h.test:81", "-u", "2", "-r", "4", "-t", "1s"];
  const run = await runCli([...args, "--profile", "a/b", ...named, "--journal", "j-{u}.ndjson"], { cwd: folder });
  assert.equal(run.code, 0, run.stderr);
  const files = readdirSync(join(folder, "a_b")).sort();
  assert.match(files.join(), /^all-\d{8}-\d{6}\.json,h\.test_81-2-4-1_exceptions\.csv,/);
  const report = await runCli(["report", "j-2.ndjson", "--csv", "again-{p}-{u}-{t}"], { cwd: folder });
  assert.equal(report.code, 0, report.stderr);
  assert.ok(readdirSync(folder).includes("again-a_b-2-1_stats.csv"));
});

test("secrets and passwords in URLs are in no output", async () => {
  const { folder, locustfile } = makeLocustfile();
  const args = ["run", locustfile, ...KEY, "-H", "http://ada:lovelace@h.test", "-t", "1s", "--loglevel", "DEBUG"];
  const run = await runCli([...args, "--csv", "run", "--json-file", "run", "--journal", "run.ndjson"], { cwd: folder });
  assert.equal(run.code, 0, run.stderr);
  const written = readdirSync(folder).filter((name) => name !== locustfile).map((name) =>
    readFileSync(join(folder, name), "utf8")
  );
  assert.match(written.join(), /http:\/\/\*\*\*@h\.test/);
  assert.doesNotMatch([run.stdout, run.stderr, ...written].join(), /k-123456|lovelace/);
});

test("a second run that would write to the same files is refused and names the first, which stays whole", async () => {
  const { folder, locustfile } = makeLocustfile();
  const args = ["run", locustfile, ...KEY, "--csv", "run"];
  const first = startCli([...args, "-t", "4s"], { cwd: folder });
  await first.waitFor("All users spawned");
  const second = await runCli([...args, "-t", "1s"], { cwd: folder });
  assert.equal(second.code, 2, second.stderr);
  assert.match(
    second.stderr,
    new RegExp(`the run of shop\\.ts \\(process ${first.child.pid}, since .* UTC\\) writes to it with --csv;`),
  );
  assert.equal((await first.ended).code, 0);
  assert.equal((await runCli([...args, "-t", "1s"], { cwd: folder })).code, 0, "afterwards the path is free");
});

for (const args of [["--help"], ["run", "shop.ts", "--list"], ["completion", "bash"]]) {
  test(`locust-ts ${args.join(" ")} into a full device is exit code 2`, () => {
    const { folder } = makeLocustfile();
    const line = [...productCommand(), ...args].map((word) => `'${word}'`).join(" ");
    const { status, stderr } = spawnSync("sh", ["-c", `${line} > /dev/full`], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, /Cannot write to standard output: the disk is full/);
  });
}

test("what the locustfile prints shows with --list, and leaves the JSON of --show-task-ratio-json alone", async () => {
  const { folder, locustfile } = makeLocustfile();
  const list = await runCli(["run", locustfile, "--list"], { cwd: folder });
  assert.match(list.stdout, /^printed while loading\n[^]*Visitor/);
  const ratio = await runCli(["run", locustfile, "--show-task-ratio-json"], { cwd: folder });
  assert.ok(JSON.parse(ratio.stdout));
  assert.match(ratio.stderr, /printed while loading/);
});
