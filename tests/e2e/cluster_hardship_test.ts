// More that happens to a cluster, with real processes: a full disk under the journal, all workers gone, a task that blocks its
// thread, clocks an hour off. What must hold after each is in tests/support/fault_laws.ts.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureRate, sleep, withCluster } from "../support/cluster.ts";
import { endsLawfully, loadIsBack } from "../support/fault_laws.ts";
import { findTool, requireRoot, requireTool } from "../support/requirements.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

for (const how of ["a first run", "--resume"] as const) {
  test(`cluster: a full disk under the journal of ${how} is told once, the run continues, the exit code is not 0`, {
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
        const { stderr } = await endsLawfully(cluster, { code: 2, journal: "cut" });
        assert.equal(stderr.match(/Cannot write the journal/g)?.length, 1, stderr);
      });
    } finally {
      execFileSync("umount", ["-l", disk]);
      rmdirSync(disk);
    }
  });
}

test("cluster: all workers gone, the run continues, and the first one back takes up the target", () =>
  withCluster({ runTime: "18s" }, async (cluster) => {
    const first = [cluster.addWorker(), cluster.addWorker()];
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    for (const worker of first) worker.child.kill("SIGTERM");
    for (const worker of first) assert.equal((await worker.ended).code, 0, worker.stderr());
    await sleep(1000);
    assert.equal(await measureRate(cluster.system, 1000), 0);
    cluster.addWorker();
    await loadIsBack((ms) => measureRate(cluster.system, ms), before);
    await endsLawfully(cluster, { fates: first.map((worker) => [worker, "left"]) });
  }));

test("cluster: a task that blocks its thread for 8 s makes the worker hung, not missing", () =>
  withCluster({
    runTime: "14s",
    workers: 1,
    users: 4,
    usersByClass: { Reader: 4 },
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
    const blocked = cluster.addWorker();
    const { stderr } = await endsLawfully(cluster, { fates: [[blocked, "hung"]] });
    assert.match(stderr, /hung in Reader\.read/);
  }));

for (const [master, worker] of [["+3600s", "-3600s"], ["-3600s", "+3600s"]] as const) {
  test(`cluster: a master whose clock is ${master} off and a worker whose clock is ${worker} off change nothing`, {
    skip: requireTool("faketime"),
  }, () => {
    // Not the command itself: it would stand between the worker and its SIGTERM.
    const library = execFileSync(findTool("faketime") ?? "faketime", ["-f", "+1s", "sh", "-c", "echo $LD_PRELOAD"]);
    const shifted = (by: string) => ["env", `LD_PRELOAD=${String(library).trim()}`, `FAKETIME=${by}`];
    return withCluster({
      runTime: "10s",
      env: { FAKETIME_DONT_FAKE_MONOTONIC: "1" },
      masterBefore: shifted(master),
    }, async (cluster) => {
      cluster.addWorker();
      const leaver = cluster.addWorker({ before: shifted(worker) });
      await cluster.master.waitFor("All users spawned");
      const before = await measureRate(cluster.system, 2000);
      leaver.child.kill("SIGTERM");
      await loadIsBack((ms) => measureRate(cluster.system, ms), before);
      const { stderr } = await endsLawfully(cluster, { fates: [[leaver, "left"]] });
      const hours = [stderr, leaver.stderr()].map((text) => / (\d\d):\d\d:\d\d,/.exec(text)?.[1]);
      assert.notEqual(hours[0], hours[1], "the clocks were not apart");
      assert.match(stderr, /Run ended after 0:1[01]:/);
    });
  });
}
