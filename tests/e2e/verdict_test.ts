// The doubts of the verdict about a generator in trouble, each with a trouble that is real: a throttled control group, a low limit of open
// files, a network namespace with few ports, a stopped process … Every run is one of the executable, its verdict is read from its summary.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { startDemo } from "../support/demo.ts";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { openCpuCgroup, openMemoryCgroup, requireCgroup } from "../support/cgroups.ts";
import { sleep } from "../support/cluster.ts";
import { openHttpSystem, type Page } from "../support/http_system.ts";
import { Namespaces, requireNamespaces } from "../support/namespaces.ts";
import { type CliProcess, startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(2);

const BUN = fileURLToPath(new URL("../../node_modules/bun/bin/bun.exe", import.meta.url));
const SLOW_DNS = fileURLToPath(new URL("../support/slow_dns.ts", import.meta.url));
const IMPORTS = 'import { constant, constantThroughput, FastHttpUser, task } from "locust-ts";\n';

/** What a machine that others use as well makes of any run. */
const BUSY = ["loop-late", "code-blocks", "starts-late", "gc-pauses", "cpu-full", "master-late"];

type Doubts = RunSummary["verdict"]["doubts"];

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly summary: RunSummary;
  /** The doubts of a kind. */
  doubts(kind: string): Doubts;
}

interface Surroundings {
  readonly before?: readonly string[];
  readonly env?: Record<string, string>;
  readonly meanwhile?: (run: CliProcess) => Promise<void>;
}

