// Faults of a cluster, with real processes. What must hold after each of them, whatever it was, is in tests/support/fault_laws.ts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import type { RunEvent } from "../../src/master/run_event.ts";
import { type Cluster, countReported, measureRate, sleep, withCluster } from "../support/cluster.ts";
import { endsLawfully, loadIsBack } from "../support/fault_laws.ts";
import { startFaultProxy } from "../support/fault_proxy.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(4);

const rateOf = ({ system }: Cluster) => (ms: number) => measureRate(system, ms);

test("cluster: a plain run counts exactly what the system saw, and everybody ends with 0", () =>
  withCluster({ runTime: "5s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await endsLawfully(cluster);
    assert.ok(cluster.system.total() > 300);
    for (const worker of cluster.workers) assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("cluster: kill -9 of a worker loses its last second at most, and the load is back within 8 s", () =>
  withCluster({ runTime: "17s" }, async (cluster) => {
    cluster.addWorker();
    const victim = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 3000);
    victim.child.kill("SIGKILL");
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: [[victim, "killed"]] });
  }));

test("cluster: SIGTERM on a worker delivers everything, and the others take over", () =>
  withCluster({ runTime: "12s" }, async (cluster) => {
    cluster.addWorker();
    const leaver = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    leaver.child.kill("SIGTERM");
    assert.equal((await leaver.ended).code, 0, leaver.stderr());
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: [[leaver, "left"]] });
  }));

test("cluster: SIGSTOP of a worker for 10 s costs no request", () =>
  withCluster({ runTime: "32s" }, async (cluster) => {
    cluster.addWorker();
    const sleeper = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    process.kill(sleeper.child.pid!, "SIGSTOP");
    const stoppedAtMs = performance.now();
    await loadIsBack(rateOf(cluster), before);
    await sleep(10_000 - (performance.now() - stoppedAtMs));
    process.kill(sleeper.child.pid!, "SIGCONT");
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: [[sleeper, "away"]] });
  }));

test("cluster: SIGSTOP of the master for 10 s costs no request, and the workers go on meanwhile", () =>
  withCluster({ runTime: "30s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    process.kill(cluster.master.child.pid!, "SIGSTOP");
    await sleep(8000);
    await loadIsBack(rateOf(cluster), before);
    process.kill(cluster.master.child.pid!, "SIGCONT");
    await loadIsBack(rateOf(cluster), before);
    // The workers dialled again in vain meanwhile: nobody accepted.
    await endsLawfully(cluster, {
      fates: cluster.workers.map((each) => [each, "troubled"]),
      doubts: [/^The master's tick was late in /],
    });
  }));

/** Cables that are pulled for longer are in namespaces_test.ts. */
const CUTS = process.env["LOCUST_TS_LONG_TESTS"] === "1"
  ? [[3, "troubled"], [12, "away"]] as const
  : [[3, "troubled"]] as const;

for (const [seconds, fate] of CUTS) {
  test(`cluster: a link that is cut for ${seconds} s without a reset costs no request and no user too many`, () =>
    withCluster({ runTime: `${seconds + 12}s` }, async (cluster) => {
      const proxy = await startFaultProxy(() => cluster.port);
      cluster.addWorker();
      const cut = cluster.addWorker({ through: proxy.port });
      await cluster.master.waitFor("All users spawned");
      const before = await measureRate(cluster.system, 3000);
      proxy.cut();
      await sleep(seconds * 1000);
      proxy.heal();
      await loadIsBack(rateOf(cluster), before);
      await endsLawfully(cluster, { fates: [[cut, fate]] });
      await proxy.close();
    }));
}

test("cluster: resets on all links, again and again, cost no request", () =>
  withCluster({ runTime: "12s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    const workers = [cluster.addWorker({ through: proxy.port }), cluster.addWorker({ through: proxy.port })];
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    for (let i = 0; i < 12; i++) {
      await sleep(437);
      proxy.sever();
    }
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: workers.map((worker) => [worker, "shaken"]) });
    await proxy.close();
  }));

