/** Numbers of iterations with the executable, held against what a target counted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { sleep, withCluster } from "../support/cluster.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

/** A target that counts requests by path. */
async function startTarget(latencyMs = 0) {
  const paths: string[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    paths.push(request.url ?? "");
    setTimeout(() => response.end("ok"), latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    paths,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function locustfile(url: string): string {
  return `
import { FastHttpUser, task } from "locust-ts";
export class Buyer extends FastHttpUser {
  static override host = "${url}";
  @task async buy() { await this.client.get("${url}/buy"); }
}
export class Reader extends FastHttpUser {
  static override host = "${url}";
  static override iteration = "sequence" as const;
  @task async open() { await this.client.get("${url}/open"); }
  @task async read() { await this.client.get("${url}/read"); }
}
`;
}

async function run(text: string, args: readonly string[], code = 0) {
  const folder = writeFiles({ "locustfile.ts": text });
  const child = startCli(["run", "locustfile.ts", "--summary-file", "out.json", ...args], {
    cwd: folder,
    timeoutMs: 60_000,
  });
  const result = await child.ended;
  // A machine so busy that the run is invalid makes the code 4, and the counts must be the same.
  assert.ok(result.code === code || (code === 0 && result.code === 4), result.stderr);
  const summary = code === 2 ? undefined : JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as RunSummary;
  return { ...result, summary, folder };
}

/** What the verdict says of users; of the speed of a busy machine it may say anything. */
function userDoubts(summary: RunSummary | undefined): readonly string[] {
  return summary?.verdict.doubts.map(({ kind }) => kind).filter((kind) => kind.startsWith("users")) ?? ["no summary"];
}

const count = (paths: readonly string[], wanted: string) => paths.filter((path) => path === wanted).length;

test("--iterations-per-user: the target receives those of each user, and the run ends by itself", async () => {
  await using target = await startTarget(5);
  const { summary, stdout, folder } = await run(locustfile(target.url), [
    ...["-u", "6", "-r", "100", "--iterations-per-user", "4", "--processes", "2", "--journal", "run.ndjson"],
  ]);
  assert.deepEqual(["/buy", "/open", "/read"].map((path) => count(target.paths, path)), [12, 12, 12]);
  assert.deepEqual(summary?.iterations, [
    { name: "", kind: "perUser", asked: 24, unknown: 0, started: 24, ended: 24, interrupted: 0 },
  ]);
  assert.deepEqual(summary?.run.stopReason, { kind: "iterations", count: 4, of: "eachUser" });
  assert.deepEqual(userDoubts(summary), []);
  assert.match(stdout, /--iterations-per-user of 4 reached/);
  assert.match(stdout, /24 iterations asked for: 24 ended/);
  // The journal tells the same.
  const report = await startCli(["report", "run.ndjson", "--summary-file", "again.json"], { cwd: folder }).ended;
  assert.equal(report.code, 0, report.stderr);
  const again = JSON.parse(readFileSync(join(folder, "again.json"), "utf8")) as RunSummary;
  assert.deepEqual(again.iterations, summary?.iterations);
});

test("--iterations-per-user: a run time that is over first interrupts what is under way", async () => {
  await using target = await startTarget(100);
  const { summary } = await run(locustfile(target.url), [
    ...["-u", "2", "-r", "100", "--iterations-per-user", "1000", "-t", "1s"],
  ]);
  const [counts] = summary?.iterations ?? [];
  assert.equal(summary?.run.stopReason.kind, "runTime");
  assert.equal(counts?.asked, 2000);
  assert.equal(counts?.started, (counts?.ended ?? 0) + (counts?.interrupted ?? 0));
});

test("a number of iterations is refused where it is not clear whose they are", async () => {
  const text = locustfile("http://127.0.0.1:9").replace(
    "@task async buy",
    'static override arrivalRate = "5/s";\n  @task async buy',
  );
  const byRate = await run(text, ["--rate", "5/s", "--iterations-per-user", "4"], 2);
  assert.match(byRate.stderr, /Cannot use --iterations-per-user with --rate: each arrival is one iteration/);
  const byClass = await run(text, ["--iterations-per-user", "4"], 2);
  assert.match(byClass.stderr, /Cannot use --iterations-per-user: Buyer has an arrivalRate/);
  const mixed = await run(text, ["--iterations", "4"], 2);
  assert.match(mixed.stderr, /Cannot use --iterations: Buyer has an arrivalRate and is not the only class/);
});

test("--iterations with --rate: so many arrivals, then the end, over threads and whole sequences", async () => {
  await using target = await startTarget(5);
  const { summary } = await run(locustfile(target.url), [
    ...["--rate", "200/s", "--iterations", "101", "--processes", "2"],
  ]);
  const buys = count(target.paths, "/buy");
  assert.equal(buys + count(target.paths, "/open"), 101);
  assert.equal(count(target.paths, "/open"), count(target.paths, "/read"));
  assert.deepEqual(summary?.iterations, [
    { name: "", kind: "shared", asked: 101, unknown: 0, started: 101, ended: 101, interrupted: 0 },
  ]);
  assert.deepEqual({ ...summary?.arrivals, late: 0 }, {
    planned: 101,
    asked: 101,
    started: 101,
    dropped: 0,
    waiting: 0,
    late: 0,
  });
  assert.equal(summary?.run.stopReason.kind, "iterations");
});

test("--iterations: so many over all users, threads and processes, exactly, also where requests fail", async () => {
  await using target = await startTarget(2);
  for (
    const [total, args] of [
      [1, ["-u", "20", "-r", "1000"]],
      [997, ["-u", "20", "-r", "1000", "--processes", "2"]],
      [2000, ["-u", "7", "-r", "1000", "--workers", "2"]],
    ] as const
  ) {
    target.paths.length = 0;
    const { summary } = await run(locustfile(target.url), ["Buyer", "--iterations", `${total}`, ...args]);
    assert.equal(target.paths.length, total);
    assert.equal(summary?.total.requests, total);
    assert.deepEqual(summary?.iterations, [
      { name: "", kind: "shared", asked: total, unknown: 0, started: total, ended: total, interrupted: 0 },
    ]);
    assert.deepEqual(summary?.run.stopReason, { kind: "iterations", count: total, of: "all" });
    assert.deepEqual(userDoubts(summary), []);
  }
});

test("--iterations ends with the last one, though its users have a long wait time, and a ramp that is still on", async () => {
  await using target = await startTarget();
  const text = locustfile(target.url).replace("@task async buy", "override waitTime = () => 30;\n  @task async buy");
  const { summary } = await run(text, ["Buyer", "-u", "100", "-r", "10", "--iterations", "5"]);
  assert.equal(target.paths.length, 5);
  // The ramp takes 10 s, and the wait of a user 30.
  assert.ok((summary?.run.durationSeconds ?? 99) < 9, `${summary?.run.durationSeconds} s`);
  assert.deepEqual(userDoubts(summary), []);
});

test("--iterations: what a killed worker may have started is unknown, and is not started again", async () => {
  await using target = await startTarget(20);
  const total = 900;
  await withCluster({
    users: 30,
    workers: 3,
    runTime: "60s",
    locustfile: locustfile(target.url), // its requests go to the target, whatever -H says
    usersByClass: { Buyer: 15, Reader: 15 },
    masterArgs: ["--iterations", `${total}`, "--summary-file", "out.json"],
  }, async (cluster) => {
    const [first] = [cluster.addWorker(), cluster.addWorker(), cluster.addWorker()];
    while (target.paths.length < total / 3) await sleep(20);
    first.child.kill("SIGKILL");
    await cluster.master.ended;
    const summary = JSON.parse(readFileSync(join(cluster.folder, "out.json"), "utf8")) as RunSummary;
    const [counts] = summary.iterations ?? [];
    assert.ok(counts !== undefined);
    assert.equal(summary.run.stopReason.kind, "iterations");
    // Each was started by one user at most; a Reader's has two requests.
    const buys = count(target.paths, "/buy");
    const opens = count(target.paths, "/open");
    assert.ok(buys + opens <= total, `${buys + opens} of ${total}`);
    assert.equal(counts.started + counts.unknown, total);
    assert.ok(
      counts.started <= buys + opens && buys + opens <= counts.started + counts.unknown,
      JSON.stringify(counts),
    );
    assert.ok(counts.unknown > 0 && counts.unknown < total / 3, JSON.stringify(counts));
  });
});