async function run(body: string, args: readonly string[], { before, env, meanwhile }: Surroundings = {}): Promise<Ran> {
  const folder = writeFiles({ "locustfile.ts": IMPORTS + body });
  const all = ["run", "locustfile.ts", "--processes", "1", "--summary-file", "summary.json", ...args];
  const cli = startCli(all, {
    cwd: folder,
    env: { XDG_CACHE_HOME: folder, XDG_DATA_HOME: folder, ...env },
    ...(before === undefined ? {} : { before }),
  });
  try {
    await meanwhile?.(cli);
    const { code, stdout, stderr } = await cli.ended;
    let text: string;
    try {
      text = readFileSync(join(folder, "summary.json"), "utf8");
    } catch {
      throw new Error(`no summary, exit code ${code}:\n${stderr}`);
    }
    const summary = JSON.parse(text) as RunSummary;
    return {
      code,
      stdout,
      stderr,
      summary,
      doubts: (kind) => summary.verdict.doubts.filter((each) => each.kind === kind),
    };
  } finally {
    cli.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exactly one doubt of the kind, whose sentence has that form, in summary and terminal. */
function assertDoubt(ran: Ran, kind: string, sentence: RegExp): void {
  const found = ran.doubts(kind);
  assert.equal(found.length, 1, `no doubt of ${kind}: ${JSON.stringify(ran.summary.verdict, null, 1)}`);
  assert.match(found[0]?.sentence ?? "", sentence);
  assert.ok(ran.stdout.includes(found[0]?.sentence ?? "-"), `the terminal does not say it: ${ran.stdout}`);
}

const READER = `
export class Reader extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/items"); }
}
`;
/** Users that never wait: as much load as goes. */
const HAMMER = READER.replace("constant(0.1)", "constant(0)");
const after = (ms: number): Page => (_request, response) => void setTimeout(() => response.end("ok"), ms);

test("a short run against the demo shop has nothing to doubt", async () => {
  await using demo = await startDemo();
  const ran = await run(READER, ["-H", demo.url, "-u", "20", "-r", "10", "-t", "6s"]);
  const own = ran.summary.verdict.doubts.filter(({ kind }) => !BUSY.includes(kind));
  assert.deepEqual(own, []);
});

test("a CPU quota that is used up is a doubt, with the time it cost", { skip: requireCgroup("cpu") }, async () => {
  await using demo = await startDemo();
  using group = openCpuCgroup(0.15);
  const ran = await run(HAMMER, ["-H", demo.url, "-u", "20", "-r", "100", "-t", "6s"], { before: group.before });
  assertDoubt(
    ran,
    "cpu-throttled",
    /^The CPU quota of local's control group was used up in \d+ of \d+ seconds \(up to \d+ ms lost/,
  );
});

test("memory near the limit of the control group is a doubt", { skip: requireCgroup("memory") }, async () => {
  await using demo = await startDemo();
  using group = openMemoryCgroup(500 * 2 ** 20);
  const eater = `
import { readFileSync } from "node:fs";
const kept: Uint8Array[] = [];
const used = () => Number(readFileSync(process.env.USAGE_FILE ?? "", "utf8"));
const LIMIT = ${500 * 2 ** 20};
export class Eater extends FastHttpUser {
  override waitTime = constant(0.05);
  @task async eat() {
    for (let i = 0; i < 10 && used() < LIMIT * 0.95; i++) kept.push(new Uint8Array(2 ** 20).fill(1 + kept.length % 250));
    await this.client.get("/items");
  }
}
`;
  const ran = await run(eater, ["-H", demo.url, "-u", "4", "-r", "10", "-t", "6s"], {
    before: group.before,
    env: { USAGE_FILE: group.usageFile },
  });
  assertDoubt(ran, "memory-near-limit", /^local used 9\d % of the memory limit of its control group \(500 MB\)$/);
});

test("connections without a file descriptor are failures of the generator, and a doubt", async () => {
  await using system = await openHttpSystem({ "/items": after(300) });
  const ran = await run(READER, ["-H", system.url, "-u", "150", "-r", "1000", "-t", "4s"], {
    before: ["sh", "-c", 'ulimit -Sn 120 && ulimit -Hn 120 && exec "$0" "$@"'],
  });
  assert.ok(!ran.stderr.includes("SystemError"), ran.stderr);
  assertDoubt(
    ran,
    "files-exhausted",
    /^[\d,]+ requests failed on the load generator: this process or machine had no file descriptor/,
  );
  assert.ok(ran.summary.failures.some(({ text }) => text === "TooManyOpenFiles (on the load generator)"));
});

test(
  "connections without a local port are failures of the generator, and a doubt",
  { skip: requireNamespaces() },
  async () => {
    using hosts = new Namespaces();
    const before = hosts.addHost("few");
    execFileSync(before[0]!, [
      ...before.slice(1),
      "sh",
      "-c",
      "echo 40000 40019 > /proc/sys/net/ipv4/ip_local_port_range",
    ]);
    await hosts.startSystem("few", 8000);
    const ran = await run(READER, ["-H", "http://127.0.0.1:8000", "-u", "40", "-r", "1000", "-t", "4s"], { before });
    assertDoubt(
      ran,
      "ports-exhausted",
      /^[\d,]+ requests failed on the load generator: this machine had no local port or address/,
    );
    assert.ok(ran.summary.failures.some(({ text }) => text === "LocalAddressUnavailable (on the load generator)"));
  },
);

test("local ports that are nearly used up are a doubt before one fails", { skip: requireNamespaces() }, async () => {
  using hosts = new Namespaces();
  const before = hosts.addHost("some");
  execFileSync(before[0]!, [
    ...before.slice(1),
    "sh",
    "-c",
    "echo 40000 40019 > /proc/sys/net/ipv4/ip_local_port_range",
  ]);
  await hosts.startSystem("some", 8000);
  const ran = await run(READER, ["-H", "http://127.0.0.1:8000", "-u", "19", "-r", "1000", "-t", "4s"], { before });
  assertDoubt(ran, "ports-exhausted", /^local's machine had (19|20) of its 20 local ports in use towards one target$/);
  assert.equal(ran.summary.total.failures, 0);
});

test("slow look-ups of the host are a doubt", { skip: requireNamespaces() }, async () => {
  using hosts = new Namespaces();
  const before = hosts.addHost("dns");
  const etc = `/etc/netns/${before.at(-1)}`;
  mkdirSync(etc, { recursive: true });
  try {
    writeFileSync(`${etc}/resolv.conf`, "nameserver 127.0.0.1\n");
    writeFileSync(`${etc}/nsswitch.conf`, "hosts: dns\n");
    const dns = hosts.start("dns", [BUN, SLOW_DNS, "53", "300"]);
    await new Promise<void>((resolve) => dns.stdout!.once("data", () => resolve()));
    await hosts.startSystem("dns", 8000);
    const ran = await run(READER, ["-H", "http://shop.example:8000", "-u", "10", "-r", "100", "-t", "4s"], { before });
    assertDoubt(
      ran,
      "lookups-slow",
      /^[\d,]+ requests of local waited more than 100 ms for the address of their host \(up to (?:[3-9]\d\d|\d,?\d{3}) ms\)/,
    );
    assert.ok(ran.summary.total.requests > 50 && ran.summary.total.failures === 0);
  } finally {
    rmSync(etc, { recursive: true, force: true });
  }
});

test("a process that was stopped for a while is a doubt", async () => {
  await using demo = await startDemo();
  const ran = await run(READER, ["-H", demo.url, "-u", "5", "-r", "10", "-t", "6s"], {
    async meanwhile(cli) {
      await sleep(2500);
      process.kill(cli.child.pid!, "SIGSTOP");
      await sleep(1500);
      process.kill(cli.child.pid!, "SIGCONT");
    },
  });
  assertDoubt(
    ran,
    "loop-late",
    /^The event loop of local was late in \d of \d seconds \(p99 up to (?:1[3-9]|[2-9]\d)\d\d ms\)/,
  );
});

test("requests that wait for a connection of their own user are a doubt", async () => {
  await using system = await openHttpSystem({ "/items": after(20) });
  const narrow = `
export class Narrow extends FastHttpUser {
  static override concurrency = 1;
  override waitTime = constant(0.05);
  @task async read() { await Promise.all([1, 2, 3].map(() => this.client.get("/items"))); }
}
`;
  const args = ["-H", system.url, "-u", "4", "-r", "10", "-t", "3s"];
  assertDoubt(
    await run(narrow, args),
    "concurrency-limit",
    /^[\d,]+ requests of local waited for a free connection \(up to [\d,]+ ms\)/,
  );
  const wide = await run(narrow.replace("concurrency = 1", "concurrency = 3"), args);
  assert.deepEqual(wide.doubts("concurrency-limit"), []);
});

test("paced users that cannot keep their pace are a doubt", async () => {
  await using system = await openHttpSystem({ "/items": after(100) });
  const args = ["-H", system.url, "-u", "4", "-r", "10", "-t", "4s"];
  const paced = (perSecond: number) => READER.replace("constant(0.1)", `constantThroughput(${perSecond})`);
  assertDoubt(
    await run(paced(20), args),
    "rate-below-asked",
    /^Paced users started \d+ tasks where their pace asked for \d+ \([1-5]\d %\)/,
  );
  assert.deepEqual((await run(paced(5), args)).doubts("rate-below-asked"), []);
});

test("a locustfile that keeps the collector busy is a doubt", async () => {
  await using demo = await startDemo();
  // How often the runtime collects by itself, and how much, depends on the machine's speed: here it marks many objects, when it is told to.
  const litter = `
const kept: unknown[] = [];
let dueMs = 0;
export class Litter extends FastHttpUser {
  override waitTime = constant(0.01);
  @task async fill() {
    await this.client.get("/health");
    if (kept.length < 2_000_000) for (let i = 0; i < 40_000; i++) kept.push({ list: [i], text: "x" + i });
    else if (performance.now() > dueMs) {
      Bun.gc(true);
      dueMs = performance.now() + 300;
    }
  }
}
declare const Bun: { gc(force: boolean): void };
`;
  const ran = await run(litter, ["-H", demo.url, "-u", "3", "-r", "10", "-t", "8s"]);
  assertDoubt(
    ran,
    "gc-pauses",
    /^Garbage collection held up the event loop of local in \d+ of \d+ seconds \(for up to \d+ ms of a pause\)/,
  );
});

test("a task that computes for long is a doubt that names it", async () => {
  await using demo = await startDemo();
  const computing = `
const cpuMs = () => process.cpuUsage().user / 1000;
export class Computer extends FastHttpUser {
  override waitTime = constant(0.1);
  calls = 0;
  @task async compute() {
    await this.client.get("/items");
    if (this.calls++ % 8 !== 7) return;
    const [from, until] = [cpuMs(), performance.now() + 1500]; // on a busy machine it takes longer; from 2 s on it would hang
    while (cpuMs() < from + 350 && performance.now() < until);
  }
}
`;
  const ran = await run(computing, ["-H", demo.url, "-u", "4", "-r", "10", "-t", "6s"]);
  assertDoubt(
    ran,
    "code-blocks",
    /^Code of the locustfile kept local computing without a pause in \d+ of \d+ seconds \(up to \d+ ms, in Computer\.compute\): /,
  );
});

test("one worker of three that is slower than the others is a doubt that names it", async () => {
  await using system = await openHttpSystem({ "/items": after(40), "/far": after(250) }); // far above what a busy machine adds
  const uneven = `
export class Uneven extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() {
    await this.client.get(this.environment.runner?.workerIndex === 2 ? "/far" : "/items", { name: "/items" });
  }
}
`;
  const args = ["-H", system.url, "-u", "18", "-r", "100", "-t", "7s", "--workers", "3"];
  const ran = await run(uneven, args);
  const slow = ran.summary.workers.find(({ index }) => index === 2)?.id ?? "";
  const found = ran.doubts("worker-unlike");
  assert.ok(found.length > 0, JSON.stringify(ran.summary.verdict, null, 1));
  for (const { sentence } of found) assert.ok(sentence.startsWith(`Worker ${slow} was unlike the others: `), sentence);
  assert.ok(found.some(({ sentence }) => sentence.includes("with a mean of")), JSON.stringify(found));
  const even = await run(uneven.replace("/far", "/items"), args);
  assert.deepEqual(even.doubts("worker-unlike"), []);
});

test("a threshold on more of a percentile than its samples carry is a doubt", async () => {
  await using demo = await startDemo();
  const args = [
    "-H",
    demo.url,
    "-u",
    "2",
    "-r",
    "10",
    "-t",
    "3s",
    "--threshold",
    "p99.9<60s",
    "--threshold",
    "p50<60s",
  ];
  assertDoubt(
    await run(READER, args),
    "too-few-samples",
    /^The threshold "p99.9<60s" was judged by \d+ samples, and p99.9 needs 5000: /,
  );
});

test("a run that ends before its ramp runs, with a warning that --allow-short leaves out", async () => {
  await using demo = await startDemo();
  const folder = writeFiles({ "locustfile.ts": IMPORTS + READER });
  const args = ["run", "locustfile.ts", "-H", demo.url, "-u", "50", "-r", "2", "-t", "2s"];
  const warning = /WARNING.*The run of 2 s \(-t\) ends before all users have started: 50 users at 2 per second/;
  const warned = await startCli(args, { cwd: folder }).ended;
  assert.match(warned.stderr, warning);
  assert.match(warned.stdout, /Only \d+ of 50 users ever ran at the same time/);
  const meant = await startCli([...args, "--allow-short"], { cwd: folder }).ended;
  assert.doesNotMatch(meant.stderr, warning);
  assert.match(meant.stdout, /Only \d+ of 50 users ever ran at the same time/);
  rmSync(folder, { recursive: true, force: true });
});
