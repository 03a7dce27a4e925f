/**
 * One run of one program against one system: requests by the server's count and CPU time by /proc, over the middle of the run,
 * so that neither the start nor the end of the program counts.
 */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

export async function measureRun(
  system: BenchSystem,
  command: readonly string[],
  seconds: number,
  core: number | undefined,
): Promise<Measurement> {
  const [program = "", ...args] = command;
  const child = start(program, args, core);
  let running = true;
  const ended = new Promise<void>((resolve) => {
    child.on("exit", () => {
      running = false;
      resolve();
    });
  });
  const wait = (ms: number) => Promise.race([ended, new Promise<void>((resolve) => setTimeout(resolve, ms))]);
  await wait(seconds * 300);
  const first = await takeSample(system, child);
  await wait(seconds * 500);
  if (!running) throw new Error(`Cannot measure "${command.join(" ")}": it ended too early, with ${child.exitCode}`);
  const last = await takeSample(system, child);
  await ended;
  const requests = Math.max(1, last.count - first.count);
  return {
    perSecond: requests / (last.atMs - first.atMs) * 1000,
    cpuUsPerRequest: (last.cpuUs - first.cpuUs) / requests,
    rssMb: last.rssMb,
  };
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
