/** Feeds and what a cluster shares with the executable: a target counts itself which rows and numbers it has seen. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { type Cluster, sleep, withCluster } from "../support/cluster.ts";
import { freePort } from "../support/free_port.ts";
import { type CountingServer, startCountingServer } from "../support/counting_server.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

function rowsFile(rows: number): string {
  return `\ufeffid;note\r\n${
    Array.from({ length: rows }, (_, index) => `${index};"two\r\nlines; ""${index}"""\r\n`).join("")
  }`;
}

const locustfile = (options: string, pauseSeconds = 0.02) => `
import { FastHttpUser, feed, task } from "locust-ts";
const rows = feed.csv<{ id: string; note: string }>("rows.csv", ${options});
export class Reader extends FastHttpUser {
  @task async read() {
    const { id, note } = await rows.next(this);
    if (note !== 'two\\r\\nlines; "' + id + '"') throw new Error(note);
    await this.client.get("/row/" + id, { name: "/row" });
    await this.sleep(${pauseSeconds});
  }
}
`;

/** How often each row came, in the order of the rows. */
function countRows(system: CountingServer, rows: number): number[] {
  return Array.from({ length: rows }, (_, id) => system.counts.get(`GET /row/${id}`) ?? 0);
}

function readSummary(folder: string): RunSummary {
  return JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as RunSummary;
}

async function runAlone(options: string, rows: number, args: readonly string[]) {
  const system = await startCountingServer({ latencyMs: 2 });
  try {
    const folder = writeFiles({ "locustfile.ts": locustfile(options), "rows.csv": rowsFile(rows) });
    const { code, stdout, stderr } = await startCli([
      ...["run", "locustfile.ts", "--headless", "-H", system.url, "--processes", "2", "--summary-file", "out.json"],
      ...args,
    ], { cwd: folder }).ended;
    return {
      code,
      stdout,
      stderr,
      counts: countRows(system, rows),
      summary: code === 2 ? undefined : readSummary(folder),
    };
  } finally {
    await system.close();
  }
}

async function endOf(cluster: Cluster): Promise<RunSummary> {
  const { code, stderr } = await cluster.master.ended;
  assert.equal(code, 0, stderr);
  return readSummary(cluster.folder);
}

test("feed: each row once over two workers of two threads, then the test ends", async () => {
  await withCluster({
    locustfile: locustfile('{ unique: "run", order: "shuffle", onEnd: "stopTest" }'),
    runTime: "60s",
    masterArgs: ["--summary-file", "out.json"],
    workerArgs: ["--processes", "2"],
  }, async (cluster) => {
    writeFileSync(join(cluster.folder, "rows.csv"), rowsFile(1500));
    cluster.addWorker();
    cluster.addWorker();
    const summary = await endOf(cluster);
    assert.deepEqual(countRows(cluster.system, 1500).filter((count) => count !== 1), []);
    assert.deepEqual(summary.feeds, [{ name: "rows.csv", rows: 1500, used: 1500, left: 0, unsure: 0 }]);
    assert.equal(summary.run.stopReason.kind, "stopTest");
    const told = cluster.master.stderr().match(/All rows of "rows.csv" are used up; the test ends/g);
    assert.equal(told?.length, 1, cluster.master.stderr());
  });
});

test("feed: of a worker that is killed no row comes twice, and those that may be lost are few and said", async () => {
  await withCluster({
    locustfile: locustfile('{ unique: "run", onEnd: "stopTest" }'),
    runTime: "60s",
    masterArgs: ["--summary-file", "out.json"],
  }, async (cluster) => {
    writeFileSync(join(cluster.folder, "rows.csv"), rowsFile(2500));
    const [victim] = [cluster.addWorker(), cluster.addWorker()];
    for (let waited = 0; cluster.system.total() < 500; waited++) {
      assert.ok(waited < 300, "no load");
      await sleep(100);
    }
    victim.child.kill("SIGKILL");
    const summary = await endOf(cluster);
    const counts = countRows(cluster.system, 2500);
    assert.deepEqual(counts.filter((count) => count > 1), []);
    const missing = counts.filter((count) => count === 0).length;
    const [feed] = summary.feeds ?? [];
    assert.ok(feed !== undefined && feed.left === 0 && feed.used === 2500, JSON.stringify(feed));
    assert.ok(missing <= feed.unsure && feed.unsure <= 1500, `${missing} are missing, ${feed.unsure} unsure`);
  });
});

test("feed: each row once although the master is killed and resumed", async () => {
  await withCluster({
    locustfile: locustfile('{ unique: "run", onEnd: "stopTest" }'),
    runTime: "60s",
    masterArgs: ["--summary-file", "out.json"],
  }, async (cluster) => {
    writeFileSync(join(cluster.folder, "rows.csv"), rowsFile(2500));
    cluster.addWorker();
    cluster.addWorker();
    for (let waited = 0; cluster.system.total() < 400; waited++) {
      assert.ok(waited < 300, "no load");
      await sleep(100);
    }
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    await sleep(500);
    cluster.master = cluster.startMaster(["--resume", cluster.journal]);
    const summary = await endOf(cluster);
    assert.deepEqual(countRows(cluster.system, 2500).filter((count) => count !== 1), []);
    assert.deepEqual(summary.feeds, [{ name: "rows.csv", rows: 2500, used: 2500, left: 0, unsure: 0 }]);
  });
});

