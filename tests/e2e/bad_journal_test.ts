/** `locust-ts report` of a journal in any state: cut, still being written, of another version, no journal at all, very long. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { writeLongJournal } from "../support/long_journal.ts";
import { runCli, startCli } from "../support/run_cli.ts";

const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
export class Visitor extends User {
  override waitTime = constant(0.02);
  @task async look() { await events.request.measure("CALL", "look", () => this.sleep(0.01)); }
}`;

const folder = makeKeptFolder();
const path = (name: string) => join(folder, name);
let whole: Uint8Array;
/** About four; on a busy machine more. */
let wholeSeconds: number;

before(async () => {
  writeFileSync(path("shop.ts"), LOCUSTFILE);
  const files = ["--journal", "run.ndjson", "--summary-file", "run.json"];
  const run = await runCli(["run", "shop.ts", "-u", "3", "-r", "3", "-t", "4s", ...files], { cwd: folder });
  assert.equal(run.code, 0, run.stderr);
  wholeSeconds = JSON.parse(readFileSync(path("run.json"), "utf8")).run.durationSeconds;
  whole = readFileSync(path("run.ndjson"));
});

const report = (name: string, ...args: readonly string[]) =>
  runCli(["report", name, ...args], { cwd: folder, timeoutMs: 600_000 });

/** Where the line with the index begins; negative: from the end. */
function lineStart(index: number): number {
  const lines = new TextDecoder().decode(whole).trimEnd().split("\n");
  return lines.slice(0, index).join("\n").length + 1;
}

test("a journal cut in the middle of a line is reported up to the line before, and says which that is", async () => {
  const at = lineStart(-4) + 20;
  writeFileSync(path("cut.ndjson"), whole.subarray(0, at));
  const { code, stdout, stderr } = await report("cut.ndjson", "--summary-file", "cut.json", "--csv", "cut");
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    new RegExp(
      `^"cut\\.ndjson" ends within a line: it was read up to line \\d+, byte ${lineStart(-4)}, written 20\\S+Z\n$`,
    ),
  );
  assert.match(
    stdout,
    new RegExp(`The journal ends at \\S+ in the middle of the run \\(line \\d+, byte ${lineStart(-4)}\\)`),
  );
  const summary = JSON.parse(readFileSync(path("cut.json"), "utf8"));
  assert.equal(summary.run.endedAt, null);
  assert.equal(summary.run.exitCode, null);
  assert.equal(summary.run.stopReason.kind, "unfinished");
  assert.ok(summary.total.requests > 30, String(summary.total.requests));
  assert.match(readFileSync(path("cut_stats.csv"), "utf8"), new RegExp(`,Aggregated,${summary.total.requests},`));
});

test("a journal that is still being written is reported as far as it goes, and the run is not disturbed", async () => {
  const run = startCli(["run", "shop.ts", "-u", "3", "-r", "3", "--journal", "live.ndjson"], { cwd: folder });
  await run.waitFor(/0:0[2-9] running/);
  const early = await report("live.ndjson", "--summary-file", "early.json");
  assert.equal(early.code, 0, early.stderr);
  assert.match(early.stdout, /The journal ends at \S+ in the middle of the run/);
  const then = JSON.parse(readFileSync(path("early.json"), "utf8"));
  assert.equal(then.run.endedAt, null);
  assert.ok(then.total.requests > 0);
  run.child.kill("SIGINT");
  const { code, stdout, stderr } = await run.ended;
  assert.equal(code, 0, stderr);
  const late = await report("live.ndjson", "--summary-file", "late.json");
  assert.equal(late.stdout, stdout);
  const now = JSON.parse(readFileSync(path("late.json"), "utf8"));
  assert.ok(now.total.requests > then.total.requests);
  assert.deepEqual(now.history.slice(0, then.history.length - 1), then.history.slice(0, -1));
});

test("a journal whose first lines alone were written is a run without figures", async () => {
  writeFileSync(path("first.ndjson"), whole.subarray(0, lineStart(3)));
  const { code, stdout, stderr } = await report("first.ndjson", "--html", "first.html", "--summary-file", "first.json");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /The journal ends at .* \(line 3, /);
  assert.equal(JSON.parse(readFileSync(path("first.json"), "utf8")).total.requests, 0);
});

