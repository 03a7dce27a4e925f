/**
 * Measures the cost of a master with many workers: `bun scripts/bench/master.ts [--rounds 3] [--per-name 20] [100 1000 2000]`. The master is the
 * real program in a process of its own; the workers are simulated in another (`simulated_workers.ts`), each with its own TCP link and
 * 50 names per second, each name with so many requests. CPU and memory are the master's, read from /proc over 15 s in the middle of a
 * run; figures are medians of the rounds; LOCUST_TS_COMMAND overrides the executable.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { freePort } from "./free_port.ts";

const SETTLE_MS = 5000;
const MEASURE_MS = 15_000;
const RUN_SECONDS = 28;
const CLOCK_TICKS = 100; // per second, of /proc/PID/stat
const PAGE_BYTES = 4096;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMMAND = (process.env["LOCUST_TS_COMMAND"] ?? join(ROOT, "dist/locust-ts")).split(" ");
const WORKERS_SCRIPT = fileURLToPath(new URL("simulated_workers.ts", import.meta.url));

const LOCUSTFILE = `
import { constant, FastHttpUser, task } from "locust-ts";
export class Reader extends FastHttpUser { override waitTime = constant(1); @task async read() { await this.client.get("/"); } }
export class Writer extends FastHttpUser { override waitTime = constant(1); @task async write() { await this.client.post("/"); } }
`;

interface Measurement {
  readonly cpuPercent: number;
  readonly rssBytes: number;
  readonly assignedMs: number;
  readonly deltaBytes: number;
  readonly journalBytes: number;
}

const { values: { rounds, "per-name": perName }, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "1" }, "per-name": { type: "string", default: "20" } },
  allowPositionals: true,
});
console.log("| workers | CPU, of a core | memory | all assigned within | bytes per delta | journal per second |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const workers of positionals.length > 0 ? positionals.map(Number) : [100, 1000, 2000]) {
  const measured: Measurement[] = [];
  for (let round = 0; round < Number(rounds); round++) measured.push(await measure(workers));
  const cell = (figure: keyof Measurement) => median(measured.map((each) => each[figure]));
  console.log(
    [
      "",
      workers.toLocaleString("en"),
      `${cell("cpuPercent").toFixed(1)} %`,
      `${Math.round(cell("rssBytes") / 1e6)} MB`,
      `${(cell("assignedMs") / 1000).toFixed(2)} s`,
      cell("deltaBytes").toLocaleString("en"),
      `${Math.round(cell("journalBytes") / 1000)} KB`,
      "",
    ].join(" | ").trim(),
  );
}
process.exit(0); // limits of what has already happened are still running

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function measure(workers: number): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-bench-"));
  const journal = join(folder, "run.ndjson");
  writeFileSync(join(folder, "locustfile.ts"), LOCUSTFILE);
  const port = await freePort();
  const [program, ...first] = COMMAND as [string, ...string[]];
  const users = String(workers * 10);
  const master = spawn(program, [
    ...first,
    ...["run", "locustfile.ts", "--master", "--headless", "--json", "--only-summary", "-H", "http://127.0.0.1:1"],
    ...["-u", users, "-r", users, "-t", `${RUN_SECONDS}s`, "--expect-workers", String(workers)],
    ...["--master-bind-host", "127.0.0.1", "--master-bind-port", String(port), "--journal", journal],
  ], { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, XDG_DATA_HOME: folder } });
  let report = "";
  let log = "";
  master.stdout.on("data", (chunk) => report += chunk);
  master.stderr.on("data", (chunk) => log += chunk);
  const ended = new Promise((resolve) => master.once("close", resolve));
  let simulated: ChildProcess | undefined;
  try {
    await until(() => log.includes("Waiting for workers"));
    simulated = spawn(process.execPath, [WORKERS_SCRIPT, String(port), String(workers), perName], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const facts: Record<string, number> = {};
    const lines = createInterface({ input: simulated.stdout! });
    lines.on("line", (line) => Object.assign(facts, JSON.parse(line)));
    await until(() => facts["assignedMs"] !== undefined);
    await sleep(SETTLE_MS);
    const before = readProcess(master.pid!);
    const journalBefore = statSync(journal).size;
    await sleep(MEASURE_MS);
    const after = readProcess(master.pid!);
    const journalBytes = (statSync(journal).size - journalBefore) / (MEASURE_MS / 1000);
    await Promise.race([ended, sleep(60_000)]);
    await Promise.race([until(() => facts["requests"] !== undefined), sleep(5000)]);
    const counted = (JSON.parse(report.slice(report.indexOf("["))) as { num_requests: number }[])
      .reduce((sum, entry) => sum + entry.num_requests, 0);
    if (counted !== facts["requests"]) {
      console.error(`${workers} workers delivered ${facts["requests"]} requests, the master reports ${counted}`);
    }
    return {
      cpuPercent: (after.cpuMs - before.cpuMs) / MEASURE_MS * 100,
      rssBytes: after.rssBytes,
      assignedMs: facts["assignedMs"] ?? NaN,
      deltaBytes: facts["deltaBytes"] ?? NaN,
      journalBytes,
    };
  } catch (error) {
    console.error(log.slice(-2000));
    throw error;
  } finally {
    simulated?.kill("SIGKILL");
    master.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** User and system time of all threads, and resident memory. */
function readProcess(pid: number): { cpuMs: number; rssBytes: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").map(Number);
  return {
    cpuMs: ((fields[11] ?? 0) + (fields[12] ?? 0)) * (1000 / CLOCK_TICKS),
    rssBytes: (fields[21] ?? 0) * PAGE_BYTES,
  };
}

async function until(isReached: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (!isReached()) {
    if (performance.now() > deadlineMs) throw new Error("nothing happened for a minute");
    await sleep(20);
  }
}
