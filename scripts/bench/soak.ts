/**
 * Long runs of the executable with each socket: at full speed, and with many slow users. Prints resident memory, open descriptors and
 * requests per second over time, and says at the end whether memory stayed flat, and whether the requests that were counted are those that the server
 * has answered. Exit code 1 if not.
 *
 *     bun scripts/bench/soak.ts [--minutes 30] [--sockets uring,epoll,runtime] [--loads full,slow] [--users 10000] [--at-once]
 *
 * `--at-once` runs all sockets of a load beside each other: memory says as much in a third of the time, rates say nothing then. Needs `npm run build`.
 */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { EXECUTABLE } from "../executable.ts";
import { openBenchSystem, start } from "./http_system.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    sockets: { type: "string", default: "uring,epoll,runtime" },
    loads: { type: "string", default: "full,slow" },
    users: { type: "string", default: "10000" },
    "at-once": { type: "boolean", default: false },
  },
});
const seconds = Math.round(Number(values.minutes) * 60);

const PAGE_BYTES = 4096;
/** Lines that a run prints, however long it is. */
const READINGS = 30;
/** Memory is flat if the last fifth of the readings is at most this much above the second one. The first has the ramp and compiled code. */
const TOLERATED = { share: 0.05, bytes: 8e6 };
/** Between two requests of a slow user. */
const SLOW_SECONDS = 10;
/** For the users of a run to start and to end. */
const GRACE_SECONDS = 60;

interface Load {
  readonly name: string;
  readonly users: number;
  readonly perSecond: number;
  readonly waitSeconds: number;
}

interface Reading {
  readonly rssBytes: number;
  readonly fds: number;
  readonly count: number;
  readonly atMs: number;
}

const LOADS: Readonly<Record<string, Load>> = {
  full: { name: "50 users at full speed", users: 50, perSecond: 50, waitSeconds: 0 },
  slow: {
    name: `${values.users} users, a request each ${SLOW_SECONDS} s`,
    users: Number(values.users),
    perSecond: Math.max(1, Number(values.users) / 10),
    waitSeconds: SLOW_SECONDS,
  },
};

if (!existsSync(EXECUTABLE)) throw new Error(`Cannot find ${EXECUTABLE}; make it with npm run build`);
const folder = mkdtempSync(join(tmpdir(), "locust-ts-soak-"));
try {
  let isFine = true;
  for (const name of values.loads.split(",")) {
    const load = LOADS[name];
    if (load === undefined) {
      throw new Error(`Cannot use --loads ${name}: it is none of ${Object.keys(LOADS).join(", ")}`);
    }
    const runs = values.sockets.split(",").map((socket) => () => soak(load, name, socket));
    if (values["at-once"]) isFine = (await Promise.all(runs.map((run) => run()))).every(Boolean) && isFine;
    else for (const run of runs) isFine = await run() && isFine;
  }
  process.exitCode = isFine ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function soak(load: Load, loadName: string, socket: string): Promise<boolean> {
  using system = await openBenchSystem("small", undefined);
  if (system === undefined) return false;
  const title = `${socket}, ${load.name}`;
  const summary = join(folder, `${loadName}-${socket}.json`);
  const before = await system.count();
  const child = start(EXECUTABLE, commandOf(load, system.url, socket, summary), undefined);
  let ended: number | string | undefined;
  const end = new Promise<void>((resolve) =>
    child.on("exit", (code, signal) => {
      ended = code ?? signal ?? "nothing";
      resolve();
    })
  );
  const readings: Reading[] = [];
  const everyMs = seconds * 1000 / READINGS;
  const startedMs = performance.now();
  for (let next = 1; next <= READINGS && ended === undefined; next++) {
    await Promise.race([end, sleep(startedMs + next * everyMs - performance.now())]); // a busy machine must not add up
    if (ended !== undefined) break;
    readings.push(await takeReading(child, () => system.count()));
    print(title, next * everyMs / 60_000, readings);
  }
  await Promise.race([end, sleep(GRACE_SECONDS * 1000, undefined, { ref: false })]);
  child.kill("SIGKILL");
  return conclude(title, readings, ended, await system.count() - before, summary);
}

function commandOf(load: Load, url: string, socket: string, summary: string): string[] {
  const file = join(folder, `${load.users}.ts`);
  writeFileSync(
    file,
    `import { constant, FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  override waitTime = constant(${load.waitSeconds});
  @task
  async visit() {
    await this.client.get("/");
  }
}
`,
  );
  const amount = ["-u", String(load.users), "-r", String(load.perSecond), "-t", `${seconds + 5}s`, "--processes", "1"];
  const outputs = ["--only-summary", "--loglevel", "WARNING", "--summary-file", summary];
  return ["run", file, "-H", new URL(url).origin, ...amount, "--socket", socket, ...outputs];
}

async function takeReading(child: ChildProcess, count: () => Promise<number>): Promise<Reading> {
  const pages = Number(readFileSync(`/proc/${child.pid}/statm`, "utf8").split(" ")[1]);
  const fds = readdirSync(`/proc/${child.pid}/fd`).length;
  return { rssBytes: pages * PAGE_BYTES, fds, count: await count(), atMs: performance.now() };
}

function print(title: string, minutes: number, readings: readonly Reading[]): void {
  const [last, previous] = [readings.at(-1), readings.at(-2)];
  if (last === undefined) return;
  const rate = previous === undefined ? 0 : (last.count - previous.count) / (last.atMs - previous.atMs) * 1000;
  const figures = [
    `${(last.rssBytes / 1e6).toFixed(1)} MB`,
    `${last.fds} fds`,
    `${Math.round(rate).toLocaleString("en")}/s`,
  ];
  console.log(`${title}: ${minutes.toFixed(1)} min, ${figures.join(", ")}`);
}

/** Whether all of it was as it should be. */
function conclude(
  title: string,
  readings: readonly Reading[],
  ended: number | string | undefined,
  answered: number,
  summary: string,
): boolean {
  if (ended === undefined || typeof ended === "string" || readings.length < READINGS || !existsSync(summary)) {
    console.log(
      `${title}: FAILED, it ended with ${ended ?? "nothing, and was killed"} after ${readings.length} readings`,
    );
    return false;
  }
  const fifth = (index: number) => readings.slice(index * READINGS / 5, (index + 1) * READINGS / 5);
  const [early, late] = [medianRss(fifth(1)), medianRss(fifth(4))];
  const isFlat = late <= early * (1 + TOLERATED.share) + TOLERATED.bytes;
  const { total, verdict } = JSON.parse(readFileSync(summary, "utf8"));
  // Each reading asks the server for its count, which it does not count.
  const isCounted = total.requests === answered && total.failures === 0;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `${title}: ${isFlat ? "memory is flat" : "MEMORY GROWS"}, ${megabytes(early)} in the second fifth and ${
      megabytes(late)
    } in the last; ` +
      `${total.requests} requests counted, ${total.failures} failed, ${answered} answered by the server${
        isCounted ? "" : ": NOT THE SAME"
      }; verdict ${verdict.kind}; exit code ${ended}`,
  );
  return isFlat && isCounted;
}

function medianRss(readings: readonly Reading[]): number {
  const sorted = readings.map(({ rssBytes }) => rssBytes).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
