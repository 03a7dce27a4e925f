import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startDemo } from "../support/demo.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { type CliResult, runCli, startCli, writeFiles } from "../support/run_cli.ts";

const QUIET = { latency: { kind: "fixed", ms: 1 }, errorRate: 0 } as const;

const FILE = `
import { constant, FastHttpUser, tag, task } from "locust-ts";
export class A extends FastHttpUser {
  override waitTime = constant(0.05);
  @tag("first") @task(1000) async one() { await this.client.get("/items/1"); }
  @tag("second") @task async two() { await this.client.get("/items/2"); }
}
export class B extends FastHttpUser {
  static override weight = 3;
  override waitTime = constant(0.05);
  @task async three() { await this.client.get("/items/3"); }
}
`;

const file = join(writeFiles({ "locustfile.ts": FILE }), "locustfile.ts");

interface Entry {
  readonly name: string;
  readonly num_requests: number;
}

/** Runs 4 users for 2 s and returns requests by name. */
async function countRequests(args: readonly string[], expectedCode = 0): Promise<Record<string, number> & CliResultOf> {
  await using demo = await startDemo(QUIET);
  const result = await runCli(["-u", "4", "-r", "100", "-t", "2s", "-H", demo.url, "--json", ...args]);
  assert.equal(result.code, expectedCode, result.stderr);
  const entries = JSON.parse(result.stdout) as Entry[];
  return Object.assign(Object.fromEntries(entries.map((entry) => [entry.name, entry.num_requests])), {
    served: demo.requests().total,
    result,
  }) as Record<string, number> & CliResultOf;
}

interface CliResultOf {
  readonly result: CliResult;
}

const run = (...args: string[]) => countRequests(["--headless", "-f", file, ...args]);

test("--tags and --exclude-tags choose tasks", async () => {
  const { served: _, result: __, ...rows } = await run("--tags", "second", "--", "A");
  assert.deepEqual(Object.keys(rows), ["/items/2"]);
  const other = await run("--exclude-tags", "first", "--", "A");
  assert.equal(other["/items/1"], undefined);
});

test("--equal-weights gives every task the same chance", async () => {
  const rows = await run("--equal-weights", "A");
  assert.ok((rows["/items/2"] ?? 0) > (rows["/items/1"] ?? 0) / 3, JSON.stringify(rows));
});

test("--config-users sets fields of classes and chooses among their tasks", async () => {
  const settings = JSON.stringify([{ user_class_name: "A", tasks: ["two"], fixedCount: 4 }]);
  const rows = await run("--config-users", settings);
  assert.equal(rows["/items/1"], undefined);
  assert.equal(rows["/items/3"], undefined, "the four users are all of class A");
  assert.ok((rows["/items/2"] ?? 0) > 0);
});

test("--reset-stats: what was counted during the ramp is not in the result", async () => {
  const rows = await countRequests(["--headless", "-f", file, "-r", "4", "-t", "5s", "--reset-stats", "B"]);
  const counted = rows["/items/3"] ?? 0;
  assert.ok(counted > 0 && counted < rows["served"]!, `${counted} of ${rows["served"]}`);
  assert.match(rows.result.stderr, /Statistics were reset/);
});

test("--skip-log-setup: neither a line nor a table; files and the JSON are there", async () => {
  const rows = await run("--skip-log-setup");
  assert.ok((rows["/items/3"] ?? 0) > 0);
  assert.equal(rows.result.stderr, "");
});

test("--only-summary: no lines while it runs, tables at the end", async () => {
  const { result } = await run("--only-summary");
  assert.doesNotMatch(result.stderr, / req\/s, median/);
  assert.match(result.stderr, /Aggregated/);
});

