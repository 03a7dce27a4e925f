/**
 * Measures the gain of a second worker on this machine: `bun scripts/bench/scaling.ts [--rounds 3] [--seconds 10] [--load 88] [--parts]`. One
 * master, one or two worker processes of one thread each; one process without a master with one or two threads (`--processes 2`); and one
 * worker that has one core for all that it does, beside two on two cores. Three loads: answers that cost the load generator much (gzip'd JSON, decompressed and parsed) and the system little, or next to nothing, and
 * small answers, where the system needs a core of its own as soon as the workers have theirs.
 * Requests are counted by the server; CPU is that of each process, from /proc, over the middle of a run. The yardstick is the same
 * decompressing and parsing in one and in two bare processes: no load generator scales better than that on the same machine.
 * `--parts`: what each kind of thread took.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { freePort } from "./free_port.ts";
import { type MachineTimes, partsBetween, type PartTimes, readMachine, readThreads } from "./cpu_parts.ts";
import { type BenchSystem, openBenchSystem } from "./http_system.ts";

const SETTLE_MS = 6000; // joining, the first users, and the compilers of the runtime
const USERS_PER_WORKER = 10;
const RECORDS = { some: 700, many: 7000 } as const; // 88 KB of JSON, 13 KB of gzip; ten times as much
const CLOCK_TICKS = 100; // per second, of /proc/PID/stat
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND = (process.env["LOCUST_TS_COMMAND"] ?? join(ROOT, "dist/locust-ts")).split(" ");

const LOADS = [
  jsonLoad("88 KB of JSON, decompressed and parsed", RECORDS.some),
  jsonLoad("880 KB of JSON, decompressed and parsed", RECORDS.many),
  {
    name: "13 bytes",
    locustfile: `
import { FastHttpUser, task } from "locust-ts";
export class Reader extends FastHttpUser { @task async read() { await this.client.get("/"); } }`,
    answer: undefined,
  },
];

interface Load {
  readonly name: string;
  readonly locustfile: string;
  readonly answer: Uint8Array | undefined;
}

function jsonLoad(name: string, records: number): Load {
  return {
    name,
    locustfile: `
import { FastHttpUser, task } from "locust-ts";
export class Reader extends FastHttpUser {
  @task async read() {
    const items = (await this.client.get("/")).json<unknown[]>();
    if (items.length !== ${records}) throw new Error("that is not the list");
  }
}`,
    answer: jsonAnswer(records),
  };
}

interface Measurement {
  readonly perSecond: number;
  readonly workersCpu: number; // of a core, all of them
  readonly masterCpu: number;
  readonly systemCpu: number;
  readonly othersCpu: number; // of everything else on the machine: above a few percent, the rates mean little
  readonly cpuUsPerRequest: number; // of the workers
  readonly requests: number;
  readonly elapsedMs: number;
  readonly parts: ReadonlyMap<string, PartTimes>;
}

/**
 * `workers`: processes of one thread each, and a master; `threads`: of one process, which is its own master; `cores`: as `workers`, but one of them
 * alone has one core only, also for its compiler and its collector.
 */
type Way = "workers" | "threads" | "cores";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "10" },
    load: { type: "string", default: "" },
    parts: { type: "boolean", default: false },
    loop: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
if (values.loop) {
  console.log(JSON.stringify(loopBare(seconds * 1000)));
  process.exit(0);
}

