/**
 * Rates are over the time in which load was asked for: each cause that keeps a run busy after its stop is staged with the executable, and
 * table, CSV, JSON and history are held against the rate that was planned.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sleep, withCluster } from "../support/cluster.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(4);

/** 10 users with 2 requests/s each. */
const PLANNED = 20;
const HEAD = `
import { constantThroughput, events, task, User } from "locust-ts";
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export class Paced extends User {
  override waitTime = constantThroughput(2);
  request(name: string) { return this.environment.events.request.measure("GET", name, () => wait(5)); }
  @task async read() { await this.request("/read"); }
`;

interface Figures {
  readonly table: number;
  readonly csv: number;
  readonly history: readonly {
    readonly second: number;
    readonly users: number;
    readonly rate: number;
    readonly total: number;
  }[];
  readonly requests: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runFor(
  locustfile: string,
  args: readonly string[],
  meanwhile: (child: { kill(signal: NodeJS.Signals): void; readonly pid?: number | undefined }) => Promise<void> = () =>
    Promise.resolve(),
): Promise<Figures> {
  const folder = writeFiles({ "locustfile.ts": locustfile });
  const run = startCli([
    "run",
    "locustfile.ts",
    "-u",
    "10",
    "-r",
    "1000",
    "--csv",
    "out",
    "--json-file",
    "out",
    ...args,
  ], {
    cwd: folder,
    timeoutMs: 60_000,
  });
  await run.waitFor("All users spawned");
  await meanwhile(run.child);
  const { stdout, stderr } = await run.ended;
  const rows = (part: string) =>
    readFileSync(join(folder, `out_${part}.csv`), "utf8").trim().split("\r\n").slice(1).map((line) => line.split(","));
  const total = rows("stats").at(-1) ?? [];
  const json = JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as { num_requests: number }[];
  const requests = json.reduce((sum, each) => sum + each.num_requests, 0);
  assert.equal(Number(total[2]), requests, "CSV and JSON agree");
  return {
    table: Number(/^ +Aggregated .*\| +([\d.]+) +[\d.]+$/m.exec(stdout)?.[1]),
    csv: Number(total[9]),
    history: rows("stats_history").map((row) => ({
      second: Number(row[0]),
      users: Number(row[1]),
      rate: Number(row[4]),
      total: Number(row[17]),
    })),
    requests,
    stdout,
    stderr,
  };
}

function isPlanned(rate: number): boolean {
  return Math.abs(rate - PLANNED) <= PLANNED * 0.15;
}

function checkRates({ table, csv, history, requests, stdout }: Figures, seconds: number): void {
  assert.ok(isPlanned(table), `${table} in the table\n${stdout}`);
  assert.ok(isPlanned(csv), `${csv} in the CSV\n${stdout}`);
  const last = history.at(-1);
  assert.ok(last !== undefined && isPlanned(last.rate), `${last?.rate} in the history`);
  assert.equal(last?.total, requests, "the last line has the final totals");
  assert.equal(new Set(history.map(({ second }) => second)).size, history.length, "a second occurs twice");
  assert.ok(history.every(({ users }) => users > 0), "seconds without users");
  assert.ok(Math.abs(history.length - seconds) <= 1, `${history.length} lines for ${seconds} s`);
}

test("rates: onStop of 4.5 s lowers none", async () => {
  const figures = await runFor(`${HEAD} override async onStop() { await wait(4500); } }`, ["-t", "4s"]);
  checkRates(figures, 4);
  assert.match(figures.stdout, /load for 0:04/);
  assert.match(figures.stdout, /After the stop it took [4-9]\.\d s until users, workers and listeners had ended/);
});

test("rates: a listener of testStop that takes 4 s lowers none", async () => {
  checkRates(await runFor(`${HEAD} } events.testStop.addListener(() => wait(4000));`, ["-t", "4s"]), 4);
});

test("rates: one task that never returns lowers none", async () => {
  const figures = await runFor(
    `${HEAD} }
     export class Stuck extends User { static override fixedCount = 1; @task async hang() { await new Promise(() => {}); } }`,
    ["-t", "4s", "-u", "11"],
  );
  checkRates(figures, 4);
});

test("rates: --stop-timeout with one long task lowers none, and what that task still requests raises none", async () => {
  const figures = await runFor(
    `${HEAD} }
     export class Long extends User {
       static override fixedCount = 1;
       @task async long() {
         await wait(3800);
         for (let i = 0; i < 100; i++) await this.environment.events.request.measure("GET", "/long", () => wait(40));
       }
     }`,
    ["-t", "4s", "-u", "11", "--stop-timeout", "20"],
  );
  checkRates(figures, 4);
  assert.ok(figures.requests >= 4 * PLANNED + 80, `${figures.requests} requests: all of the long task are counted`);
  assert.match(figures.stdout, /\(\d+ of them were started after the stop and are in no rate\)/);
});

test("rates: a drain after Ctrl-C lowers none", async () => {
  const figures = await runFor(
    `${HEAD} override async onStop() { await wait(3000); } }`,
    ["-t", "60s"],
    async (child) => {
      await sleep(4000);
      child.kill("SIGINT");
    },
  );
  checkRates(figures, 4);
});

test("rates: --reset-stats counts from the moment the ramp is complete, also in a ramp of 1 s and a run of 3 s", async () => {
  const figures = await runFor(`${HEAD} }`, ["-t", "3s", "-r", "10", "--reset-stats"]);
  assert.ok(isPlanned(figures.table), `${figures.table} req/s\n${figures.stdout}`);
  assert.ok(
    figures.requests > 20 && figures.requests < 2.7 * PLANNED,
    `${figures.requests} requests in about 2.1 s of 3`,
  );
  assert.equal(new Set(figures.history.map(({ second }) => second)).size, figures.history.length);
  assert.match(figures.stdout, /Figures count from the reset of the statistics after \d\.\d s, over [12]\.\d s/);
});

test("rates: a worker that is killed shortly before the stop, whose last numbers are waited for, lowers none", () =>
  withCluster({
    users: 10,
    runTime: "5s",
    locustfile: `${HEAD} }`,
    masterArgs: ["--csv", "out"],
  }, async ({ master, workers, addWorker, folder }) => {
    addWorker();
    addWorker();
    await master.waitFor("All users spawned");
    await sleep(4000);
    workers[1]?.child.kill("SIGKILL");
    const { stderr } = await master.ended;
    const rows = (part: string) =>
      readFileSync(join(folder, `out_${part}.csv`), "utf8").trim().split("\r\n").slice(1).map((line) =>
        line.split(",")
      );
    const [stats, history] = [rows("stats").at(-1) ?? [], rows("stats_history")];
    // At most a second and a half of half of the users is lost with it.
    assert.ok(Number(stats[9]) > PLANNED * 0.75 && Number(stats[9]) < PLANNED * 1.1, `${stats[9]} req/s\n${stderr}`);
    assert.ok(history.length <= 6, `${history.length} lines for 5 s`);
    assert.ok(history.every((row) => Number(row[1]) > 0), "seconds without users");
    assert.equal(new Set(history.map(([second]) => second)).size, history.length);
  }));