test("--json-file is written while the run goes on, whole at any moment", async () => {
  await using demo = await startDemo(QUIET);
  const out = join(makeKeptFolder(), "new", "figures");
  const process = startCli(["run", file, "-H", demo.url, "-u", "2", "-r", "100", "--json-file", out]);
  let early: Entry[] = [];
  while (early.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      const text = readFileSync(`${out}.json`, "utf8");
      if (text !== "") early = JSON.parse(text) as Entry[];
    } catch (error) {
      assert.equal((error as { code?: string }).code, "ENOENT", "never half a file");
    }
  }
  process.child.kill("SIGINT");
  const { code } = await process.ended;
  assert.equal(code, 0);
  const final = JSON.parse(readFileSync(`${out}.json`, "utf8")) as Entry[];
  const sum = (entries: Entry[]) => entries.reduce((total, entry) => total + entry.num_requests, 0);
  assert.ok(sum(early) > 0);
  assert.equal(sum(final), demo.requests().total, "the last second is in it");
});

test("--profile names the run over the final tables", async () => {
  const { result } = await run("--profile", "nightly");
  assert.match(result.stderr, /^Run "nightly" ended after /m);
});

test("--stages and --shape decide the load", async () => {
  const shaped = join(
    writeFiles({
      "locustfile.ts": FILE + `
import { LoadTestShape, type ShapeResult } from "locust-ts";
export class Long extends LoadTestShape { override tick(): ShapeResult { return [1, 1]; } }
export class Short extends LoadTestShape { override tick(): ShapeResult { return this.runTime < 1 ? [2, 10] : null; } }
`,
    }),
    "locustfile.ts",
  );
  await using demo = await startDemo(QUIET);
  const chosen = await runCli(["run", shaped, "-H", demo.url, "--shape", "Short"]);
  assert.match(chosen.stdout, /the load shape Short ended/, chosen.stderr);
  const staged = await runCli(["run", file, "-H", demo.url, "--stages", "1s:2,1s:0"]);
  assert.match(staged.stdout, /the load shape --stages ended/, staged.stderr);
});

test("-f takes a list, a folder and an http URL", async () => {
  const folder = makeKeptFolder();
  mkdirSync(join(folder, "deep"));
  writeFileSync(join(folder, "a.ts"), FILE);
  writeFileSync(join(folder, "deep", "c.ts"), FILE.replaceAll(/class (.) /g, "class $1$1 "));
  writeFileSync(join(folder, "_not.ts"), "nonsense");
  for (const value of [folder, `${folder}/a.ts,${folder}/deep/c.ts`]) {
    const { stdout } = await runCli(["-f", value, "--list"]);
    assert.deepEqual(stdout.trim().split(/\s+/).slice(2), ["A", "B", "AA", "BB"]);
  }
  const server = createServer((_request, response) => response.end(FILE)).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const rows = await countRequests(["--headless", "-f", `http://127.0.0.1:${port}/tests/locustfile.ts`, "B"]);
    assert.ok((rows["/items/3"] ?? 0) > 0);
  } finally {
    server.close();
  }
});

test("--exit-code-on-error is the code of a run with failures; 0 forgives them", async () => {
  const failing = join(
    writeFiles({
      "locustfile.ts": `import { FastHttpUser, task } from "locust-ts";
export class F extends FastHttpUser {
  override waitTime = () => 0.1;
  @task async gone() { await this.client.get("/no-such-page"); }
}`,
    }),
    "locustfile.ts",
  );
  await countRequests(["--headless", "-f", failing, "--exit-code-on-error", "7"], 7);
  await countRequests(["--headless", "-f", failing, "--exit-code-on-error", "0"], 0);
});

test("--processes: 1 is one thread, 0 and -1 are one for each core", async () => {
  for (const value of ["1", "0", "-1"]) {
    const rows = await run("--processes", value);
    assert.ok((rows["/items/3"] ?? 0) > 0, value);
  }
});

test("--stop-timeout lets tasks finish", async () => {
  const slow = join(
    writeFiles({
      "locustfile.ts": `import { FastHttpUser, task } from "locust-ts";
export class Slow extends FastHttpUser {
  @task async both() {
    await this.client.get("/items/1");
    await this.sleep(1.5);
    await this.client.get("/items/2");
  }
}`,
    }),
    "locustfile.ts",
  );
  const args = ["--headless", "-f", slow, "-t", "1s"];
  assert.equal((await countRequests(args))["/items/2"], undefined);
  assert.equal((await countRequests([...args, "--stop-timeout", "10s"]))["/items/2"], 4);
});
