/**
 * Measures the cost of a thread whose users sleep, how soon it sees a socket that is ready, and how late its timers are at full speed: with each
 * kind of socket, by turns. The yardstick of the second is a thread that waits in `epoll_wait` and does nothing else. Linux, under Bun.
 *
 *     node_modules/.bin/bun scripts/bench/wake.ts [--rounds 3] [--seconds 10] [--parts idle,ready,timers]
 */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { startDemo } from "../../src/demo/demo_system.ts";
import { openMachineClock } from "../../src/platform/machine/machine_clock.ts";
import { EXECUTABLE } from "../executable.ts";
import { openBenchSystem } from "./http_system.ts";

const KINDS = ["uring", "epoll", "runtime"] as const;
const USERS = 200;
const CLIENT = fileURLToPath(new URL("./wake_client.ts", import.meta.url));

/** Between two messages, in ms: long enough for the thread to fall asleep. */
const PAUSES_MS = { least: 2, most: 8 } as const;

/** A start is over by then, and its garbage collected. */
const SETTLE_MS = 6000;

const LOCUSTFILE = `
import { FastHttpUser, task } from "locust-ts";
export class Sleeper extends FastHttpUser {
  @task
  async health() {
    await this.client.get("/health");
    await this.sleep(600);
  }
}
`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "10" },
    parts: { type: "string", default: "idle,ready,timers" },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const parts = values.parts.split(",");

/** Figures of one run, by their name. */
type Figures = Readonly<Record<string, number>>;

if (parts.includes("idle")) {
  await using demo = await startDemo({ clock: systemClock, latency: { kind: "none" } });
  const folder = await mkdtemp(join(tmpdir(), "locust-ts-wake-"));
  const locustfile = join(folder, "locustfile.ts");
  await writeFile(locustfile, LOCUSTFILE);
  try {
    await byTurns(`a thread with ${USERS} users that sleep`, KINDS, (kind) => measureIdle(kind, locustfile, demo));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
if (parts.includes("ready")) {
  using sender = await openSender();
  await byTurns(
    "from the send of a message to its callback, in µs",
    ["epoll_wait", ...KINDS],
    (kind) => askClient("ready", kind, String(sender.port), String(seconds)),
  );
}
if (parts.includes("timers")) {
  using system = await openBenchSystem("small", 0);
  if (system !== undefined) {
    await byTurns(
      "timers of a thread at full speed, in ms",
      KINDS,
      (kind) => askClient("timers", kind, system.url, String(seconds)),
    );
  }
}

/** Rounds over all subjects; prints the medians. */
async function byTurns<Name extends string>(
  title: string,
  names: readonly Name[],
  measure: (name: Name) => Promise<Figures>,
): Promise<void> {
  const all = new Map(names.map((name) => [name, [] as Figures[]]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) all.get(name)?.push(await measure(name));
  }
  console.log(`\n${title}; medians of ${rounds} rounds of ${seconds} s`);
  for (const [name, figures] of all) {
    const cells = Object.keys(figures[0] ?? {}).map((key) => `${key} ${median(figures.map((each) => each[key] ?? 0))}`);
    console.log(`${name.padEnd(12)} ${cells.join("   ")}`);
  }
}

function median(values: readonly number[]): string {
  const middle = values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
  return middle.toFixed(middle < 10 ? 2 : middle < 1000 ? 1 : 0);
}

/** CPU and wake-ups of the thread with the users, as the kernel counts them. */
async function measureIdle(
  kind: string,
  locustfile: string,
  demo: { readonly url: string; requests(): { readonly total: number } },
): Promise<Figures> {
  const before = demo.requests().total;
  const amount = ["-u", String(USERS), "-r", String(USERS), "-t", "10m", "--processes", "1", "--socket", kind];
  const args = ["run", locustfile, "-H", demo.url, ...amount, "--only-summary", "--loglevel", "WARNING"];
  const child = spawn(EXECUTABLE, args, { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve) => child.on("close", resolve));
  try {
    const untilMs = performance.now() + 60_000;
    while (demo.requests().total - before < USERS) {
      if (child.exitCode !== null || performance.now() > untilMs) throw new Error("not all users made their request");
      await systemClock.sleep(50);
    }
    await systemClock.sleep(SETTLE_MS);
    const pid = child.pid ?? 0;
    const from = await readThreads(pid);
    const fromMs = performance.now();
    await systemClock.sleep(seconds * 1000);
    const ms = performance.now() - fromMs;
    const to = await readThreads(pid);
    const used = [...to].map(([id, now]) => ({
      name: now.name,
      percent: (now.cpuMs - (from.get(id)?.cpuMs ?? 0)) / ms * 100,
      wakes: (now.wakes - (from.get(id)?.wakes ?? 0)) / ms * 1000,
    }));
    const thread = used.find(({ name }) => name.startsWith("locust-thread")) ?? { percent: NaN, wakes: NaN };
    return {
      "% of a core": thread.percent,
      "wake-ups/s": thread.wakes,
      "whole process, %": used.reduce((sum, each) => sum + each.percent, 0),
    };
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

interface ThreadUse {
  readonly name: string;
  readonly cpuMs: number;
  readonly wakes: number;
}

async function readThreads(pid: number): Promise<Map<string, ThreadUse>> {
  const found = new Map<string, ThreadUse>();
  for (const id of await readdir(`/proc/${pid}/task`)) {
    const read = (file: string) => readFile(`/proc/${pid}/task/${id}/${file}`, "utf8");
    const [name, schedule, status] = await Promise.all([read("comm"), read("schedstat"), read("status")]);
    const wakes = Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]);
    found.set(id, { name: name.trim(), cpuMs: Number(schedule.split(" ")[0]) / 1e6, wakes });
  }
  return found;
}

/** Sends each connection its time, now and then. */
async function openSender(): Promise<Disposable & { readonly port: number }> {
  const clock = openMachineClock();
  if (clock === undefined) throw new Error("Cannot measure: this system has no clock that processes share");
  const differenceMs = clock.differenceMs();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    const bytes = new Float64Array(1);
    const send = () => {
      bytes[0] = performance.now() + differenceMs;
      socket.write(new Uint8Array(bytes.buffer.slice(0)));
      timer = setTimeout(send, PAUSES_MS.least + Math.random() * (PAUSES_MS.most - PAUSES_MS.least));
    };
    let timer = setTimeout(send, PAUSES_MS.most);
    socket.on("error", () => {}); // the client ends with its connection open
    socket.on("close", () => {
      clearTimeout(timer);
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Its last line is its figures. On the core that the server does not have. */
async function askClient(...args: readonly string[]): Promise<Figures> {
  const { stdout } = await promisify(execFile)("taskset", ["-c", "1", process.execPath, CLIENT, ...args]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}");
}