test("feed: onEnd decides what comes after the last row", async () => {
  const users = ["-u", "4", "-r", "100"];
  const stopUser = await runAlone('{ unique: "run" }', 30, [...users, "-t", "3s"]);
  assert.deepEqual(stopUser.counts, Array.from({ length: 30 }, () => 1));
  assert.match(stopUser.stderr, /All rows of "rows.csv" are used up; users that need another one end/);
  assert.match(stopUser.stdout, /rows.csv: 30 of 30 rows used, 0 left/);
  const wait = await runAlone('{ onEnd: "wait" }', 30, [...users, "-t", "3s"]);
  assert.deepEqual(wait.counts, Array.from({ length: 30 }, () => 1));
  assert.equal(wait.summary?.run.stopReason.kind, "runTime", JSON.stringify(wait.summary?.run.stopReason));
  assert.equal(wait.summary?.exceptions.length, 0);
  const recycled = await runAlone("{}", 5, [...users, "-t", "2s"]);
  const spread = ({ counts }: { counts: readonly number[] }) => Math.max(...counts) - Math.min(...counts);
  assert.ok(Math.min(...recycled.counts) > 0 && spread(recycled) <= 1, recycled.counts.join(" "));
  const sum = recycled.counts.reduce((all, count) => all + count, 0);
  assert.deepEqual(recycled.summary?.feeds, [{ name: "rows.csv", rows: 5, used: sum, left: null, unsure: 0 }]);
});

test("feed: one user gets all rows one after the other, though its machine has two threads", async () => {
  for (const order of ["sequence", "shuffle"]) {
    const { counts, stderr } = await runAlone(`{ order: "${order}" }`, 4, ["-u", "1", "-t", "2s"]);
    assert.ok(
      Math.min(...counts) > 0 && Math.max(...counts) - Math.min(...counts) <= 1,
      `${counts.join(" ")}\n${stderr}`,
    );
  }
});

test("feed: a row that does not fit ends the test before the first user, with its line", async () => {
  const system = await startCountingServer();
  try {
    const folder = writeFiles({ "locustfile.ts": locustfile("{}"), "rows.csv": "id;note\n1;a\n2;b;c\n" });
    const args = ["run", "locustfile.ts", "--headless", "-H", system.url, "-u", "2", "-t", "5s"];
    const { code, stderr } = await startCli(args, { cwd: folder }).ended;
    assert.equal(code, 2, stderr);
    assert.match(stderr, /Cannot read rows of "rows.csv": line 3 has 3 cells, the first row has 2/);
    assert.equal(system.total(), 0);
  } finally {
    await system.close();
  }
});

test("feed: the master ships the file, and each worker has a part of its own with shard", async () => {
  const system = await startCountingServer({ latencyMs: 2 });
  const port = String(await freePort());
  const folder = writeFiles({
    "locustfile.ts": locustfile('{ unique: "run", shard: true }'),
    "rows.csv": rowsFile(101),
  });
  const elsewhere = ["a", "b"].map((name) => join(folder, name));
  for (const empty of elsewhere) mkdirSync(empty);
  try {
    const master = startCli([
      ...["run", "locustfile.ts", "--master", "--headless", "-H", system.url, "-u", "4", "-r", "50", "-t", "5s"],
      ...["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--expect-workers", "2"],
      ...["--summary-file", "out.json"],
    ], { cwd: folder });
    const workers = elsewhere.map((cwd) =>
      startCli(["--worker", "--master-host", "127.0.0.1", "--master-port", port, "--processes", "1"], { cwd })
    );
    const { code, stderr } = await master.ended;
    assert.equal(code, 0, stderr);
    await Promise.all(workers.map(({ ended }) => ended));
    assert.deepEqual(countRows(system, 101).filter((count) => count !== 1), []);
    const { feeds = [] } = readSummary(folder);
    assert.deepEqual(feeds.map(({ name, rows, left }) => [name, rows, left]), [
      ["rows.csv part 1 of 2", 50, 0],
      ["rows.csv part 2 of 2", 51, 0],
    ]);
  } finally {
    await system.close();
  }
});

test("cluster: users of two workers meet, run a task once, and count without a gap", async () => {
  await withCluster({
    users: 12,
    runTime: "6s",
    locustfile: `
import { cluster, FastHttpUser, task } from "locust-ts";
export class Sharer extends FastHttpUser {
  override async onStart() {
    const path = await cluster.once("path", async () => {
      await this.client.get("/seed");
      return "/n/";
    }, { user: this });
    await cluster.barrier("all here", 12, { user: this });
    await cluster.set("path", path);
  }
  @task async share() {
    const number = await cluster.counter("requests").add(1, { user: this });
    await this.client.get((await cluster.get<string>("path")) + number, { name: "/n" });
    await this.sleep(0.05);
  }
}
`,
  }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    const { code, stderr } = await cluster.master.ended;
    assert.equal(code, 0, stderr);
    const { counts } = cluster.system;
    assert.equal(counts.get("GET /seed"), 1);
    const numbers = [...counts.keys()].filter((key) => key.startsWith("GET /n/")).map((key) => Number(key.slice(7)));
    assert.ok(numbers.length > 100, `${numbers.length}`);
    for (const number of numbers) assert.equal(counts.get(`GET /n/${number}`), 1);
    // A user that must stop may have its number and not make its request.
    assert.ok(Math.max(...numbers) - numbers.length <= 12, `${Math.max(...numbers)} of ${numbers.length}`);
    assert.match(stderr, /Barrier "all here": 12 users continue/);
  });
});
