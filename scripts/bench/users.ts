/**
 * Memory of idle users: resident memory of the executable with 1,000 and 10,000 users, each connected, after its first request
 * and in its wait, less that with one user. Read from /proc (Linux), once it has stopped growing.
 *
 *     bun scripts/bench/users.ts [users…]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { systemClock } from "../../src/base/clock.ts";
import { startDemo } from "../../src/demo/demo_system.ts";
import { EXECUTABLE } from "../executable.ts";

/** One request, then a wait that outlasts the measurement. */
const LOCUSTFILE = `
import { constant, USER, task } from "locust-ts";
export class Visitor extends USER {
  override waitTime = constant(600);
  @task
  async health() {
    await this.client.get("/health");
  }
}
`;

/** The clients that are compared. */
const KINDS = ["FastHttpUser", "HttpUser"];

const PAGE_BYTES = 4096;

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000];
const folder = await mkdtemp(join(tmpdir(), "locust-ts-users-"));
await using demo = await startDemo({ clock: systemClock, latency: { kind: "none" } });
try {
  for (const kind of KINDS) {
    const locustfile = join(folder, `${kind}.ts`);
    await writeFile(locustfile, LOCUSTFILE.replaceAll("USER", kind));
    const one = await measure(locustfile, 1);
    for (const users of counts) {
      const rss = await measure(locustfile, users);
      const perUser = Math.round((rss - one) / (users - 1));
      console.log(`${kind}: ${users} users, ${(rss / 1e6).toFixed(1)} MB resident, ${perUser} bytes per user`);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Resident bytes of a process with that many idle users. */
async function measure(locustfile: string, users: number): Promise<number> {
  const before = demo.requests().total;
  const rate = String(Math.max(1, users / 10));
  const args = [
    "run",
    locustfile,
    "-H",
    demo.url,
    "-u",
    String(users),
    "-r",
    rate,
    "-t",
    "5m",
    "--only-summary",
    "--loglevel",
    "WARNING",
  ];
  const child = spawn(EXECUTABLE, args, { stdio: ["ignore", "ignore", "inherit"] });
  try {
    await until(() => demo.requests().total - before >= users, child, 60_000);
    return await settledRss(child);
  } finally {
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.kill("SIGKILL");
    await ended;
  }
}

/** The lowest of the readings of twenty seconds: garbage of the start is collected by then, and threads of the compiler have ended, ten after their last work. */
async function settledRss(child: ChildProcess): Promise<number> {
  let lowest = Infinity;
  for (let reading = 0; reading < 40; reading++) {
    await sleep(500);
    lowest = Math.min(lowest, await readRss(child.pid ?? 0));
  }
  return lowest;
}

async function readRss(pid: number): Promise<number> {
  const statm = await readFile(`/proc/${pid}/statm`, "utf8");
  return Number(statm.split(" ")[1]) * PAGE_BYTES;
}

async function until(holds: () => boolean, child: ChildProcess, limitMs: number): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!holds()) {
    if (child.exitCode !== null) throw new Error(`${EXECUTABLE} ended with ${child.exitCode}`);
    if (performance.now() > endMs) throw new Error(`not all users made a request within ${limitMs / 1000} s`);
    await sleep(50);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