console.log(`${availableParallelism()} cores; medians of ${values.rounds} rounds of ${seconds} s`);
console.log(
  "| load | generators | requests/s | ratio | CPU per request | ratio | CPU of workers | of master | of system | of others |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
const bare: Record<1 | 2, Awaited<ReturnType<typeof measureBare>>[]> = { 1: [], 2: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  for (const processes of [1, 2] as const) bare[processes].push(await measureBare(processes));
}
for (const processes of [1, 2] as const) {
  const ratio = (key: "perSecond" | "cpuUs") =>
    median(bare[processes].map((each, round) => each[key] / (bare[1][round]?.[key] ?? NaN))).toFixed(2);
  const perSecond = Math.round(median(bare[processes].map((each) => each.perSecond))).toLocaleString("en");
  const cpu = median(bare[processes].map((each) => each.cpuUs)).toFixed(1);
  console.log(
    `| yardstick | ${processes} | ${perSecond} | ${ratio("perSecond")} | ${cpu} µs | ${ratio("cpuUs")} | | | | |`,
  );
}
const tables: string[] = [];
for (const load of LOADS.filter(({ name }) => name.startsWith(`${values.load} `) || values.load === "")) {
  for (const way of ["workers", "threads", "cores"] as const) await compare(load, way);
}
console.log(tables.join("\n"));

async function compare(load: Load, way: Way): Promise<void> {
  const rounds: Record<1 | 2, Measurement[]> = { 1: [], 2: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    // In turns, so that a change of the machine's speed hits both.
    for (const count of [1, 2] as const) rounds[count].push(await measure(load, count, way));
  }
  type Figure = Exclude<keyof Measurement, "parts">;
  for (const count of [1, 2] as const) {
    const figure = (key: Figure) => median(rounds[count].map((each) => each[key]));
    const ratio = (key: Figure) =>
      median(rounds[count].map((each, round) => each[key] / (rounds[1][round] as Measurement)[key])).toFixed(2);
    console.log(
      [
        `| ${load.name}`,
        describeWay(way, count),
        Math.round(figure("perSecond")).toLocaleString("en"),
        ratio("perSecond"),
        `${figure("cpuUsPerRequest").toFixed(1)} µs`,
        ratio("cpuUsPerRequest"),
        ...(["workersCpu", "masterCpu", "systemCpu", "othersCpu"] as const).map((key) =>
          `${Math.round(figure(key) * 100)} %`
        ),
      ].join(" | ") + " |",
    );
  }
  if (values.parts) tables.push(`\n${load.name}, ${way}:\n`, ...describeParts(rounds[1], rounds[2]));
}

function describeWay(way: Way, count: 1 | 2): string {
  if (way === "cores") return count === 1 ? "1 worker, 1 core" : "2 workers, 2 cores";
  return `${count} ${count === 1 ? way.slice(0, -1) : way}`;
}

/** Percent of a core that each part ran, µs of it per request, and percent that it was ready and waited for a core: of all rounds together. */
function describeParts(one: readonly Measurement[], two: readonly Measurement[]): string[] {
  const labels = [...new Set([...one, ...two].flatMap(({ parts }) => [...parts.keys()]))];
  const cells = (rounds: readonly Measurement[], label: string) => {
    const sum = (of: (each: Measurement) => number) => rounds.reduce((total, each) => total + of(each), 0);
    const runMs = sum(({ parts }) => parts.get(label)?.runMs ?? 0);
    const percent = (ms: number) => (100 * ms / sum(({ elapsedMs }) => elapsedMs)).toFixed(1);
    const waited = percent(sum(({ parts }) => parts.get(label)?.waitMs ?? 0));
    return [`${percent(runMs)} %`, `${(1000 * runMs / sum(({ requests }) => requests)).toFixed(2)} µs`, `${waited} %`];
  };
  return [
    "| part | of a core | per request | waits | with two: of a core | per request | waits |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...labels.map((label) => `| ${[label, ...cells(one, label), ...cells(two, label)].join(" | ")} |`),
  ];
}

/** What one bare process does: loops per second, and the CPU time of one. */
function loopBare(durationMs: number): { readonly perSecond: number; readonly cpuUs: number } {
  const answer = Buffer.from(jsonAnswer(RECORDS.some));
  const body = answer.subarray(answer.indexOf("\r\n\r\n") + 4);
  const loop = (forMs: number) => {
    const cpuBefore = process.cpuUsage();
    const endMs = performance.now() + forMs;
    let loops = 0;
    for (; performance.now() < endMs; loops++) {
      const items: unknown = JSON.parse(gunzipSync(body).toString());
      if (!Array.isArray(items) || items.length !== RECORDS.some) throw new Error("that is not the list");
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    return { perSecond: loops / forMs * 1000, cpuUs: (user + system) / loops };
  };
  loop(1000); // the compilers of the runtime
  return loop(durationMs);
}

async function measureBare(processes: number): Promise<{ readonly perSecond: number; readonly cpuUs: number }> {
  const args = [fileURLToPath(import.meta.url), "--loop", "--seconds", String(seconds)];
  const results = await Promise.all(Array.from({ length: processes }, async () => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => text += chunk);
    await new Promise((resolve) => child.once("close", resolve));
    return JSON.parse(text) as { perSecond: number; cpuUs: number };
  }));
  const sum = (key: "perSecond" | "cpuUs") => results.reduce((total, each) => total + each[key], 0);
  return { perSecond: sum("perSecond"), cpuUs: sum("cpuUs") / processes };
}

