// A master and two workers on "machines" of their own: network namespaces with cables that are pulled, slow, lossy. The system under
// test stands beside each worker, so that only the link between master and worker suffers.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { countReported, sleep } from "../support/cluster.ts";
import { type Aftermath, type Ending, endsLawfully, loadIsBack } from "../support/fault_laws.ts";
import { type Badness, Namespaces, type RemoteSystem, requireNamespaces } from "../support/namespaces.ts";
import { findTool, requireTool } from "../support/requirements.ts";
import { type CliProcess, startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

const LOCUSTFILE = `
import { constant, FastHttpUser, task } from "locust-ts";

export class Reader extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/read"); }
}
`;
const SYSTEM_PORT = 8000;
const skip = requireNamespaces();
const isLong = process.env["LOCUST_TS_LONG_TESTS"] === "1";

interface Lab {
  readonly hosts: Namespaces;
  readonly master: CliProcess;
  readonly workers: readonly CliProcess[];
  /** Requests per second that each worker's system sees over the next `ms`. */
  rates(ms: number): Promise<readonly [number, number]>;
  /** Requests that all systems have seen. */
  total(): Promise<number>;
  /** All that holds after every fault. */
  endsLawfully(aftermath?: Aftermath): Promise<Ending>;
}

interface LabOptions {
  readonly runTime: string;
  readonly badness?: Badness;
  /** The first worker gets no packet of full size. */
  readonly losesLarge?: boolean;
  /** Put before each worker's command. */
  readonly wrap?: readonly (readonly string[])[];
  readonly masterArgs?: readonly string[];
  readonly workerArgs?: readonly string[];
}

async function withLab(options: LabOptions, scenario: (lab: Lab) => Promise<void>): Promise<void> {
  using hosts = new Namespaces();
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const started: CliProcess[] = [];
  const start = (host: string, wrap: readonly string[], args: readonly string[]) => {
    const cli = startCli(args, {
      cwd: folder,
      env: { XDG_DATA_HOME: folder, FAKETIME_DONT_FAKE_MONOTONIC: "1" },
      timeoutMs: 240_000,
      before: [...hosts.into(host), ...wrap],
    });
    started.push(cli);
    return cli;
  };
  try {
    hosts.addHost("master");
    const systems: RemoteSystem[] = [];
    for (const net of [1, 2]) {
      hosts.addHost(`worker${net}`);
      if (options.badness === undefined) hosts.connect("master", `worker${net}`, net);
      else await hosts.connectBadly("master", `worker${net}`, net, options.badness);
      if (options.losesLarge === true && net === 1) hosts.loseLargePackets("master", "worker1", 1);
      systems.push(await hosts.startSystem(`worker${net}`, SYSTEM_PORT));
    }
    const master = start("master", [], [
      ...["-f", "locustfile.ts", "--master", "--headless", "--json", "--expect-workers", "2"],
      ...["-H", `http://127.0.0.1:${SYSTEM_PORT}`, "-u", "20", "-r", "20", "-t", options.runTime],
      ...["--journal", "run.ndjson", ...options.masterArgs ?? []],
    ]);
    const workers = [1, 2].map((net) =>
      start(`worker${net}`, options.wrap?.[net - 1] ?? [], [
        ...["--worker", "--master-host", `10.77.${net}.1`, "--processes", "1", ...options.workerArgs ?? []],
      ])
    );
    const totals = () => Promise.all(systems.map((system) => system.total()));
    const totalNow = async () => sum(await totals() as [number, number]);
    await scenario({
      hosts,
      master,
      workers,
      async rates(ms) {
        const [before, startedMs] = [await totals(), performance.now()];
        await sleep(ms);
        const after = await totals();
        const seconds = (performance.now() - startedMs) / 1000; // a busy machine sleeps longer
        return [0, 1].map((i) => (after[i]! - before[i]!) / seconds) as [number, number];
      },
      total: totalNow,
      async endsLawfully(aftermath) {
        await master.ended;
        const total = await totalNow();
        const cluster = {
          system: { total: () => total },
          journal: join(folder, "run.ndjson"),
          usersByClass: { Reader: 20 },
        };
        return await endsLawfully({ ...cluster, master, workers }, aftermath);
      },
    });
  } catch (error) {
    for (const cli of started) console.log(cli.stderr());
    throw error;
  } finally {
    for (const cli of started) cli.child.kill("SIGKILL");
    await Promise.all(started.map((cli) => cli.ended));
    rmSync(folder, { recursive: true, force: true });
  }
}

function sum([first, second]: readonly [number, number]): number {
  return first + second;
}

test(
  "namespaces: the four commands of a distributed day, with a token and files: every request is counted, everybody ends with 0",
  { skip },
  () =>
    withLab({
      runTime: "5s",
      masterArgs: ["--csv", "day", "--master-token", "s3cret"],
      workerArgs: ["--master-token", "s3cret"],
    }, async ({ master, workers, endsLawfully }) => {
      const { stderr } = await endsLawfully();
      assert.equal((await master.ended).code, 0, stderr);
      for (const worker of workers) assert.equal((await worker.ended).code, 0, worker.stderr());
    }),
);

const CUTS = isLong ? [[3, "troubled"], [20, "away"], [90, "away"]] as const : [[3, "troubled"], [20, "away"]] as const;

for (const [seconds, fate] of CUTS) {
  test(`namespaces: a cable that is pulled for ${seconds} s costs no request and the load is back within 8 s`, {
    skip,
  }, () =>
    withLab({ runTime: `${seconds + 18}s` }, async ({ hosts, master, workers, rates, endsLawfully }) => {
      const rate = async (ms: number) => sum(await rates(ms));
      await master.waitFor("All users spawned");
      const before = await rate(2000);
      hosts.setLink("master", "eth1", "down");
      const cutAtMs = performance.now();
      if (seconds > 10) {
        await loadIsBack(async (ms) => (await rates(ms))[1], before);
        assert.match(master.stderr(), /counts as missing/);
      }
      await sleep(seconds * 1000 - (performance.now() - cutAtMs));
      hosts.setLink("master", "eth1", "up");
      await sleep(2000); // the cut worker and the others run its users until it is heard
      await loadIsBack(rate, before);
      await endsLawfully({ fates: [[workers[0]!, fate]] });
    }));
}

test("namespaces: 200 ms, 2 % loss and reordering make no worker missing and cost no request", {
  skip: skip || requireTool("python3"),
}, () =>
  withLab({ runTime: "15s", badness: { delayMs: 200, loss: 0.02, reorder: 0.1 } }, async ({ endsLawfully }) => {
    await endsLawfully();
  }));

test("namespaces: a network that loses large packets keeps a worker from joining, and both sides say what they see", {
  skip: skip || requireTool("python3"),
}, () =>
  withLab({ runTime: "14s", losesLarge: true, masterArgs: ["--expect-workers", "1"] }, async (lab) => {
    const [cut, other] = lab.workers as [CliProcess, CliProcess];
    const result = await lab.master.ended;
    assert.equal(countReported(result), await lab.total());
    const id = /as worker (\S+)/.exec(cut.stderr())?.[1];
    const lines = result.stderr.split("\n").filter((line) => line.includes("before it was ready"));
    assert.equal(lines.length, 1, result.stderr);
    assert.match(
      lines[0] ?? "",
      new RegExp(`The link to worker ${id} from 10\\.77\\.1\\.2:\\d+ ended before it was ready`),
    );
    assert.match(
      cut.stderr(),
      /for 5 s while the locustfile was on its way \(.* a smaller MTU on the master's machine\); dialling again/,
    );
    assert.doesNotMatch(cut.stderr(), /users, /);
    assert.equal((await other.ended).code, 0, other.stderr());
  }));

test("namespaces: workers whose clocks are two hours apart change nothing", {
  skip: skip || requireTool("faketime"),
}, () => {
  const faketime = findTool("faketime") ?? "faketime";
  const wrap = [[faketime, "-f", "+3600s"], [faketime, "-f", "-3600s"]];
  return withLab({ runTime: "6s", wrap }, async ({ workers, endsLawfully }) => {
    const { stderr } = await endsLawfully();
    const hours = workers.map((worker) => worker.stderr().match(/ (\d\d):\d\d:\d\d,/)?.[1]);
    assert.notEqual(hours[0], hours[1], "the clocks were not apart");
    assert.doesNotMatch(stderr, /missing/);
  });
});
