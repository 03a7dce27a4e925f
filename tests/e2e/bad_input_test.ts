import assert from "node:assert/strict";
import { test } from "node:test";
import { startDemo } from "../support/demo.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const QUIET = { latency: { kind: "fixed", ms: 0 }, errorRate: 0 } as const;

const BAD = `
import { between, HttpUser, LoadTestShape, MarkovTaskSet, RampShape, task, TaskSet, transition } from "locust-ts";
class Empty extends TaskSet {}
class Walk extends MarkovTaskSet {
  @transition("nowhere") here() {}
}
class Hasty extends TaskSet {
  override waitTime = () => NaN;
  @task look() {}
}
export class Swapped extends HttpUser {
  static override weight = -1;
  static override fixedCount = 1.5;
  override waitTime = between(5, 1);
  static override tasks = [Empty, Walk, Hasty];
}
export class Reserved extends HttpUser {
  @task run() {}
}
export class Mapped extends HttpUser {
  static override tasks = new Map([["missing", 1]]);
}
export class Twin extends HttpUser {
  @task look() {}
}
export class Short extends LoadTestShape {
  override tick() { return [10] as never; }
}
export class Steep extends RampShape {
  override settings = { to: 2.5, rampSeconds: 10 };
}
`;
const TWIN = `
import { HttpUser, task } from "locust-ts";
export class Twin extends HttpUser {
  @task look() {}
}
`;

test("a locustfile with many mistakes: all of them at once with their lines, exit code 2, no load", async () => {
  await using demo = await startDemo(QUIET);
  const folder = writeFiles({ "bad.ts": BAD, "twin.ts": TWIN });
  const files = `${folder}/bad.ts,${folder}/twin.ts`;
  const { code, stderr } = await runCli(["run", files, "-H", demo.url, "-u", "1", "-t", "1s"]);
  assert.equal(code, 2, stderr);
  for (
    const expected of [
      /two classes named "Twin"/,
      /"Empty" of \S+bad\.ts:3: it is a task set without tasks/,
      /"Walk" of \S+bad\.ts:4: its transition from "here" to "nowhere" leads nowhere/,
      /"Hasty" of \S+bad\.ts:8: its waitTime returns NaN/,
      /"Swapped" of \S+bad\.ts:12: its weight is -1/,
      /"Swapped" of \S+bad\.ts:13: its fixedCount is 1\.5/,
      /"Swapped" of \S+bad\.ts:14: its waitTime is between\(5, 1\)/,
      /"Reserved" of \S+bad\.ts:17: "run" cannot be a task/,
      /"Mapped" of \S+bad\.ts:20: its tasks have the name "missing"/,
      /shape "Short": tick\(\) returned \[ 10 \]/,
      /shape "Steep" of \S+bad\.ts:30: to is 2\.5/,
    ]
  ) assert.match(stderr, expected);
  assert.equal(stderr.trim().split("\n").length, 11, stderr);
  assert.equal(demo.requests().total, 0);
});

test("a wait time that needs its user is not a mistake", async () => {
  await using demo = await startDemo(QUIET);
  const folder = writeFiles({
    "locustfile.ts": `
import { HttpUser, task } from "locust-ts";
export class Own extends HttpUser {
  pause = 0.1;
  override waitTime() { return this.pause; }
  @task async look() { await this.client.get("/items?page=1"); }
}
`,
  });
  const { code, stderr } = await runCli(["run", `${folder}/locustfile.ts`, "-H", demo.url, "-u", "1", "-t", "1s"]);
  assert.equal(code, 0, stderr);
  assert.ok(demo.requests().total > 2);
});

test("statics and wait times of a wrong type or range: each is named with its line before the load", async () => {
  await using demo = await startDemo(QUIET);
  const wrong: readonly (readonly [declaration: string, sentence: string])[] = [
    ["static concurrency = 0", "its concurrency is 0; give a whole number above 0"],
    ['static concurrency = "4"', 'its concurrency is "4"; give a whole number above 0'],
    ['static networkTimeout = "60"', 'its networkTimeout is "60"; give seconds above 0'],
    ["static connectionTimeout = NaN", "its connectionTimeout is NaN; give seconds above 0"],
    ['static maxRedirects = "5"', 'its maxRedirects is "5"; give a whole number from 0'],
    ["static maxRetries = -1", "its maxRetries is -1; give a whole number from 0"],
    ['static weight = "2"', 'its weight is "2"; give a number above 0'],
    ["static fixedCount = null", "its fixedCount is null; give a whole number from 0"],
    ["static host = new URL('http://h/')", "its host is an object (URL); give a URL as text"],
    ['static insecure = "no"', 'its insecure is "no"; give true or false'],
    ["static tls = { rejectUnauthorized: false }", 'its "tls" has no "rejectUnauthorized"; give'],
    ["static defaultHeaders = { 'X-Team': undefined }", 'its default header "X-Team": its value is undefined; give'],
    ["static clientPool = {}", "its clientPool is an object; give a ClientPool"],
    ["static waitTime = () => 1", 'its waitTime is static, which has no effect; remove "static"'],
    ["waitTime = 5", "its waitTime is 5; assign a function"],
    ["@task(0) other() {}", "all its tasks have the weight 0; give one of them more"],
  ];
  const classes = wrong.map(([declaration], at) =>
    `export class C${at} extends HttpUser { ${declaration} ${
      declaration.includes("@task") ? "" : "; @task look() {}"
    } }`
  );
  const folder = writeFiles({
    "locustfile.ts": ['import { HttpUser, task } from "locust-ts";', ...classes].join("\n"),
  });
  const { code, stderr } = await runCli(["run", `${folder}/locustfile.ts`, "-H", demo.url, "-t", "1s"]);
  assert.equal(code, 2, stderr);
  const lines = stderr.trim().split("\n");
  assert.equal(lines.length, wrong.length, stderr);
  for (const [at, [, sentence]] of wrong.entries()) {
    assert.ok(
      lines.some((line) => line.includes(`"C${at}" of `) && line.includes(`:${at + 2}: ${sentence}`)),
      sentence,
    );
  }
  assert.equal(demo.requests().total, 0);
});
