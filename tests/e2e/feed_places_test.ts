/** Feeds of SQLite files and of files that lie at the workers, with the executable: the target counts which rows it has seen. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { freePort } from "../support/free_port.ts";
import { type CountingServer, startCountingServer } from "../support/counting_server.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { writeDatabase } from "../support/write_database.ts";

const locustfile = (rows: string) => `
import { FastHttpUser, feed, task } from "locust-ts";
const rows = ${rows};
export class Reader extends FastHttpUser {
  @task async read() {
    const { id } = await rows.next(this);
    await this.client.get("/row/" + id, { name: "/row" });
    await this.sleep(0.02);
  }
}
`;

/** How often each row came: of the numbers from 0. */
function countRows(system: CountingServer, rows: number): number[] {
  return Array.from({ length: rows }, (_, id) => system.counts.get(`GET /row/${id}`) ?? 0);
}

function readSummary(folder: string): RunSummary {
  return JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as RunSummary;
}

interface ClusterRun {
  readonly system: CountingServer;
  readonly folder: string;
  /** What each worker finds in its current folder. */
  readonly atWorkers: readonly Readonly<Record<string, string>>[];
}

/** A master, and a worker in a folder of its own for each of `atWorkers`. */
async function runCluster({ system, folder, atWorkers }: ClusterRun) {
  const port = String(await freePort());
  const master = startCli([
    ...["run", "locustfile.ts", "--master", "--headless", "-H", system.url, "-u", "4", "-r", "50", "-t", "60s"],
    ...["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--expect-workers", String(atWorkers.length)],
    ...["--summary-file", "out.json"],
  ], { cwd: folder, timeoutMs: 100_000 });
  const workers = atWorkers.map((files, i) => {
    const cwd = join(folder, `worker${i}`);
    mkdirSync(cwd);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    return startCli(["--worker", "--master-host", "127.0.0.1", "--master-port", port, "--processes", "2"], {
      cwd,
      timeoutMs: 100_000,
    });
  });
  const ended = await master.ended;
  const workerEnds = await Promise.all(workers.map((worker) => worker.ended));
  return { ...ended, workerEnds };
}

const QUERY = "SELECT id FROM people WHERE isActive = 1 ORDER BY id DESC";
const SQLITE = locustfile(`feed.sqlite<{ id: number }>("people.db", "${QUERY}", { unique: "run", onEnd: "stopTest" })`);

/** 300 people, of whom 0 to 249 are active. */
function writePeople(folder: string): void {
  const rows = Array.from({ length: 300 }, (_, id) => `(${id}, ${Number(id < 250)})`);
  writeDatabase(join(folder, "people.db"), [
    "CREATE TABLE people (id INTEGER, isActive INTEGER)",
    `INSERT INTO people VALUES ${rows.join(", ")}`,
  ]);
}

test("feed.sqlite: each row of the query once, over the threads of one machine", async () => {
  const system = await startCountingServer({ latencyMs: 2 });
  const folder = writeFiles({ "locustfile.ts": SQLITE });
  writePeople(folder);
  try {
    const { code, stderr } = await startCli([
      ...[
        "run",
        "locustfile.ts",
        "--headless",
        "-H",
        system.url,
        "--processes",
        "2",
        "-u",
        "4",
        "-r",
        "50",
        "-t",
        "60s",
      ],
      ...["--summary-file", "out.json"],
    ], { cwd: folder, timeoutMs: 90_000 }).ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(countRows(system, 300), Array.from({ length: 300 }, (_, id) => Number(id < 250)));
    assert.deepEqual(readSummary(folder).feeds, [{ name: "people.db", rows: 250, used: 250, left: 0, unsure: 0 }]);
  } finally {
    await system.close();
  }
});

test("feed.sqlite: the file is shipped to workers, and each row comes once over all of them", async () => {
  const system = await startCountingServer({ latencyMs: 2 });
  const folder = writeFiles({ "locustfile.ts": SQLITE });
  writePeople(folder);
  try {
    const { code, stderr } = await runCluster({ system, folder, atWorkers: [{}, {}] });
    assert.equal(code, 0, stderr);
    assert.deepEqual(countRows(system, 300), Array.from({ length: 300 }, (_, id) => Number(id < 250)));
  } finally {
    await system.close();
  }
});

const AT_WORKER = locustfile(
  'feed.csv<{ id: string }>("rows.csv", { at: "worker", unique: "run", onEnd: "stopTest" })',
);
const csv = (from: number, to: number) =>
  `id\n${Array.from({ length: to - from }, (_, i) => `${from + i}\n`).join("")}`;

test('feed: with at: "worker" each worker reads the file in its own folder, and a row of all comes once', async () => {
  const system = await startCountingServer({ latencyMs: 2 });
  // What lies beside the locustfile has other rows: it must not be read.
  const folder = writeFiles({ "locustfile.ts": AT_WORKER, "rows.csv": csv(1000, 1002) });
  const own = { "rows.csv": csv(0, 200) };
  try {
    const { code, stderr } = await runCluster({ system, folder, atWorkers: [own, own] });
    assert.equal(code, 0, stderr);
    assert.deepEqual(countRows(system, 1002).filter((count, id) => count !== Number(id < 200)), []);
    assert.deepEqual(readSummary(folder).feeds, [{ name: "rows.csv", rows: 200, used: 200, left: 0, unsure: 0 }]);
  } finally {
    await system.close();
  }
});

test('feed: with at: "worker" a worker that has no such file ends the test, and says which file', async () => {
  const system = await startCountingServer({ latencyMs: 2 });
  const folder = writeFiles({ "locustfile.ts": AT_WORKER, "rows.csv": csv(0, 10) });
  try {
    const { code, stderr } = await runCluster({ system, folder, atWorkers: [{}] });
    assert.notEqual(code, 0);
    assert.match(stderr, /Cannot read rows of "rows.csv": there is no such file/);
    assert.equal(system.total(), 0);
  } finally {
    await system.close();
  }
});
