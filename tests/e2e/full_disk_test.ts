/** A disk that becomes full during the run: each file says so once, the run counts everything, and the exit code is 2. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXPORTS } from "../../src/cli/outputs/export_list.ts";
import { OUTPUTS } from "../../src/cli/outputs/output_list.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { type CliProcess, runCli, startCli, writeFiles } from "../support/run_cli.ts";
import { mountSmallDisk, requireSmallDisk } from "../support/small_disk.ts";

/** 300 names: each file of the run is larger than a page of the disk. */
const LOCUSTFILE = `import { events, task, User } from "locust-ts";
export class Visitor extends User {
  @task async look() {
    for (let i = 0; i < 300; i++) {
      events.request.fire({ requestType: "GET", name: \`/items/\${i}/reviews\`, responseTime: 1 + i / 10, responseLength: 10 });
    }
    console.info("x".repeat(2000));
    await this.sleep(0.2);
  }
}`;

/** The options of every file, in a folder; an output without an entry fails the test below. */
const FILES: Readonly<Record<string, (folder: string) => readonly string[]>> = {
  "csv": (folder) => ["--csv", join(folder, "run"), "--csv-full-history"],
  "json-file": (folder) => ["--json-file", join(folder, "run")],
  "summary-file": (folder) => ["--summary-file", join(folder, "summary.json")],
  "html": (folder) => ["--html", join(folder, "run.html")],
  "markdown": (folder) => ["--markdown", join(folder, "run.md")],
  "junit": (folder) => ["--junit", join(folder, "run.xml")],
  "samples": (folder) => ["--samples", join(folder, "all.csv")],
  "journal": (folder) => ["--journal", join(folder, "run.ndjson")],
  "logfile": (folder) => ["--logfile", join(folder, "run.log")],
};

const NO_FILE = ["json", "prometheus-port", "statsd", "otel", "influx"];

