/** `--samples`: one line per request, locally and from workers; lines and dropped ones are the requests of the summary. */
import { strict as assert } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCluster } from "../support/cluster.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { runCli } from "../support/run_cli.ts";

const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
export class Visitor extends User {
  override waitTime = constant(0.01);
  @task async look() {
    await events.request.measure("CALL", "=1+1,\\"x\\"\\nb", () => this.sleep(0.005));
    events.request.fire({ requestType: "X", name: "fails", responseTime: 12.5, responseLength: 3, exception: new Error("@no\\nway"), response: { status: 503 } });
  }
}`;

async function runLocally(file: string) {
  const folder = makeKeptFolder();
  writeFileSync(join(folder, "shop.ts"), LOCUSTFILE);
  const startedMs = Date.now();
  const run = await runCli(
    [
      "run",
      "shop.ts",
      "-u",
      "3",
      "-r",
      "3",
      "-t",
      "2s",
      "--processes",
      "2",
      "--samples",
      file,
      "--summary-file",
      "s.json",
    ],
    { cwd: folder },
  );
  assert.equal(run.code, 1, run.stderr);
  const summary = JSON.parse(readFileSync(join(folder, "s.json"), "utf8"));
  return { text: readFileSync(join(folder, file), "utf8"), summary, startedMs };
}

test("--samples FILE.ndjson has a line for each request of a local run", async () => {
  const { text, summary, startedMs } = await runLocally("all.ndjson");
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, summary.total.requests);
  const failed = lines.filter(({ exception }) => exception !== null);
  assert.equal(failed.length, summary.total.failures);
  const { timestamp, ...first } = failed[0];
  assert.deepEqual(first, {
    request_type: "X",
    name: "fails",
    response_time_ms: 12.5,
    response_length: 3,
    status_code: 503,
    exception: "Error: @no\nway",
  });
  assert.ok(timestamp * 1000 >= startedMs && timestamp * 1000 <= Date.now());
});

test("--samples FILE.csv: names are neither formulas nor broken rows", async () => {
  const { text, summary } = await runLocally("all.csv");
  const lines = text.split("\r\n");
  assert.equal(lines.shift(), "timestamp,request_type,name,response_time_ms,response_length,status_code,exception");
  assert.equal(lines.pop(), "");
  assert.equal(lines.length, summary.total.requests);
  assert.match(lines.find((line) => line.includes("CALL")) ?? "", /^\d+\.\d{6},CALL,"'=1\+1,""x""\nb",[\d.]+,0,,$/);
  assert.match(
    lines.find((line) => line.includes("fails")) ?? "",
    /^\d+\.\d{6},X,fails,12\.5,3,503,"Error: @no\nway"$/,
  );
});

test("--samples with two workers: the master's file has all their requests, with their status", async () => {
  const file = join(makeKeptFolder(), "all.csv");
  const cluster = await startCluster({ workers: 2, users: 8, runTime: "3s", masterArgs: ["--samples", file] });
  try {
    for (let i = cluster.workers.length; i < 2; i++) cluster.addWorker();
    const result = await cluster.master.ended;
    assert.equal(result.code, 0, result.stderr);
    const lines = readFileSync(file, "utf8").split("\r\n").slice(1, -1);
    assert.equal(lines.length, cluster.system.total());
    assert.match(lines[0] ?? "", /,200,$/);
  } finally {
    await cluster.dispose();
  }
});

/** More text a second than threads and links carry. */
const FLOOD = `import { events, task, User } from "locust-ts";
const NAME = "n".repeat(900);
export class Visitor extends User {
  @task async look() {
    for (let i = 0; i < 1500; i++) events.request.fire({ requestType: "X", name: NAME, responseTime: 1, responseLength: 1 });
    await this.sleep(0.1);
  }
}`;

for (const where of [["--processes", "1"], ["--workers", "2"]]) {
  test(`--samples of a load faster than its lines can be carried: dropped lines are counted, requests are not lost ${where.join(" ")}`, async () => {
    const folder = makeKeptFolder();
    writeFileSync(join(folder, "shop.ts"), FLOOD);
    const args = [
      "run",
      "shop.ts",
      "-u",
      "2",
      "-r",
      "2",
      "-t",
      "4s",
      "--samples",
      "all.csv",
      "--summary-file",
      "s.json",
    ];
    const run = await runCli([...args, ...where], { cwd: folder, env: { XDG_DATA_HOME: folder } });
    assert.ok(run.code === 0 || run.code === 4, run.stderr); // dropped lines are no failure of the run
    const { total, verdict } = JSON.parse(readFileSync(join(folder, "s.json"), "utf8"));
    const lines = readFileSync(join(folder, "all.csv"), "utf8").split("\r\n").slice(1, -1);
    assert.ok(lines.every((line) => line.startsWith("1") && /,1,1,,$/.test(line)), "whole lines only");
    const [, missing, all] = /WARNING[^\n]*--samples: (\d+) of (\d+) requests are not in "all\.csv"/.exec(run.stderr) ??
      [];
    assert.equal(Number(all), total.requests, run.stderr);
    assert.equal(lines.length + Number(missing), total.requests);
    assert.ok(Number(missing) > 0 && lines.length > 1000, `${missing} of ${total.requests}`);
    assert.ok(
      verdict.notes.some((note: string) =>
        note.startsWith(`${missing} requests have no line in the file of --samples`)
      ),
      JSON.stringify(verdict),
    );
  });
}

test("--samples with another ending is refused before the run", async () => {
  const run = await runCli(["run", "shop.ts", "--samples", "all.txt"], { cwd: makeKeptFolder() });
  assert.equal(run.code, 2);
  assert.match(run.stderr, /--samples .*all\.txt.* write "samples\.csv", "samples\.ndjson", or/);
});

test(
  "--samples on a full disk is reported once, the run ends with exit code 2",
  { skip: !existsSync("/dev/full") },
  async () => {
    const folder = makeKeptFolder();
    writeFileSync(join(folder, "shop.ts"), LOCUSTFILE);
    const { symlinkSync } = await import("node:fs");
    symlinkSync("/dev/full", join(folder, "all.ndjson"));
    const run = await runCli(
      ["run", "shop.ts", "-t", "3s", "--samples", "all.ndjson", "--summary-file", "s.json"],
      { cwd: folder },
    );
    assert.equal(run.code, 2, run.stderr);
    assert.equal(run.stderr.match(/Cannot write "all\.ndjson"/g)?.length, 1, run.stderr);
    const { requests } = JSON.parse(readFileSync(join(folder, "s.json"), "utf8")).total;
    assert.match(run.stderr, new RegExp(`--samples: ${requests} of ${requests} requests are not in "all.ndjson"`));
  },
);
