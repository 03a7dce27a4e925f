// Faults of a cluster, with real processes: after each, the system's own count against ours. Doubled is 0 always; lost is 0 but for
// what a killed worker had not delivered.
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { type Cluster, countReported, measureRate, sleep, withCluster } from "../support/cluster.ts";
import { startFaultProxy } from "../support/fault_proxy.ts";
import type { CliResult } from "../support/run_cli.ts";

/** The run's outcome, with every request counted once and none lost. */
async function endsExactly({ master, system }: Cluster): Promise<CliResult> {
  const result = await master.ended;
  assert.equal(countReported(result), system.total());
  return result;
}

test("cluster: a plain run counts exactly what the system saw, and everybody ends with 0", () =>
  withCluster({ runTime: "5s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    const result = await endsExactly(cluster);
    assert.equal(result.code, 0, result.stderr);
    assert.ok(cluster.system.total() > 300);
    for (const worker of cluster.workers) assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("cluster: kill -9 of a worker loses its last second at most, and the load is back within 8 s", () =>
  withCluster({ runTime: "18s" }, async (cluster) => {
    cluster.addWorker();
    const victim = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const rate = await measureRate(cluster.system, 3000);
    victim.child.kill("SIGKILL");
    await sleep(6000);
    assert.ok(await measureRate(cluster.system, 2000) > 0.9 * rate, "the load did not come back");
    const result = await cluster.master.ended;
    const lost = cluster.system.total() - countReported(result);
    assert.ok(lost >= 0, `${-lost} requests were counted twice`);
    assert.ok(lost <= rate / 2 * 2.5, `${lost} requests were lost at ${rate}/s`);
    assert.match(result.stderr, /counts as missing|lost/);
  }));

test("cluster: SIGTERM on a worker delivers everything, and the others take over", () =>
  withCluster({ runTime: "12s" }, async (cluster) => {
    cluster.addWorker();
    const leaver = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    await sleep(2000);
    leaver.child.kill("SIGTERM");
    assert.equal((await leaver.ended).code, 0, leaver.stderr());
    const result = await endsExactly(cluster);
    assert.match(result.stderr, /left: SIGTERM/);
  }));

test("cluster: SIGSTOP of a worker for 10 s costs no request", () =>
  withCluster({ runTime: "22s" }, async (cluster) => {
    cluster.addWorker();
    const sleeper = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    await sleep(2000);
    sleeper.child.kill("SIGSTOP");
    await sleep(10_000);
    sleeper.child.kill("SIGCONT");
    await cluster.master.waitFor(/is back after \d+ s/);
    await endsExactly(cluster);
  }));

/** Cables that are pulled for longer are in namespaces_test.ts. */
const CUT_SECONDS = process.env["LOCUST_TS_LONG_TESTS"] === "1" ? [3, 12] : [3];

for (const seconds of CUT_SECONDS) {
  test(`cluster: a link that is cut for ${seconds} s without a reset costs no request and no user too many`, () =>
    withCluster({ runTime: `${seconds + 16}s` }, async (cluster) => {
      const proxy = await startFaultProxy(() => cluster.port);
      cluster.addWorker();
      cluster.addWorker(proxy.port);
      await cluster.master.waitFor("All users spawned");
      const rate = await measureRate(cluster.system, 3000);
      proxy.cut();
      await sleep(seconds * 1000);
      proxy.heal();
      await sleep(6000);
      const after = await measureRate(cluster.system, 3000);
      assert.ok(after > 0.9 * rate && after < 1.1 * rate, `${rate}/s before, ${after}/s after`);
      await endsExactly(cluster);
      await proxy.close();
    }));
}

test("cluster: resets on all links, again and again, cost no request", () =>
  withCluster({ runTime: "12s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    cluster.addWorker(proxy.port);
    cluster.addWorker(proxy.port);
    await cluster.master.waitFor("All users spawned");
    for (let i = 0; i < 12; i++) {
      await sleep(437);
      proxy.sever();
    }
    await endsExactly(cluster);
    await proxy.close();
  }));

test("cluster: a stop while a link is down waits for the numbers behind it", () =>
  withCluster({ runTime: "8s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    cluster.addWorker();
    cluster.addWorker(proxy.port);
    await cluster.master.waitFor("All users spawned");
    await sleep(4000);
    proxy.cut();
    await cluster.master.waitFor("--run-time limit reached");
    await sleep(3000);
    proxy.heal();
    await endsExactly(cluster);
    await proxy.close();
  }));

test("cluster: kill -9 of the master and --resume cost no request", () =>
  withCluster({ runTime: "16s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    await sleep(3500);
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    await sleep(2000);
    cluster.master = cluster.startMaster(["--resume", cluster.journal]);
    const result = await endsExactly(cluster);
    assert.match(result.stderr, /--run-time limit reached/);
  }));

test("cluster: a new master without --resume adopts the workers of a killed one", () =>
  withCluster({ runTime: "6s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    await sleep(1500);
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    await sleep(1000);
    cluster.master = cluster.startMaster();
    await cluster.master.waitFor("All users spawned");
    const before = cluster.system.total();
    const result = await cluster.master.ended;
    const reported = countReported(result);
    assert.ok(reported >= cluster.system.total() - before, "requests of the new run were lost");
    assert.ok(reported <= cluster.system.total(), "requests were counted twice");
    assert.match(result.stderr, /delivered numbers of a run that is not on here/);
    for (const worker of cluster.workers) assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("cluster: a worker without a master stops its users after --master-timeout and delivers when one is back", () =>
  withCluster({ runTime: "27s", workerArgs: ["--master-timeout", "3"] }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    cluster.addWorker(proxy.port);
    cluster.addWorker(proxy.port);
    await cluster.master.waitFor("All users spawned");
    const rate = await measureRate(cluster.system, 2000);
    proxy.cut();
    await sleep(10_500); // 5 s until the silence is noticed, 3 s of patience
    assert.equal(await measureRate(cluster.system, 1000), 0);
    proxy.heal();
    await sleep(5000);
    assert.ok(await measureRate(cluster.system, 1000) > 0.8 * rate, "the load did not come back");
    await endsExactly(cluster);
    await proxy.close();
  }));

test("cluster: a slow link makes no worker missing and costs no request", () =>
  withCluster({ runTime: "10s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    proxy.delay(400);
    cluster.addWorker(proxy.port);
    cluster.addWorker(proxy.port);
    const result = await endsExactly(cluster);
    assert.doesNotMatch(result.stderr, /missing/);
    await proxy.close();
  }));

test("cluster: workers that come and go in mid-run leave the target as it is", () =>
  withCluster({ runTime: "14s", workers: 1 }, async (cluster) => {
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const rate = await measureRate(cluster.system, 2000);
    const guest = cluster.addWorker();
    await cluster.master.waitFor("2 workers connected");
    await sleep(1500);
    const shared = await measureRate(cluster.system, 2000);
    assert.ok(shared > 0.85 * rate && shared < 1.15 * rate, `${rate}/s before, ${shared}/s with a second worker`);
    guest.child.kill("SIGTERM");
    await guest.ended;
    await endsExactly(cluster);
  }));
