/** A data file that is too large for one message: workers in empty folders get it part by part. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../support/free_port.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

const ROWS = 5500;

/** 11 MB: six parts. */
const rows = `id,note\n${Array.from({ length: ROWS }, (_, id) => `${id},${"x".repeat(2000)}\n`).join("")}`;

const LOCUSTFILE = `
import { FastHttpUser, feed, task } from "locust-ts";
const rows = feed.csv<{ id: string; note: string }>("rows.csv", { order: "shuffle", onEnd: "stopTest" });
export class Reader extends FastHttpUser {
  @task async read() {
    const { id, note } = await rows.next(this);
    if (note.length !== 2000) throw new Error(id);
    await this.client.get("/row/" + id, { name: "/row" });
    await this.sleep(0.02);
  }
}
`;

test("a feed file of 11 MB reaches two workers in parts", async () => {
  const system = await startCountingServer();
  const port = String(await freePort());
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE, "rows.csv": rows });
  const master = startCli([
    ...["run", "locustfile.ts", "--master", "--headless", "-H", system.url, "-u", "8", "-r", "50", "-t", "4s"],
    ...["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--expect-workers", "2"],
  ], { cwd: folder, timeoutMs: 150_000 });
  const workers = ["a", "b"].map((name) => {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    return startCli(["--worker", "--master-host", "127.0.0.1", "--master-port", port, "--processes", "1"], {
      cwd,
      timeoutMs: 150_000,
    });
  });
  try {
    const { code, stderr } = await master.ended;
    assert.equal(code, 0, stderr);
    const ends = await Promise.all(workers.map(({ ended }) => ended));
    const ids = [...system.counts].filter(([key]) => key.startsWith("GET /row/"));
    assert.ok(ids.length > 20, `${ids.length} rows`);
    assert.ok(ids.every(([, count]) => count === 1), "each row once");
    assert.match(stderr, /The data file "rows.csv" \(\d+(\.\d)? MB\) is shipped to workers in parts/);
    assert.equal(stderr.match(/Worker \S+ has "rows.csv"/g)?.length, 2, stderr);
    for (const end of ends) assert.match(end.stderr, /Received "rows.csv" in \d/);
  } finally {
    for (const { child } of [master, ...workers]) child.kill("SIGKILL");
    await system.close();
  }
});

test("a feed file that was changed after the master was started is not shipped: the worker says why and leaves", async () => {
  const system = await startCountingServer();
  const port = String(await freePort());
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE, "rows.csv": rows });
  const master = startCli([
    ...["run", "locustfile.ts", "--master", "--headless", "-H", system.url, "-u", "1", "-t", "2s"],
    ...["--master-bind-host", "127.0.0.1", "--master-bind-port", port],
  ], { cwd: folder, timeoutMs: 60_000 });
  try {
    await master.waitFor(/Waiting for workers on port/);
    writeFileSync(join(folder, "rows.csv"), "id,note\n");
    const cwd = join(folder, "a");
    mkdirSync(cwd);
    const worker = startCli(["--worker", "--master-host", "127.0.0.1", "--master-port", port], { cwd });
    const { code, stderr } = await worker.ended;
    assert.equal(code, 2, stderr);
    assert.match(
      stderr,
      /Cannot run the master's locustfile: it cannot ship the data file "rows.csv" to workers: it was changed since the master was started/,
    );
    assert.equal(system.total(), 0);
  } finally {
    master.child.kill("SIGKILL");
    await master.ended;
    await system.close();
  }
});
