// More that happens to a cluster, with real processes: a full disk under the journal, all workers gone, a task that blocks its thread, a
// master that dies while it stops. After each, the system's own count against ours.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { countReported, measureRate, sleep, withCluster } from "../support/cluster.ts";
import { startFaultProxy } from "../support/fault_proxy.ts";
import { requireRoot, requireTool } from "../support/requirements.ts";

for (const how of ["a first run", "--resume"] as const) {
  test(`cluster: a full disk under the journal of ${how} is told once, the run goes on, the exit code is not 0`, {
    skip: requireRoot() || requireTool("mount"),
  }, async () => {
    const disk = mkdtempSync(join(tmpdir(), "locust-ts-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
    try {
      const journal = join(disk, "run.ndjson");
      const runTime = how === "--resume" ? "14s" : "8s";
      await withCluster({ runTime, journal }, async (cluster) => {
        cluster.addWorker();
        cluster.addWorker();
        await cluster.master.waitFor("All users spawned");
        if (how === "--resume") {
          await sleep(1500);
          cluster.master.child.kill("SIGKILL");
          await cluster.master.ended;
          cluster.master = cluster.startMaster(["--resume", journal]);
        }
        execFileSync("sh", ["-c", `cat /dev/zero > ${join(disk, "ballast")} || true`], { stdio: "ignore" });
        const result = await cluster.master.ended;
        assert.equal(countReported(result), cluster.system.total());
        assert.equal(result.code, 2, result.stderr);
        assert.equal(result.stderr.match(/Cannot write the journal/g)?.length, 1, result.stderr);
      });
    } finally {
      execFileSync("umount", ["-l", disk]);
      rmdirSync(disk);
    }
  });
}

test("cluster: all workers gone, the run goes on, and the first one back takes up the target", () =>
  withCluster({ runTime: "20s" }, async (cluster) => {
    const first = [cluster.addWorker(), cluster.addWorker()];
    await cluster.master.waitFor("All users spawned");
    const rate = await measureRate(cluster.system, 2000);
    for (const worker of first) worker.child.kill("SIGTERM");
    for (const worker of first) assert.equal((await worker.ended).code, 0, worker.stderr());
    await sleep(1000);
    assert.equal(await measureRate(cluster.system, 1000), 0);
    cluster.addWorker();
    await cluster.master.waitFor("(index 2) reported as ready");
    await sleep(3000);
    const after = await measureRate(cluster.system, 2000);
    assert.ok(after > 0.9 * rate && after < 1.1 * rate, `${rate}/s before, ${after}/s after`);
    const result = await cluster.master.ended;
    assert.equal(countReported(result), cluster.system.total());
    assert.match(result.stderr, /left: SIGTERM/);
  }));

test("cluster: a task that blocks its thread for 8 s makes the worker hung, not missing", () =>
  withCluster({
    runTime: "14s",
    workers: 1,
    users: 4,
    locustfile: `
import { constant, FastHttpUser, task } from "locust-ts";
let blocks = true;
export class Reader extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() {
    await this.client.get("/read");
    if (!blocks) return;
    blocks = false;
    const until = Date.now() + 8000;
    while (Date.now() < until);
  }
}
`,
  }, async (cluster) => {
    cluster.addWorker();
    const result = await cluster.master.ended;
    assert.equal(countReported(result), cluster.system.total());
    assert.doesNotMatch(result.stderr, /counts as missing/);
    assert.match(result.stderr, /hung in Reader\.read/);
  }));

test("cluster: kill -9 of a master that is stopping, then --resume: it goes on stopping and counts everything", () =>
  withCluster({ runTime: "6s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    cluster.addWorker();
    cluster.addWorker({ through: proxy.port });
    await cluster.master.waitFor("All users spawned");
    await sleep(3000);
    proxy.cut();
    await cluster.master.waitFor("--run-time limit reached");
    await sleep(1500);
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    cluster.master = cluster.startMaster(["--resume", cluster.journal]);
    await cluster.master.waitFor("--run-time limit reached");
    proxy.heal();
    const result = await cluster.master.ended;
    assert.equal(countReported(result), cluster.system.total());
    await proxy.close();
  }));

test("cluster: a worker lost for good is in the log, in the workers table and in the verdict, with its users", () =>
  withCluster({ runTime: "8s" }, async (cluster) => {
    cluster.addWorker();
    const victim = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    victim.child.kill("SIGKILL");
    const result = await cluster.master.ended;
    const all = result.stderr;
    const id = /as worker (\S+)/.exec(victim.stderr())![1]!;
    assert.match(all, new RegExp(`Worker ${id} .*since its link ended .*missing; its 10 users go to the others`));
    assert.match(all, new RegExp(`^${id} (missing|gone)`, "m"));
    assert.match(all, new RegExp(`Worker ${id} was lost .* with 10 users: its last requests are not counted`));
  }));
