/**
 * One run of one program against one system: requests by the server's count and CPU time by /proc, over a part of the run that begins
 * after its first requests, so that the start of the program does not count.
 */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { type BenchSystem, start } from "./http_system.ts";

export interface Measurement {
  readonly perSecond: number;
  /** Of the whole process, user and system. */
  readonly cpuUsPerRequest: number;
  readonly rssMb: number;
}

/** Linux counts CPU time in these, whatever the kernel's own tick (`getconf CLK_TCK`). */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

interface Sample {
  readonly atMs: number;
  readonly count: number;
  readonly cpuUs: number;
  readonly rssMb: number;
}

/** The first requests of a run, which do not count: programs start at different speeds, and compile while they run. */
const FIRST_REQUESTS = 200;
/** Runtimes compile hot code meanwhile. */
const WARM_UP_MS = 1000;
/** A program that has made none of them for so long is not measured. */
const PATIENCE_MS = 20_000;

/**
 * Measures for half of `seconds`, when the program has been making requests for three tenths of them, at least for a second, and
 * ends it then. A sentence says why there is no measurement.
 */
export async function measureRun(
  system: BenchSystem,
  command: readonly string[],
  seconds: number,
  core: number | undefined,
): Promise<Measurement | string> {
  const [program = "", ...args] = command;
  const before = await system.count();
  const child = start(program, args, core);
  let end: string | undefined;
  child.on("error", (error) => end = String(error));
  child.on("exit", (code, signal) => end = `it ended too early, with ${code ?? signal}`);
  try {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (await system.count() - before < FIRST_REQUESTS) {
      if (end === undefined && performance.now() > deadlineMs) end = `no request in ${PATIENCE_MS / 1000} s`;
      if (end !== undefined) return end;
      await wait(50);
    }
    await wait(Math.max(WARM_UP_MS, seconds * 300));
    const first = await takeSample(system, child);
    await wait(seconds * 500);
    const last = await takeSample(system, child);
    if (end !== undefined) return end;
    const requests = Math.max(1, last.count - first.count);
    return {
      perSecond: requests / (last.atMs - first.atMs) * 1000,
      cpuUsPerRequest: (last.cpuUs - first.cpuUs) / requests,
      rssMb: last.rssMb,
    };
  } finally {
    endFamily(child.pid);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function endFamily(pid: number | undefined): void {
  for (const member of pid === undefined ? [] : familyOf(pid)) {
    try {
      process.kill(member, "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }
}

async function takeSample(system: BenchSystem, child: ChildProcess): Promise<Sample> {
  const count = await system.count();
  const figures = familyOf(child.pid ?? 0).map(readProcess);
  return {
    atMs: performance.now(),
    count,
    cpuUs: figures.reduce((sum, figure) => sum + figure.cpuUs, 0),
    rssMb: figures.reduce((sum, figure) => sum + figure.rssMb, 0),
  };
}

/** A process and its children: some tools are scripts that start the real one. */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      parents.set(Number(name), Number(fieldsOf(Number(name))[1]));
    } catch {
      // ended while we looked
    }
  }
  const family = [pid];
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

/** Fields of /proc/PID/stat from the third one on: the second is a name in brackets and may hold spaces. */
function fieldsOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readProcess(pid: number): { readonly cpuUs: number; readonly rssMb: number } {
  try {
    const fields = fieldsOf(pid);
    const cpuUs = (Number(fields[11]) + Number(fields[12])) * TICK_US;
    return { cpuUs, rssMb: Number(fields[21]) * PAGE_BYTES / 1e6 };
  } catch {
    return { cpuUs: 0, rssMb: 0 }; // ended while we looked
  }
}
