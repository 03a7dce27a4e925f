/**
 * Measures what the web UI costs its master: the start until the page can be loaded, CPU and memory without a page and with 50 open ones,
 * and the bytes of a tick, at 2,000 rows that all change every second. The load comes from a worker process of its own.
 *
 *     bun scripts/bench/web_server.ts [seconds of each part] [minutes in which growth is looked for]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { EXECUTABLE } from "../executable.ts";
import { freePort } from "./free_port.ts";

const READERS = 50;
const STARTS = 11;
/** Of the kernel's clock, in /proc. */
const CLOCK_TICKS_PER_SECOND = 100;

/** 20 users, each with 100 names of its own, once a second. */
const LOCUSTFILE = `import { constantPacing, events, task, User } from "locust-ts";
export class Busy extends User {
  waitTime = constantPacing(1);
  @task all() {
    for (let i = 0; i < 100; i++) {
      const name = "/resource/" + (this.index * 100 + i) + "/of/the/system";
      events.request.fire({ requestType: "GET", name, responseTime: this.random.float() * 200, responseLength: 512 });
    }
  }
}
`;

const seconds = Number(process.argv[2] ?? 30);
const minutes = Number(process.argv[3] ?? 0);
const folder = mkdtempSync(join(tmpdir(), "locust-ts-bench-"));
writeFileSync(join(folder, "busy.ts"), LOCUSTFILE);
const children: ChildProcess[] = [];
try {
  const starts = await measureStarts();
  console.log(
    `from the start to the page, ${STARTS} rounds: min ${starts[0]?.toFixed(0)} ms, median ${
      starts[STARTS >> 1]?.toFixed(0)
    } ms`,
  );
  const [webPort, masterPort] = [await freePort(), await freePort()];
  const master = start(["--web", "-P", String(webPort), "--master", ...masterArgs(masterPort), "--journal", "none"]);
  const url = `http://127.0.0.1:${webPort}`;
  await untilAnswers(`${url}/healthz`);
  start(["--worker", "--master-host", "127.0.0.1", "--master-port", String(masterPort)]);
  await post(`${url}/api/v1/run`, { users: 20, spawnRate: 20 });
  await pause(15);
  console.log(`no page: ${await measureCpu(master)}`);
  const readers = Array.from({ length: READERS }, () => follow(`${url}/api/v1/events`));
  await pause(5);
  for (const reader of readers) reader.bytes = 0;
  console.log(`${READERS} pages: ${await measureCpu(master)}`);
  const bytes = readers.reduce((sum, reader) => sum + reader.bytes, 0) / READERS / seconds;
  console.log(`a tick of 2,000 changed rows: ${(bytes / 1000).toFixed(1)} KB on the wire`);
  for (let minute = 1; minute <= minutes; minute++) {
    await pause(60);
    console.log(`after ${minute} min with ${READERS} pages: ${(pssBytes(master.pid ?? 0) / 1e6).toFixed(0)} MB`);
  }
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}

function masterArgs(port: number): string[] {
  return ["--master-bind-host", "127.0.0.1", "--master-bind-port", String(port)];
}

function start(args: readonly string[]): ChildProcess {
  const child = spawn(resolve(EXECUTABLE), ["run", "busy.ts", ...args, "--loglevel", "ERROR"], {
    cwd: folder,
    stdio: "ignore",
  });
  children.push(child);
  return child;
}

/** Ascending. */
async function measureStarts(): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const port = await freePort();
    const from = performance.now();
    const child = start(["--web", "-P", String(port)]);
    await untilAnswers(`http://127.0.0.1:${port}/`);
    times.push(performance.now() - from);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
  }
  return times.sort((a, b) => a - b);
}

/** Asks again and again until the whole answer is there. */
async function untilAnswers(url: string): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(url);
      await response.text();
      if (response.ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`Cannot measure: ${await response.text()}`);
}

/** A page that is open: takes the events as a browser does, compressed. */
function follow(url: string): { bytes: number } {
  const reader = { bytes: 0 };
  get(url, { headers: { "accept-encoding": "gzip" } }, (response) => {
    response.on("data", (part: Uint8Array) => reader.bytes += part.length);
  }).on("error", () => {});
  return reader;
}

async function measureCpu({ pid = 0 }: ChildProcess): Promise<string> {
  const before = cpuSeconds(pid);
  await pause(seconds);
  const share = 100 * (cpuSeconds(pid) - before) / seconds;
  return `${share.toFixed(1)} % of a core, ${(pssBytes(pid) / 1e6).toFixed(0)} MB`;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function pssBytes(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]) * 1024;
}

function pause(forSeconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forSeconds * 1000));
}