async function measure(load: Load, count: number, way: Way): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-bench-"));
  using system = await openBenchSystem("small", undefined, load.answer);
  if (system === undefined) process.exit(1); // it has said why
  writeFileSync(join(folder, "locustfile.ts"), load.locustfile);
  const log: string[] = [];
  const { master, generators } = await startGenerators(folder, { url: system.url, count, way, log });
  try {
    await sleep(SETTLE_MS);
    const before = await sample(system, master, generators);
    await sleep(seconds * 1000);
    const after = await sample(system, master, generators);
    const requests = after.requests - before.requests;
    if (requests === 0) throw new Error(`Cannot measure: no request came; the programs said\n${log.join("")}`);
    const elapsedMs = after.atMs - before.atMs;
    const share = (key: "workersMs" | "masterMs" | "systemMs") => (after[key] - before[key]) / elapsedMs;
    const [workersCpu, masterCpu, systemCpu] = [share("workersMs"), share("masterMs"), share("systemMs")];
    const machine = (key: keyof MachineTimes) => after.machine[key] - before.machine[key];
    const busyMs = machine("workMs") + machine("interruptsMs");
    const part = (runMs: number) => ({ runMs, waitMs: 0 });
    return {
      perSecond: requests / elapsedMs * 1000,
      workersCpu,
      masterCpu,
      systemCpu,
      othersCpu: Math.max(0, busyMs / elapsedMs - workersCpu - masterCpu - systemCpu),
      cpuUsPerRequest: (after.workersMs - before.workersMs) * 1000 / requests,
      requests,
      elapsedMs,
      parts: new Map([
        ...partsBetween(before.threads, after.threads),
        ["master", part(after.masterMs - before.masterMs)],
        ["system", part(after.systemMs - before.systemMs)],
        ["interrupts, of the above or beside it", part(machine("interruptsMs"))],
        ["idle", part(machine("idleMs"))],
        ["taken by the host", part(machine("stolenMs"))],
      ]),
    };
  } finally {
    for (const child of [...generators, ...(master === undefined ? [] : [master])]) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Generators {
  readonly master: ChildProcess | undefined;
  readonly generators: readonly ChildProcess[];
}

async function startGenerators(
  folder: string,
  { url, count, way, log }: { readonly url: string; readonly count: number; readonly way: Way; readonly log: string[] },
): Promise<Generators> {
  const start = (...args: string[]) => startProgram(folder, COMMAND, args, log);
  const users = String(USERS_PER_WORKER * count);
  const load = [
    ...["run", "locustfile.ts", "--headless", "--only-summary", "-H", url, "-u", users, "-r", users],
    ...["-t", `${Math.round(SETTLE_MS / 1000) + seconds + 3}s`],
  ];
  if (way === "threads") return { master: undefined, generators: [start(...load, "--processes", String(count))] };
  const port = String(await freePort());
  const listen = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port];
  const master = start(...load, "--master", "--expect-workers", String(count), ...listen);
  const worker = ["--worker", "--master-host", "127.0.0.1", "--master-port", port, "--processes", "1"];
  const program = way === "cores" && count === 1 ? ["taskset", "-c", "0", ...COMMAND] : COMMAND;
  return { master, generators: Array.from({ length: count }, () => startProgram(folder, program, worker, log)) };
}

async function sample(system: BenchSystem, master: ChildProcess | undefined, generators: readonly ChildProcess[]) {
  const requests = await system.count();
  return {
    requests,
    atMs: performance.now(),
    workersMs: generators.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
    masterMs: master === undefined ? 0 : cpuMsOf(master.pid),
    systemMs: cpuMsOf(system.pid),
    machine: readMachine(),
    threads: readThreads(generators.flatMap(({ pid }) => pid === undefined ? [] : [pid])),
  };
}

/** User and system time of all threads of a process. */
function cpuMsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").map(Number);
  return ((fields[11] ?? 0) + (fields[12] ?? 0)) * (1000 / CLOCK_TICKS);
}

function startProgram(
  folder: string,
  command: readonly string[],
  args: readonly string[],
  log: string[],
): ChildProcess {
  const [program, ...first] = command as [string, ...string[]];
  const env = { ...process.env, XDG_DATA_HOME: folder };
  const child = spawn(program, [...first, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env });
  child.stdout.on("data", (chunk) => log.push(String(chunk)));
  child.stderr.on("data", (chunk) => log.push(String(chunk)));
  return child;
}

/** A whole answer: what a shop's list of products looks like, compressed. */
function jsonAnswer(records: number): Uint8Array {
  const items = Array.from({ length: records }, (_, i) => ({
    id: i,
    name: `Product ${i * 7919 % 9973} of series ${i % 17}`,
    price: { amount: (i * 7919 % 100_000) / 100, currency: "EUR" },
    tags: [`tag-${i % 13}`, `tag-${i * 31 % 89}`],
    stock: i * 613 % 500,
  }));
  const body = gzipSync(JSON.stringify(items));
  const head =
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? NaN;
}