async function holds(path: string, words: string, { child }: CliProcess): Promise<void> {
  while (!existsSync(path) || !readFileSync(path, "utf8").includes(words)) {
    assert.equal(child.exitCode ?? child.signalCode, null, `the run ended without "${words}" in ${path}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const skip = requireSmallDisk();
/** All users at once: nobody writes to the disk before it is filled. */
const RUN = ["run", "shop.ts", "-u", "4", "-r", "100", "-t", "3s", "--only-summary"];

test("every output that is a file is in these tests", () => {
  const listed = [...OUTPUTS, ...EXPORTS].map(({ option }) => option).filter((option) => !NO_FILE.includes(option));
  assert.deepEqual(listed.filter((option) => !(option in FILES)), []);
});

for (const [option, flags] of Object.entries(FILES)) {
  test(
    `--${option} on a disk that becomes full is reported once, and the run ends with exit code 2`,
    { skip },
    async () => {
      using disk = mountSmallDisk();
      const folder = writeFiles({ "shop.ts": LOCUSTFILE });
      const counted = option === "summary-file" ? [] : ["--summary-file", "counted.json"];
      const run = startCli([...RUN, ...flags(disk.path), ...counted], { cwd: folder });
      if (option === "logfile") await holds(join(disk.path, "run.log"), "All users spawned", run);
      else await run.waitFor("All users spawned");
      disk.fill();
      const { code, stdout, stderr } = await run.ended;
      assert.equal(code, 2, stderr);
      assert.equal(stderr.match(/Cannot write[^\n]*(?:ENOSPC|disk is full)/g)?.length, 1, stderr);
      assert.match(stdout, /Run ended after 0:0[34]/);
      if (counted.length === 0) return;
      const { total, run: { stopReason } } = JSON.parse(readFileSync(join(folder, "counted.json"), "utf8"));
      assert.equal(stopReason.kind, "runTime");
      assert.ok(total.requests >= 300 * 4 * 3, String(total.requests));
    },
  );
}

test("all files on one full disk: each kind of trouble is one line", { skip }, async () => {
  using disk = mountSmallDisk();
  const folder = writeFiles({ "shop.ts": LOCUSTFILE });
  const flags = Object.entries(FILES).flatMap(([option, of]) => option === "logfile" ? [] : of(disk.path));
  const run = startCli([...RUN, ...flags], { cwd: folder });
  await run.waitFor("All users spawned");
  disk.fill();
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 2, stderr);
  assert.match(stdout, /Run ended after 0:0[34]/);
  for (
    const end of [
      "the file is behind or incomplete",
      "lines are missing in the file",
      "the run continues, and the journal",
    ]
  ) {
    assert.equal(stderr.split(end).length - 1, 1, `${end}\n${stderr}`);
  }
});

test("a disk with room again: the files are whole at the end, and the exit code still says that lines were lost", {
  skip,
}, async () => {
  using disk = mountSmallDisk();
  const folder = writeFiles({ "shop.ts": LOCUSTFILE.replace("i < 300", "i < 3") });
  const run = startCli([...RUN, "--csv", join(disk.path, "run")], { cwd: folder });
  await run.waitFor("All users spawned");
  disk.fill();
  await run.waitFor(/Cannot write/);
  writeFileSync(join(disk.path, "filling"), "");
  const { code, stderr } = await run.ended;
  assert.equal(code, 2, stderr);
  const stats = readFileSync(join(disk.path, "run_stats.csv"), "utf8");
  assert.match(stats, /,Aggregated,\d+,/);
  const history = readFileSync(join(disk.path, "run_stats_history.csv"), "utf8");
  assert.ok(
    history.endsWith("\r\n") && history.trimEnd().split("\r\n").every((line) => line.split(",").length === 24),
    history,
  );
});

for (const [option, flags] of Object.entries(FILES)) {
  test(`--${option} at a path that cannot be written is found before the run: exit code 2`, async () => {
    const folder = writeFiles({ "shop.ts": LOCUSTFILE, "taken": "a file, no folder" });
    const { code, stdout, stderr } = await runCli([...RUN, ...flags("taken/out")], { cwd: folder });
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`^Cannot [^\\n]*--${option}[^\\n]*\\n$`, "m"));
    assert.doesNotMatch(stdout + stderr, /Ramping|Run ended/);
    assert.equal(readFileSync(join(folder, "taken"), "utf8"), "a file, no folder");
  });

  if (option === "logfile") continue; // its folder must be there, as in Locust
  test(`--${option} makes the folders that its path names`, async () => {
    const folder = makeKeptFolder();
    writeFileSync(join(folder, "shop.ts"), LOCUSTFILE.replace("i < 300", "i < 3"));
    const args = ["run", "shop.ts", "-t", "1s", "--only-summary", ...flags("new/folder")];
    const { code, stderr } = await runCli(args, { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.ok(readdirSync(join(folder, "new/folder")).length > 0);
  });
}

test("two runs with one prefix do not mix: the second is refused before it touches a file, for every output", async () => {
  const folder = writeFiles({ "shop.ts": LOCUSTFILE });
  mkdirSync(join(folder, "out"));
  const flags = Object.entries(FILES).flatMap(([option, of]) => option === "logfile" ? [] : of("out"));
  const first = startCli([...RUN, "--run-time", "10m", ...flags], { cwd: folder });
  await first.waitFor("All users spawned");
  for (const [option, of] of Object.entries(FILES)) {
    if (option === "logfile") continue; // each line names its process: programs append to one log
    const second = await runCli([...RUN, ...of("out")], { cwd: folder });
    assert.equal(second.code, 2, second.stderr);
    assert.match(
      second.stderr,
      new RegExp(
        `^Cannot write "[^"]*": the run of shop\\.ts \\(process ${first.child.pid}, since [^)]*\\) writes to it`,
      ),
    );
  }
  first.child.kill("SIGINT");
  const { code, stderr } = await first.ended;
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(readFileSync(join(folder, "out/summary.json"), "utf8"));
  const lines = readFileSync(join(folder, "out/all.csv"), "utf8").trimEnd().split("\r\n");
  assert.equal(lines.length - 1, summary.total.requests);
});
