// Workers of a cluster that go all at once, come back all at once, or share their users by other rules, with real processes.
import assert from "node:assert/strict";
import { type Cluster, measureRate, sleep, withCluster } from "../support/cluster.ts";
import { endsLawfully, loadIsBack, usersOnWorkers } from "../support/fault_laws.ts";
import { startFaultProxy } from "../support/fault_proxy.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

const rateOf = ({ system }: Cluster) => (ms: number) => measureRate(system, ms);

test("cluster: kill -9 of all workers at once, and new ones take up the target", () =>
  withCluster({ runTime: "18s" }, async (cluster) => {
    const first = [cluster.addWorker(), cluster.addWorker()];
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    for (const worker of first) worker.child.kill("SIGKILL");
    await sleep(3000);
    assert.equal(await measureRate(cluster.system, 1000), 0);
    cluster.addWorker();
    cluster.addWorker();
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: first.map((worker) => [worker, "killed"]) });
  }));

test("cluster: kill -9 of all workers for good: the run waits for others to its end, and is invalid", () =>
  withCluster({ runTime: "8s" }, async (cluster) => {
    const workers = [cluster.addWorker(), cluster.addWorker()];
    await cluster.master.waitFor("All users spawned");
    await sleep(1500);
    for (const worker of workers) worker.child.kill("SIGKILL");
    const { stderr } = await endsLawfully(cluster, {
      fates: workers.map((worker) => [worker, "killed"]),
      quietUsers: {},
      doubts: [/^All 2 workers were gone at the end/],
      code: 4,
    });
    assert.match(stderr, /--run-time limit reached/);
    assert.match(stderr, /^Verdict: invalid/m);
  }));

test("cluster: all links cut for 8 s and back: the same workers go on, nothing is lost", () =>
  withCluster({ runTime: "22s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    const workers = [cluster.addWorker({ through: proxy.port }), cluster.addWorker({ through: proxy.port })];
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    proxy.cut();
    await sleep(6000);
    await loadIsBack(rateOf(cluster), before); // they keep their users meanwhile
    proxy.heal();
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: workers.map((worker) => [worker, "away"]) });
    await proxy.close();
  }));

test("cluster: SIGTERM on a worker in the middle of slow requests: it finishes and counts them", () =>
  withCluster({
    runTime: "12s",
    usersByClass: { Slow: 20 },
    locustfile: `
import { constant, FastHttpUser, task } from "locust-ts";
export class Slow extends FastHttpUser {
  override waitTime = constant(0);
  @task async read() { await this.client.get("/read?ms=2000", { name: "/read" }); }
}
`,
  }, async (cluster) => {
    cluster.addWorker();
    const leaver = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    await sleep(2500);
    leaver.child.kill("SIGTERM");
    assert.equal((await leaver.ended).code, 0, leaver.stderr());
    const { stderr } = await endsLawfully(cluster, { fates: [[leaver, "left"]] });
    assert.doesNotMatch(stderr, /still without an answer/);
  }));

test("cluster: with --no-rebalancing a newcomer gets no users, and a lost worker's users go to it all the same", () =>
  withCluster({ runTime: "16s", workers: 1, masterArgs: ["--no-rebalancing"] }, async (cluster) => {
    const first = cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    const second = cluster.addWorker();
    await cluster.master.waitFor("2 workers connected");
    await sleep(2500);
    assert.deepEqual(usersOnWorkers(cluster), [20, 0]);
    first.child.kill("SIGTERM");
    await first.ended;
    await loadIsBack(rateOf(cluster), before);
    await endsLawfully(cluster, { fates: [[first, "left"]] });
    assert.equal((await second.ended).code, 0, second.stderr());
  }));

test("cluster: --processes 2 on a worker is two threads, and twice the share of users", () =>
  withCluster({ runTime: "6s", users: 12 }, async (cluster) => {
    cluster.addWorker();
    const wide = cluster.addWorker({ args: ["--processes", "2"] });
    const { stderr } = await endsLawfully(cluster);
    const id = /as worker (\S+)/.exec(wide.stderr())![1]!;
    const rows = [...stderr.matchAll(/^(\S+) +ready +(\d+) +0 +(\d+) /gm)];
    assert.deepEqual(rows.map(([, name, threads]) => [name === id, threads]).sort(), [[false, "1"], [true, "2"]]);
    const [mine, others] = [true, false].map((is) => Number(rows.find(([, name]) => (name === id) === is)![3]));
    assert.ok(Math.abs(mine! / others! - 2) < 0.3, `${mine} requests of two threads, ${others} of one`);
  }));

test("cluster: deltas with thousands of names and long failures are counted whole", () =>
  withCluster({
    runTime: "8s",
    users: 8,
    usersByClass: { Wide: 8 },
    locustfile: `
import { constant, FastHttpUser, task } from "locust-ts";
let next = 0;
export class Wide extends FastHttpUser {
  override waitTime = constant(0.005);
  @task async read() {
    next = (next + 1) % 1900;
    await using response = await this.client.get("/read", { name: \`/read/\${next}/\${"n".repeat(1000)}\`, catchResponse: true });
    if (next < 300) response.failure("f".repeat(3000) + next);
  }
}
`,
  }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await endsLawfully(cluster, { code: 1, doubts: [] });
    assert.ok(cluster.system.total() > 2000);
  }));
