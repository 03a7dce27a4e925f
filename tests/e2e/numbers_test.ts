/**
 * Numbers that user code reads and makes: any percentile comes from the histogram, odd keys never cost a row or a report, failures of
 * listeners are counted one by one, and a history has one row for each second.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli, writeFiles } from "../support/run_cli.ts";

async function run(locustfile: string, args: readonly string[]) {
  const cwd = writeFiles({ "locustfile.ts": locustfile });
  const base = ["run", "locustfile.ts", "--only-summary", "--journal", "none", "--allow-short"];
  return { ...await runCli([...base, ...args], { cwd }), cwd };
}

test("any fraction of the response times is the nearest rank of the histogram, in every place that gives percentiles", async () => {
  // 97 of 200 are 10 ms, 100 are 100 ms, 2 are 1 s, 1 is 5 s.
  const { code, stdout, stderr } = await run(
    `import { constant, events, StopUser, task, User } from "locust-ts";
const TIMES = [...Array(97).fill(10), ...Array(100).fill(100), 1000, 1000, 5000];
export class Clocked extends User {
  waitTime = constant(0);
  @task fire() {
    for (const responseTime of TIMES) events.request.fire({ requestType: "T", name: "t", responseTime });
    throw new StopUser();
  }
}
events.quitting.addListener(({ environment }) => {
  if (environment.runner!.role !== "master") return;
  const { total } = environment.stats;
  for (const q of [0, 0.1, 0.485, 0.486, 0.7, 0.85, 0.985, 0.986, 0.99, 0.995, 0.996, 1]) {
    console.log("AT", q, Math.round(total.getResponseTimePercentile(q)));
  }
});`,
    ["-t", "2s", "--processes", "1"],
  );
  assert.equal(code, 0, stderr);
  const at = [...stdout.matchAll(/^AT (\S+) (\d+)$/gm)].map((match) => [Number(match[1]), Number(match[2])]);
  const exact: readonly (readonly [q: number, ms: number])[] = [
    ...[[0, 10], [0.1, 10], [0.485, 10], [0.486, 100], [0.7, 100], [0.85, 100], [0.985, 100]] as const,
    ...[[0.986, 1000], [0.99, 1000], [0.995, 1000], [0.996, 5000], [1, 5000]] as const,
  ];
  assert.equal(at.length, exact.length, stdout);
  for (const [index, [q, ms]] of exact.entries()) {
    const [, got = NaN] = at[index]!;
    assert.ok(Math.abs(got - ms) <= ms * 0.004 + 0.5, `${q}: ${got}, not ${ms}`);
  }
});

test("names, methods and failure texts of any kind end as a row or as an exception in the task; no report is lost", async () => {
  const { code, stdout, stderr, cwd } = await run(
    `import { constant, events, StopUser, task, User } from "locust-ts";
const KEYS: unknown[] = [7, true, 10n, "", "a\\nb", "=1+1", "\\u001b[2J", "x".repeat(3000), new URL("http://h/p"), null, undefined, {}, [], Symbol("s"), NaN];
export class Odd extends User {
  waitTime = constant(0);
  @task fire() {
    const attempt = (what: string, send: () => unknown) => {
      try { send(); console.log("COUNTED", what); } catch (error) { console.log("THROWN", what, (error as Error).message.slice(0, 40)); }
    };
    for (const key of KEYS as any[]) {
      attempt("name", () => events.request.fire({ requestType: "T", name: key, responseTime: 1 }));
      attempt("type", () => events.request.fire({ requestType: key, name: "t", responseTime: 1 }));
      attempt("time", () => events.request.fire({ requestType: "T", name: "time", responseTime: key }));
      attempt("error", () => events.request.fire({ requestType: "T", name: "failed", responseTime: 1, exception: key }));
    }
    throw new StopUser();
  }
}`,
    [
      "-t",
      "2s",
      "--processes",
      "1",
      "--csv",
      "out",
      "--json-file",
      "out",
      "--summary-file",
      "out-summary.json",
      "--html",
      "out.html",
    ],
  );
  assert.equal(code, 1, stderr); // requests failed, no report did
  assert.doesNotMatch(stdout + stderr, /report failed|mistake in locust-ts|output failed/i);
  const lines = [...stdout.matchAll(/^(COUNTED|THROWN) (\w+)/gm)];
  assert.equal(lines.length, 60, stdout.slice(0, 4000));
  const counted = lines.filter((match) => match[1] === "COUNTED").length;
  const total = /Aggregated +(\d+)/.exec(stdout)?.[1];
  assert.equal(Number(total), counted);
  const rows = JSON.parse(readFileSync(join(cwd, "out.json"), "utf8")) as { readonly num_requests: number }[];
  assert.equal(rows.reduce((sum, row) => sum + row.num_requests, 0), counted);
  assert.ok(readFileSync(join(cwd, "out_stats.csv"), "utf8").includes("Aggregated"));
  assert.ok(readFileSync(join(cwd, "out-summary.json"), "utf8").length > 100);
});

test("each failed call of a listener is counted, over threads, and a history has one row for each second", async () => {
  const { code, stdout, stderr, cwd } = await run(
    `import { constant, events, StopUser, task, User } from "locust-ts";
let left = 20;
events.request.addListener(() => { throw new Error("of the listener"); });
export class Caller extends User {
  waitTime = constant(0.05);
  left = 20;
  @task async call() {
    if (this.left-- === 0) throw new StopUser();
    await this.environment.events.request.measure("T", "call", async () => {});
  }
}`,
    ["-u", "4", "-r", "100", "-t", "4s", "--processes", "2", "--csv", "out"],
  );
  assert.equal(code, 2, stderr);
  assert.match(stdout, /T +call +80 +0\(/);
  assert.match(stdout.replace(/\s+/g, " "), /80 calls of event listeners failed/);
  const history = readFileSync(join(cwd, "out_stats_history.csv"), "utf8").trim().split("\r\n").slice(1);
  const seconds = history.map((line) => line.split(",")[0]);
  assert.equal(new Set(seconds).size, seconds.length, seconds.join());
  assert.ok(seconds.length >= 3 && seconds.length <= 6, seconds.join());
});
