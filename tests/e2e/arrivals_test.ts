/**
 * Arrival rates with the executable, held against the times at which a target received the requests: counts exactly, spacing as far as a
 * busy machine allows.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { sleep, withCluster } from "../support/cluster.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

/** A target that notes when each request came, and for which path. */
async function startTarget(latencyMs = 0) {
  const times: number[] = [];
  const paths: string[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    times.push(performance.now());
    paths.push(request.url ?? "");
    setTimeout(() => response.end("ok"), latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    times,
    paths,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function locustfile(url: string, statics = ""): string {
  return `
import { FastHttpUser, task } from "locust-ts";
export class Buyer extends FastHttpUser {
  ${statics}
  @task async buy() { await this.client.get("${url}/buy"); }
}
`;
}

/** Each arrival has a user of its own, whose index is the arrival's number: the path says it. */
function numberedLocustfile(url: string): string {
  return `
import { FastHttpUser, task } from "locust-ts";
export class Buyer extends FastHttpUser {
  static override freshUsers = true;
  @task async buy() {
    await this.client.get(\`${url}/\${this.index}\`, { name: "/buy" });
  }
}
`;
}

/** The numbers of the arrivals that the target has received. */
function numbersOf({ paths }: { readonly paths: readonly string[] }): number[] {
  return paths.map((path) => Number(path.slice(1)));
}

/** Numbers below `count` that are not there. */
function missingOf(numbers: readonly number[], count: number): number[] {
  const there = new Set(numbers);
  return Array.from({ length: count }, (_, number) => number).filter((number) => !there.has(number));
}

async function run(text: string, args: readonly string[]) {
  const folder = writeFiles({ "locustfile.ts": text });
  const child = startCli(["run", "locustfile.ts", "--summary-file", "out.json", ...args], {
    cwd: folder,
    timeoutMs: 60_000,
  });
  const { code, stdout, stderr } = await child.ended;
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as RunSummary;
  return { summary, stdout, stderr };
}

test("--rate: the target receives each arrival of the schedule once", async () => {
  await using target = await startTarget();
  const { summary, stdout } = await run(locustfile(target.url), ["--rate", "200/s", "-t", "4s"]);
  assert.deepEqual({ ...summary.arrivals, late: 0 }, {
    planned: 800,
    asked: 800,
    started: 800,
    dropped: 0,
    waiting: 0,
    late: 0,
  });
  assert.equal(target.times.length, 800);
  assert.equal(summary.total.requests, 800);
  assert.match(stdout, /^Dropped arrivals +0 +0\.00%$/m);
  assert.equal(summary.history.reduce((sum, { arrivals }) => sum + (arrivals?.started ?? 0), 0), 800);
});

test("arrivalRate: stages end the run, and what finds no user is dropped and counted", async () => {
  await using target = await startTarget(500);
  const statics = 'static override arrivalRate = "0s:20/s, 3s:20/s"; static override maxUsers = 2; ' +
    'static override whenLate = "drop" as const;';
  const { summary, stderr } = await run(locustfile(target.url, statics), ["--threshold", "dropped<90%"]);
  const { planned = 0, asked = 0, started = 0, dropped = 0, waiting = 0 } = summary.arrivals ?? {};
  assert.deepEqual([planned, asked, waiting], [60, 60, 0]);
  assert.equal(started + dropped, 60);
  assert.ok(started >= 4 && started <= 16, `2 users have time for about 12 of 60, not ${started}`);
  assert.equal(target.times.length, started);
  assert.ok(summary.verdict.doubts.some(({ kind }) => kind === "arrivals-below-asked"));
  assert.match(stderr, /Arrivals of "Buyer" find all users in use/);
  assert.equal(summary.thresholds[0]?.measured, dropped / asked * 100);
});

/** A cluster whose summary is in `out.json`. */
function withArrivals(
  locustfile: string,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  use: Parameters<typeof withCluster>[1],
): Promise<void> {
  return withCluster({
    rate: `${perSecond}/s`,
    runTime: `${seconds}s`,
    locustfile,
    usersByClass: {},
    masterArgs: ["--summary-file", "out.json"],
  }, use);
}

test("--rate over three workers stays even while one joins and one is killed", async () => {
  await using target = await startTarget();
  const [perSecond, seconds] = [150, 14];
  await withArrivals(locustfile(target.url), { perSecond, seconds }, async (cluster) => {
    const [first] = [cluster.addWorker(), cluster.addWorker()];
    await cluster.master.waitFor("Arrivals of Buyer");
    await sleep(2500);
    cluster.addWorker();
    await sleep(5500);
    const killedMs = performance.now();
    first.child.kill("SIGKILL");
    await cluster.master.waitFor(/The link to worker \S+ ended/);
    // Until a tenth of a second after the master knows of it, nobody starts what is the killed worker's. On a busy machine that is more than a moment.
    const unseen = (performance.now() - killedMs + 100) / 1000 * perSecond / 3;
    await cluster.master.ended;
    const summary = JSON.parse(readFileSync(join(cluster.folder, "out.json"), "utf8")) as RunSummary;
    const { planned = 0, asked = 0, started = 0, dropped = 0, waiting = 0 } = summary.arrivals ?? {};
    assert.equal(planned, perSecond * seconds);
    assert.equal(asked, started + dropped + waiting, "what is asked for is accounted for");
    const { times } = target;
    const few = planned * 0.005;
    assert.ok(times.length <= planned + few, `${times.length} of ${planned} came`);
    assert.ok(
      times.length >= planned - few - unseen - waiting,
      `${times.length} of ${planned} came, ${unseen} were nobody's, ${waiting} waited`,
    );
    // What is not accounted for, the killed worker had started and not delivered.
    const undelivered = times.length - started;
    assert.ok(planned - asked <= undelivered + few + unseen, `${planned - asked} lost, ${undelivered} came uncounted`);
    assert.ok(undelivered <= perSecond / 3 * 4, `${undelivered} were started and not delivered`);
    const begin = times[0] as number;
    for (let second = 0; second < seconds - 2; second++) {
      const count = times.filter((time) => time >= begin + second * 1000 && time < begin + second * 1000 + 2000).length;
      // What this machine held up starts late, at once.
      assert.ok(count > perSecond && count < perSecond * 4, `${count} in the two seconds from ${second} on`);
    }
    assert.equal(summary.workers.length, 3);
  });
});

test("--rate: each arrival is started once while a worker and the master stand still, one worker joins and one leaves", async () => {
  await using target = await startTarget();
  const [perSecond, seconds] = [60, 18];
  await withArrivals(numberedLocustfile(target.url), { perSecond, seconds }, async (cluster) => {
    const [first, second] = [cluster.addWorker(), cluster.addWorker()];
    await cluster.master.waitFor("Arrivals of Buyer");
    await sleep(1500);
    first.child.kill("SIGSTOP");
    cluster.addWorker();
    await sleep(3000);
    first.child.kill("SIGCONT");
    await sleep(2000);
    cluster.master.child.kill("SIGSTOP");
    await sleep(3000);
    cluster.master.child.kill("SIGCONT");
    await sleep(1500);
    second.child.kill("SIGTERM");
    await second.ended;
    await cluster.master.ended;
    const summary = JSON.parse(readFileSync(join(cluster.folder, "out.json"), "utf8")) as RunSummary;
    const { planned = 0, asked = 0, started = 0, dropped = 0, waiting = 0 } = summary.arrivals ?? {};
    const numbers = numbersOf(target);
    assert.equal(planned, perSecond * seconds);
    assert.deepEqual(missingOf(numbers, planned), []);
    assert.equal(numbers.length, planned, "none was started twice");
    assert.deepEqual([asked, started, dropped, waiting], [planned, planned, 0, 0]);
  });
});

test("--rate goes on with the schedule when its master was killed and is resumed, and tells what nobody started", async () => {
  await using target = await startTarget();
  const [perSecond, seconds] = [60, 20];
  await withArrivals(numberedLocustfile(target.url), { perSecond, seconds }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("Arrivals of Buyer");
    await sleep(4000);
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    await sleep(8000); // longer than the workers have leave: they start what was due until then, late
    cluster.master = cluster.startMaster(["--resume", cluster.journal, "--journal", cluster.journal]);
    const { stderr } = await cluster.master.ended; // on a machine without time to spare the verdict may be that it says little
    const summary = JSON.parse(readFileSync(join(cluster.folder, "out.json"), "utf8")) as RunSummary;
    const { planned = 0, asked = 0, started = 0, dropped = 0, waiting = 0 } = summary.arrivals ?? {};
    const numbers = numbersOf(target);
    assert.equal(planned, perSecond * seconds);
    assert.equal(asked, started + dropped + waiting);
    // Half a second's starts may be under way at the end, or change hands while a message is late; a second that is made again is more.
    const few = perSecond / 2;
    assert.ok(Math.abs(started - numbers.length) <= few, `${numbers.length} came, ${started} are counted`);
    const twice = numbers.length - new Set(numbers).size;
    assert.ok(twice <= few, `${twice} were started twice`);
    const missing = missingOf(numbers, planned);
    assert.ok(missing.length > perSecond, `the outage was longer than a second: ${missing.length} are missing`);
    assert.ok(
      Math.abs(missing.length - (planned - started)) <= few,
      `${missing.length} are missing, ${started} counted`,
    );
    assert.ok((missing[0] ?? 0) > perSecond, "the first ones were started");
    assert.match(stderr, new RegExp(`${planned - asked} were lost`));
  });
});

/** How many requests came in each second from the first one on. */
function bySecond(times: readonly number[], fromMs: number, seconds: number): number[] {
  return Array.from(
    { length: seconds },
    (_, i) => times.filter((time) => time >= fromMs + i * 1000 && time < fromMs + i * 1000 + 1000).length,
  );
}

test("targetRate: all users of a class keep one rate over three workers, while one joins and one is killed", async () => {
  await using target = await startTarget(20);
  const [perSecond, seconds] = [120, 14];
  await withCluster({
    users: 30,
    runTime: `${seconds}s`,
    locustfile: locustfile(target.url, `static override targetRate = "${perSecond}/s";`),
    usersByClass: { Buyer: 30 },
    masterArgs: ["--summary-file", "out.json"],
  }, async (cluster) => {
    const [first] = [cluster.addWorker(), cluster.addWorker()];
    await cluster.master.waitFor("All users spawned");
    const begin = target.times[0] ?? performance.now();
    await sleep(2500);
    cluster.addWorker();
    await sleep(5500);
    first.child.kill("SIGKILL");
    await cluster.master.ended;
    const counts = bySecond(target.times, begin, seconds - 1);
    const whole = counts.slice(2);
    // A second without a third of the users is what a killed worker may cost; the users alone would make 1500 a second.
    assert.ok(whole.every((count) => count <= perSecond * 1.15), `no second has more: ${counts.join(", ")}`);
    assert.ok(whole.filter((count) => count < perSecond * 0.9).length <= 3, `it holds: ${counts.join(", ")}`);
    const summary = JSON.parse(readFileSync(join(cluster.folder, "out.json"), "utf8")) as RunSummary;
    const [buyer] = summary.classArrivals ?? [];
    assert.equal(summary.arrivals, undefined, "there are users, and no arrivals");
    assert.deepEqual([buyer?.name, buyer?.kind, buyer?.waiting], ["Buyer", "target", 0]);
    assert.equal(buyer?.asked, (buyer?.started ?? 0) + (buyer?.dropped ?? 0));
  });
});

test("targetRate: users that are too few do what they can, and the verdict says so", async () => {
  await using target = await startTarget(200);
  const { summary, stdout } = await run(locustfile(target.url, 'static override targetRate = "100/s";'), [
    "-u",
    "4",
    "-r",
    "4",
    "-t",
    "5s",
  ]);
  const [buyer] = summary.classArrivals ?? [];
  assert.ok(
    target.times.length > 40 && target.times.length <= 104,
    `4 users make 20 a second, not ${target.times.length}`,
  );
  assert.equal(buyer?.started, target.times.length);
  assert.ok((buyer?.dropped ?? 0) > 100, `${buyer?.dropped} of what was asked for are missing`);
  const doubt = summary.verdict.doubts.find(({ kind }) => kind === "target-below-asked");
  assert.match(doubt?.sentence ?? "", /^The users of "Buyer" started \d+ tasks where their target rate asked for \d+/);
  assert.match(stdout, /^Buyer target rate/m);
});
