// A master and two workers on "machines" of their own: network namespaces with cables that are pulled, slow, lossy. The system under
// test stands beside each worker, so that only the link between master and worker suffers.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import process from "node:process";
import { countReported, sleep } from "../support/cluster.ts";
import { type Badness, Namespaces, type RemoteSystem, requireNamespaces } from "../support/namespaces.ts";
import { findTool, requireTool } from "../support/requirements.ts";
import { type CliProcess, startCli, writeFiles } from "../support/run_cli.ts";

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
  endsExactly(): Promise<string>;
}

interface LabOptions {
  readonly runTime: string;
  readonly badness?: Badness;
  /** Put before each worker's command. */
  readonly wrap?: readonly (readonly string[])[];
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
      systems.push(await hosts.startSystem(`worker${net}`, SYSTEM_PORT));
    }
    const master = start("master", [], [
      ...["-f", "locustfile.ts", "--master", "--headless", "--json", "--expect-workers", "2"],
      ...["-H", `http://127.0.0.1:${SYSTEM_PORT}`, "-u", "20", "-r", "20", "-t", options.runTime],
    ]);
    const workers = [1, 2].map((net) =>
      start(`worker${net}`, options.wrap?.[net - 1] ?? [], [
        ...["--worker", "--master-host", `10.77.${net}.1`, "--processes", "1"],
      ])
    );
    const totals = () => Promise.all(systems.map((system) => system.total()));
    await scenario({
      hosts,
      master,
      workers,
      async rates(ms) {
        const before = await totals();
        await sleep(ms);
        const after = await totals();
        return [0, 1].map((i) => (after[i]! - before[i]!) / (ms / 1000)) as [number, number];
      },
      async endsExactly() {
        const result = await master.ended;
        const [first, second] = await totals();
        assert.equal(countReported(result), first! + second!);
        return result.stderr;
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
  "namespaces: a distributed run counts exactly what the systems saw, and everybody ends with 0",
  { skip },
  () =>
    withLab({ runTime: "5s" }, async ({ master, workers, endsExactly }) => {
      const log = await endsExactly();
      assert.equal((await master.ended).code, 0, log);
      for (const worker of workers) assert.equal((await worker.ended).code, 0, worker.stderr());
    }),
);

for (const seconds of isLong ? [3, 20, 90] : [3, 20]) {
  test(`namespaces: a cable that is pulled for ${seconds} s costs no request and the load is back within 8 s`, {
    skip,
  }, () =>
    withLab({ runTime: `${seconds + 18}s` }, async ({ hosts, master, rates, endsExactly }) => {
      await master.waitFor("All users spawned");
      const before = sum(await rates(2000));
      hosts.setLink("master", "eth1", "down");
      const cutAtMs = performance.now();
      if (seconds > 10) {
        await sleep(8000);
        const [, others] = await rates(2000);
        assert.ok(others > 0.9 * before, `the other worker made ${others}/s of ${before}/s`);
        assert.match(master.stderr(), /counts as missing/);
      }
      await sleep(seconds * 1000 - (performance.now() - cutAtMs));
      hosts.setLink("master", "eth1", "up");
      await sleep(8000);
      const after = sum(await rates(2000));
      assert.ok(after > 0.9 * before && after < 1.1 * before, `${before}/s before, ${after}/s after`);
      const log = await endsExactly();
      if (seconds > 10) assert.match(log, /is back after \d+ s[^]*was away for/);
    }));
}

test("namespaces: 200 ms, 2 % loss and reordering make no worker missing and cost no request", {
  skip: skip || requireTool("python3"),
}, () =>
  withLab({ runTime: "15s", badness: { delayMs: 200, loss: 0.02, reorder: 0.1 } }, async ({ endsExactly }) => {
    assert.doesNotMatch(await endsExactly(), /missing/);
  }));

test("namespaces: workers whose clocks are two hours apart change nothing", {
  skip: skip || requireTool("faketime"),
}, () => {
  const faketime = findTool("faketime") ?? "faketime";
  const wrap = [[faketime, "-f", "+3600s"], [faketime, "-f", "-3600s"]];
  return withLab({ runTime: "6s", wrap }, async ({ master, workers, endsExactly }) => {
    const log = await endsExactly();
    assert.equal((await master.ended).code, 0, log);
    const hours = workers.map((worker) => worker.stderr().match(/ (\d\d):\d\d:\d\d,/)?.[1]);
    assert.notEqual(hours[0], hours[1], "the clocks were not apart");
    assert.doesNotMatch(log, /missing|was late/);
  });
});
