// `locust-ts calibrate` with the executable, and what runs make of its file.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Calibration, parseCalibration } from "../../src/cli/calibration/calibration.ts";
import { startDemo } from "../support/demo.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";

const HAMMER = `
import { FastHttpUser, task } from "locust-ts";
export class Hammer extends FastHttpUser {
  @task async ask() { await this.client.get("/health"); }
}
`;

test("calibrate measures, keeps one file in the cache folder, and later runs say how near they came", async () => {
  const folder = writeFiles({ "locustfile.ts": HAMMER });
  const env = { XDG_CACHE_HOME: join(folder, "cache"), HOME: folder, XDG_DATA_HOME: join(folder, "data") };
  const done = await runCli(["calibrate", "--seconds", "15", "--json"], { cwd: folder, env, timeoutMs: 240_000 });
  assert.equal(done.code, 0, done.stderr);
  const measured = parseCalibration(done.stdout) as Calibration;
  assert.ok(measured.rates.length >= 4 && measured.rates.every(({ perSecond }) => perSecond > 0), done.stdout);
  assert.ok(measured.timerErrorP99Ms !== null && measured.timerErrorP99Ms > 0, done.stdout);
  assert.deepEqual(readdirSync(join(folder, "cache", "locust-ts")), ["calibration.json"]);
  assert.deepEqual(readdirSync(folder).sort(), ["cache", "locustfile.ts"], "nothing is written elsewhere");
  assert.match(done.stderr, /1\/\d+ FastHttpUser, 1 thread, 50 users … \d+ requests\/s/);

  await using demo = await startDemo({ latency: { kind: "none" } });
  const args = ["run", "locustfile.ts", "-H", demo.url, "-u", "20", "-r", "100", "-t", "8s", "--processes", "1"];
  const path = join(folder, "cache", "locust-ts", "calibration.json");
  const runAfter = async (limitedBy: "generator" | "otherProcesses") => {
    const rates = [{ ...measured.rates[0], threads: 1, perSecond: 200, limitedBy }];
    writeFileSync(path, JSON.stringify({ ...measured, rates }));
    return (await runCli(args, { cwd: folder, env })).stdout;
  };
  const sentence = /local (ran at|made \d+ requests\/s,) \d+ %\s+of what "locust-ts calibrate" reached/;
  assert.match(await runAfter("generator"), sentence);
  assert.doesNotMatch(await runAfter("otherProcesses"), sentence);

  writeFileSync(path, readFileSync(path, "utf8").slice(0, 100));
  const ignored = await runCli([...args, "-t", "2s"], { cwd: folder, env });
  assert.match(
    ignored.stderr,
    /The calibration in ".*calibration.json" is ignored: it cannot be read; run "locust-ts calibrate" again/,
  );
});

test("calibrate that is interrupted ends its processes and leaves no file", async () => {
  const folder = writeFiles({});
  const cache = join(folder, "cache", "locust-ts");
  mkdirSync(cache, { recursive: true });
  const cli = startCli(["calibrate"], { cwd: folder, env: { XDG_CACHE_HOME: join(folder, "cache") } });
  await cli.waitFor(/1\/\d/);
  cli.child.kill("SIGINT");
  const { code } = await cli.ended;
  assert.equal(code, 130);
  assert.deepEqual(readdirSync(cache), []);
});

test("calibrate whose cache folder cannot be written says what to do", async () => {
  const { code, stderr } = await runCli(["calibrate"], { env: { XDG_CACHE_HOME: "/proc/none" } });
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^Cannot calibrate: the cache folder "\/proc\/none\/locust-ts" cannot be written .*; set XDG_CACHE_HOME to another$/m,
  );
});
