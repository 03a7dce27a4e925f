/**
 * Measures the CPU and memory use of this process and its machine between two readings. One meter per owner: it keeps
 * the previous reading.
 */
import { readFileSync } from "node:fs";
import os from "node:os";
import process from "node:process";

export interface ProcessStats {
  /** CPU time of the process since the last reading, in percent of the cores it may keep busy (100 = all of them). */
  readonly cpuPercent: number;
  /** CPU time of all processes of the machine, in percent of all cores. */
  readonly machineCpuPercent: number;
  readonly rssBytes: number;
}

export interface ProcessMeter {
  /** Figures since the previous call; since the meter was made at the first. */
  read(): ProcessStats;
}

/** CPU time of this process so far in ms, user and system, of all its threads. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Ticks per second of /proc: 100 in all builds of Linux that are in use. */
const TICKS_PER_SECOND = 100;

/** The same of another process; undefined where it has ended or the system has no /proc. */
export function readProcessCpuMs(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) * (1000 / TICKS_PER_SECOND);
  } catch {
    return undefined; // it has ended, or this is another system
  }
}

export interface MachineTimes {
  readonly busy: number;
  readonly idle: number;
}

/** Times of all cores of the machine so far, summed, in ms. */
export function readMachineTimes(): MachineTimes {
  return parseProcStat(readText("/proc/stat")) ?? sumCores();
}

/**
 * The line of all cores in `/proc/stat`. As psutil counts it, which Locust uses: a core that waits for a disk is idle;
 * one that handles interrupts, as it does for each packet, or that the host has given to another virtual machine, is
 * busy. Undefined for another text.
 */
export function parseProcStat(text: string): MachineTimes | undefined {
  const fields = /^cpu +(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)(?: (\d+))?/.exec(text);
  if (fields === null) return undefined;
  const ms = (index: number) => Number(fields[index] ?? 0) * (1000 / TICKS_PER_SECOND);
  const [user, nice, system, idle, wait, interrupts, softInterrupts, stolen] = [1, 2, 3, 4, 5, 6, 7, 8].map(
    ms,
  ) as Times;
  return { busy: user + nice + system + interrupts + softInterrupts + stolen, idle: idle + wait };
}

type Times = [number, number, number, number, number, number, number, number];

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // another system
  }
}

/** What the runtime tells on any system, without the time for packets. */
function sumCores(): MachineTimes {
  let busy = 0;
  let idle = 0;
  for (const { times } of os.cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, idle };
}

/** What the meter reads; replaced by tests. */
export interface ProcessSource {
  /** CPU time of this process so far, user and system. */
  cpuMs(): number;
  /** Times of all cores of the machine so far, summed, in any one unit. */
  machine(): MachineTimes;
  rssBytes(): number;
  cores(): number;
}

const systemSource: ProcessSource = {
  cpuMs: processCpuMs,
  machine: readMachineTimes,
  rssBytes: () => process.memoryUsage().rss,
  cores: () => os.availableParallelism(),
};

/**
 * A meter of this process. `threads` is how many threads do its work: a process with one thread on eight cores is full
 * at one core, and says 100.
 */
export function createProcessMeter(
  options: { readonly threads: number; readonly nowMs: () => number; readonly source?: ProcessSource },
): ProcessMeter {
  const meter = createStrictMeter(options);
  let last: ProcessStats = { cpuPercent: 0, machineCpuPercent: 0, rssBytes: 0 };
  return {
    read() {
      try {
        last = meter.read();
      } catch {
        // The system's files cannot be read while no file descriptor is left: the last figures are better than a lost heartbeat.
      }
      return last;
    },
  };
}

function createStrictMeter(
  options: { readonly threads: number; readonly nowMs: () => number; readonly source?: ProcessSource },
): ProcessMeter {
  const source = options.source ?? systemSource;
  let atMs = options.nowMs();
  let cpuMs = source.cpuMs();
  let machine = source.machine();
  return {
    read: () => {
      const now = { atMs: options.nowMs(), cpuMs: source.cpuMs(), machine: source.machine() };
      const cores = Math.max(1, Math.min(options.threads, source.cores()));
      const busy = now.machine.busy - machine.busy;
      const all = busy + now.machine.idle - machine.idle;
      const stats = {
        cpuPercent: percent(now.cpuMs - cpuMs, (now.atMs - atMs) * cores),
        machineCpuPercent: percent(busy, all),
        rssBytes: source.rssBytes(),
      };
      ({ atMs, cpuMs, machine } = now);
      return stats;
    },
  };
}

/** Tenths of a percent; 0 where no time has passed. */
function percent(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, Math.round((part / whole) * 1000) / 10) : 0;
}