test("cluster: a stop while a link is down waits for the numbers behind it", () =>
  withCluster({ runTime: "8s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    cluster.addWorker();
    const cut = cluster.addWorker({ through: proxy.port });
    await cluster.master.waitFor("All users spawned");
    await sleep(5000);
    proxy.cut();
    await cluster.master.waitFor("--run-time limit reached");
    await sleep(5000);
    proxy.heal();
    await endsLawfully(cluster, { fates: [[cut, "away"]] });
    await proxy.close();
  }));

test("cluster: kill -9 of the master and --resume cost no request", () =>
  withCluster({ runTime: "16s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 3000);
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    await sleep(2000);
    cluster.master = cluster.startMaster(["--resume", cluster.journal]);
    await cluster.master.waitFor("All users spawned");
    await loadIsBack(rateOf(cluster), before);
    const { stderr } = await endsLawfully(cluster);
    assert.match(stderr, /Resuming the run of an earlier master: \d+ requests are counted/);
    assert.match(stderr, /--run-time limit reached/);
    assert.match(stderr, /Verdict: [^]*The run was resumed \d/);
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
    assert.match(result.stderr, /which is not the current run; they are not counted/);
    for (const worker of cluster.workers) assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("cluster: workers without a master stop their users after --master-timeout and deliver when one is back", () =>
  withCluster({ runTime: "26s", workerArgs: ["--master-timeout", "3"] }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    const workers = [cluster.addWorker({ through: proxy.port }), cluster.addWorker({ through: proxy.port })];
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    proxy.cut();
    await sleep(10_500); // 5 s until the silence is noticed, 3 s of patience
    assert.equal(await measureRate(cluster.system, 1000), 0);
    proxy.heal();
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: workers.map((worker) => [worker, "away"]) });
    await proxy.close();
  }));

test("cluster: a slow link makes no worker missing and costs no request", () =>
  withCluster({ runTime: "10s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    proxy.delay(400);
    cluster.addWorker({ through: proxy.port });
    cluster.addWorker({ through: proxy.port });
    await endsLawfully(cluster);
    await proxy.close();
  }));

/** The most seconds in a row in which the figures of a worker stayed as they were. */
function longestWithoutFigures({ journal }: Cluster): number {
  const lines = readFileSync(journal, "utf8").split("\n").filter((line) => line.startsWith('{"kind":"ticked"'));
  const ticks = lines.map((line) =>
    (JSON.parse(line) as Extract<RunEvent, { readonly kind: "ticked" }>).snapshot.workers
  );
  const same = new Map<string, { requests: number; ticks: number }>();
  let longest = 0;
  for (const { id, requests } of ticks.flat()) {
    const before = same.get(id);
    const now = { requests, ticks: before?.requests === requests ? before.ticks + 1 : 0 };
    same.set(id, now);
    longest = Math.max(longest, now.ticks);
  }
  return longest;
}

test("cluster: figures that take longer than 5 s on a narrow line make no worker missing and cost no request", () =>
  withCluster({
    runTime: "16s",
    users: 4,
    usersByClass: { Wide: 4 },
    locustfile: `
import { constant, FastHttpUser, task } from "locust-ts";
let next = 0;
export class Wide extends FastHttpUser {
  override waitTime = constant(0.005);
  @task async read() {
    next = (next + 1) % 600;
    await this.client.get("/read", { name: \`/read/\${next}/\${"n".repeat(1000)}\` });
  }
}
`,
  }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    cluster.addWorker();
    const far = cluster.addWorker({ through: proxy.port });
    await far.waitFor("Joined the master");
    await cluster.master.waitFor("2 workers connected");
    proxy.narrow(40_000);
    await endsLawfully(cluster);
    assert.ok(longestWithoutFigures(cluster) > 5, "the line was not narrow");
    await proxy.close();
  }));

test("cluster: workers that come and go in mid-run leave the target as it is", () =>
  withCluster({ runTime: "14s", workers: 1 }, async (cluster) => {
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    const guest = cluster.addWorker();
    await cluster.master.waitFor("2 workers connected");
    await loadIsBack(rateOf(cluster), before);
    guest.child.kill("SIGTERM");
    await guest.ended;
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: [[guest, "left"]] });
  }));