test("a journal that is cut between the counts of a second and its tick has them in totals and history alike", async () => {
  const lines = new TextDecoder().decode(whole).split("\n");
  const counted = lines.flatMap((line, i) => line.startsWith('{"kind":"counted"') ? [i + 1] : []);
  for (const count of counted) {
    writeFileSync(path("between.ndjson"), whole.subarray(0, lineStart(count)));
    const { code, stderr } = await report("between.ndjson", "--summary-file", "between.json");
    assert.equal(code, 0, stderr);
    const { total, history } = JSON.parse(readFileSync(path("between.json"), "utf8"));
    const inHistory = history.reduce((sum: number, { requests }: { requests: number }) => sum + requests, 0);
    assert.equal(inHistory, total.requests, `cut behind line ${count}`);
  }
  assert.ok(counted.length > 2);
});

test("damaged lines in the middle are left out and counted", async () => {
  copyFileSync(path("run.ndjson"), path("more.ndjson"));
  appendFileSync(path("more.ndjson"), new Uint8Array(5000).map((_, i) => (i * 7919) % 251 === 0 ? 10 : 128 + i % 100));
  appendFileSync(path("more.ndjson"), "\n");
  const { code, stderr } = await report("more.ndjson");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^\d+ damaged lines of "more\.ndjson" were left out\n$/);
});

const NOISE = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + i * 17) % 256);

for (
  const [what, contents, expected] of [
    [
      "of another version",
      "newer",
      /it has version 9 and was written by locust-ts \S+, this program reads version \d+; use/,
    ],
    [
      "with binary bytes",
      NOISE,
      /its first line is not that of a journal; give the file that a run wrote with --journal/,
    ],
    ["of zeros, without a line", new Uint8Array(9_000_000), /its first line is not that of a journal/],
    ["that is empty", new Uint8Array(0), /it is empty/],
    ["that is JSON of something else", '{"kind":"runStarted"}\n', /its first line is not that of a journal/],
    ["that is a directory", "directory", /it is a folder; name a file in it/],
    ["that is a pipe", "pipe", /it is a pipe or a device; write it to a file and name that/],
    ["that is not there", "missing", /there is no such file; check the path/],
    ["without a run", "opened", /no run has been started in it; give the journal of a run/],
  ] as const
) {
  test(`a journal ${what} is refused in one sentence, and no output is touched`, async () => {
    rmSync(path("bad.ndjson"), { force: true, recursive: true });
    writeFileSync(path("kept_stats.csv"), "as before");
    if (contents === "directory") mkdirSync(path("bad.ndjson"));
    else if (contents === "pipe") execFileSync("mkfifo", [path("bad.ndjson")]);
    else if (contents === "opened") writeFileSync(path("bad.ndjson"), whole.subarray(0, lineStart(1)));
    else if (contents === "newer") {
      const text = new TextDecoder().decode(whole).replace(/"version":\d+/, '"version":9');
      writeFileSync(path("bad.ndjson"), text);
    } else if (contents !== "missing") writeFileSync(path("bad.ndjson"), contents);
    const { code, stdout, stderr } = await report("bad.ndjson", "--csv", "kept");
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /^Cannot [^\n]*\n$/);
    assert.match(stderr, expected);
    assert.equal(readFileSync(path("kept_stats.csv"), "utf8"), "as before");
  });
}

/** 2 GB where the long tests run. */
const LONG_BYTES = process.env["LOCUST_TS_LONG_TESTS"] === "1" ? 2 * 1024 ** 3 : 192 * 1024 ** 2;

test("a very long journal takes no more memory than a short one, and no line of it is missing", {
  skip: process.platform !== "linux" && "the largest memory of a process is read from /proc",
}, async () => {
  const files = ["--csv", "long", "--summary-file", "long.json"];
  const measure = async (bytes: number) => {
    const seconds = writeLongJournal(path("run.ndjson"), path("long.ndjson"), bytes);
    const run = startCli(["report", "long.ndjson", ...files], { cwd: folder, timeoutMs: 1_200_000 });
    let peakMb = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${run.child.pid}/status`, "utf8");
        peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // it has ended: the last reading stays
      }
    }, 100);
    const { code, stderr } = await run.ended;
    clearInterval(timer);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    const { run: { durationSeconds }, history } = JSON.parse(readFileSync(path("long.json"), "utf8"));
    const expected = seconds + wholeSeconds;
    assert.ok(Math.abs(durationSeconds - expected) < 1, `${durationSeconds} s of ${expected}`);
    assert.ok(history.length <= 3600);
    return { peakMb, seconds };
  };
  const short = await measure(16 * 1024 ** 2);
  const long = await measure(LONG_BYTES);
  rmSync(path("long.ndjson"));
  assert.ok(long.seconds > 10 * short.seconds);
  assert.ok(short.peakMb > 0 && long.peakMb < short.peakMb + 64, `${short.peakMb} MB, then ${long.peakMb} MB`);
});
