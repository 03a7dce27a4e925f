// `--workers N` and `report`, with real processes: the system's own count against ours.
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { countReported, sleep } from "../support/cluster.ts";
import { openCertificates } from "../support/certificates.ts";
import { type CountingServer, startCountingServer } from "../support/counting_server.ts";
import { type CliProcess, startCli, writeFiles } from "../support/run_cli.ts";

const DENO = fileURLToPath(new URL("../../node_modules/.bin/deno", import.meta.url));
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const LOCUSTFILE = `
import { constant, FastHttpUser, task } from "locust-ts";
export class Reader extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/read"); }
}
`;

const TWO = ["--workers", "2"];

/** Where else options may stand, and another program than the executable. */
interface Surroundings {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Record<string, string>;
  readonly command?: readonly string[];
}

async function withRun(
  args: readonly string[],
  scenario: (run: CliProcess, system: CountingServer, folder: string) => Promise<void>,
  { files = {}, env = {}, command }: Surroundings = {},
): Promise<void> {
  const system = await startCountingServer({ latencyMs: 5 });
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE, ...files });
  const run = startCli(
    ["run", "locustfile.ts", "-H", system.url, "-u", "10", "-r", "20", "--json", ...args],
    { cwd: folder, env: { XDG_DATA_HOME: folder, ...env }, ...(command === undefined ? {} : { command }) },
  );
  try {
    await scenario(run, system, folder);
  } finally {
    run.child.kill("SIGKILL");
    await system.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test("--workers 2 counts exactly what the system saw and ends with 0", () =>
  withRun([...TWO, "-t", "4s"], async (run, system) => {
    const result = await run.ended;
    assert.equal(result.code, 0, result.stderr);
    assert.equal(countReported(result), system.total());
    assert.ok(system.total() > 100);
  }));

test("--workers 2 counts exactly what the system saw when it is interrupted", () =>
  withRun([...TWO, "-t", "60s"], async (run, system) => {
    await run.waitFor("All users spawned");
    await sleep(1500);
    run.child.kill("SIGINT");
    assert.equal(countReported(await run.ended), system.total());
  }));

test("report makes tables and files of a run whose master was killed, and its workers end with it", () =>
  withRun([...TWO, "-t", "60s", "--journal", "run.ndjson"], async (run, system, folder) => {
    await run.waitFor("All users spawned");
    await sleep(4500);
    run.child.kill("SIGKILL");
    await run.ended;
    await sleep(1500);
    const total = system.total();
    await sleep(1000);
    assert.equal(system.total(), total, "workers went on without their master");
    const report = startCli(
      ["report", "run.ndjson", "--csv", "out", "--csv-full-history", "--json", "--json-file", "result"],
      { cwd: folder },
    );
    const result = await report.ended;
    assert.equal(result.code, 0, result.stderr);
    const counted = countReported(result);
    assert.ok(counted <= total && counted > total - 250, `${counted} of ${total}`);
    assert.match(result.stderr, /the master was killed before the run had ended/);
    assert.equal(readFileSync(join(folder, "result.json"), "utf8"), result.stdout);
    for (const part of ["stats", "stats_history", "failures", "exceptions"]) {
      assert.ok(existsSync(join(folder, `out_${part}.csv`)), part);
    }
    assert.ok(readFileSync(join(folder, "out_stats.csv"), "utf8").includes(`,${counted},`));
  }));

test("--workers 2 joins a master with TLS, whatever names its certificate has", async () => {
  using certificates = openCertificates();
  const { certPath, keyPath } = certificates.issue("elsewhere", "DNS:elsewhere.test");
  const tls = ["--master-tls-cert", certPath, "--master-tls-key", keyPath];
  await withRun([...TWO, ...tls, "-t", "3s"], async (run, system) => {
    const result = await run.ended;
    assert.equal(result.code, 0, result.stderr);
    assert.equal(countReported(result), system.total());
    assert.ok(system.total() > 50);
  });
});

test("--config-users gives users to the only class of a locustfile, whose own weight is 0", () =>
  withRun(
    ["-t", "2s", "--config-users", '{"user_class_name": "Reader", "weight": 1}'],
    async (run, system) => {
      const result = await run.ended;
      assert.equal(result.code, 0, result.stderr);
      assert.ok(system.total() > 20);
    },
    {
      files: {
        "locustfile.ts": LOCUSTFILE.replace("override waitTime", "static override weight = 0;\n  override waitTime"),
      },
    },
  ));

test("--workers 2 under Deno counts exactly what the system saw and ends with 0", () =>
  withRun([...TWO, "-t", "5s"], async (run, system) => {
    const result = await run.ended;
    assert.equal(result.code, 0, result.stderr);
    assert.equal(countReported(result), system.total());
    assert.ok(system.total() > 100);
  }, { command: [DENO, "run", "--allow-all", MAIN] }));

const ELSEWHERE: readonly (readonly [string, readonly string[], Surroundings])[] = [
  ["a config file with workers", [], {
    files: { "locust.conf": "workers = 2\nrun-time = 3s\njournal = run.ndjson\n" },
  }],
  ["the environment with workers", ["-t", "3s"], { env: { LOCUST_WORKERS: "2" } }],
  ["a config file with master", [...TWO, "-t", "3s"], {
    files: { "locust.conf": "master = true\nexpect-workers = 2\n" },
  }],
  ["the environment with master", [...TWO, "-t", "3s"], { env: { LOCUST_MODE_MASTER: "true", LOCUST_USERS: "3" } }],
  ["a config file with processes", [...TWO, "-t", "3s"], {
    files: { "locust.conf": "processes = 1\nheadless = true\n" },
  }],
];

for (const [what, args, surroundings] of ELSEWHERE) {
  test(`${what} is for the master: there are two workers, and these have none of their own`, () =>
    withRun(args, async (run, system) => {
      const result = await run.ended;
      assert.equal(result.code, 0, result.stderr);
      assert.equal(countReported(result), system.total());
      assert.equal(result.stderr.match(/reported as ready/g)?.length, 2, result.stderr);
      assert.equal(result.stderr.match(/Starting Locust/g)?.length, 1 + 2, result.stderr);
    }, surroundings));
}

test("--workers 2 gives up with a sentence when none of them can start", () =>
  withRun([...TWO, "-t", "3s", "--journal", "none"], async (run) => {
    const result = await run.ended;
    assert.equal(result.code, 1, result.stderr);
    assert.match(result.stderr, /Worker process 1 of 2 ended early/);
    assert.match(result.stderr, /Gave up waiting for workers to connect/);
  }, {
    files: {
      "locustfile.ts": LOCUSTFILE +
        'if (process.env["LOCUST_TS_PARENT_PIPE"] === "1") throw new Error("not on a worker");\n',
    },
  }));

test("report refuses what is not a journal, with a sentence", async () => {
  const folder = writeFiles({ "some.txt": "hello\n", "empty.ndjson": "" });
  for (const file of ["some.txt", "empty.ndjson", "missing.ndjson"]) {
    const result = await startCli(["report", file], { cwd: folder }).ended;
    assert.equal(result.code, 2);
    assert.match(result.stderr, /^Cannot read /);
  }
  rmSync(folder, { recursive: true, force: true });
});

test("--workers 2 runs the classes of every locustfile, also of several -f", async () => {
  const system = await startCountingServer({ latencyMs: 5 });
  const writer = LOCUSTFILE.replace("Reader", "Writer").replace("/read", "/write");
  const folder = writeFiles({ "reader,1.ts": LOCUSTFILE, "writer.ts": writer });
  const load = ["-H", system.url, "-u", "4", "-r", "20", "-t", "2s", "--json"];
  const both = ["/read", "/write"];
  const rows = [["-f", ".", both], ["-f", "reader,1.ts", ["/read"]]] as const;
  try {
    for (const [flag, name, paths] of rows) {
      const before = system.total();
      const args = ["run", flag, name, ...load, ...TWO];
      const result = await startCli(args, { cwd: folder, env: { XDG_DATA_HOME: folder } }).ended;
      assert.equal(result.code, 0, result.stderr);
      assert.equal(countReported(result), system.total() - before);
      assert.deepEqual(both.filter((path) => result.stdout.includes(`"name": "${path}"`)), paths);
    }
  } finally {
    await system.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
