/** The threads of this process, by their numbers and names: those that the runtime makes for itself are known by nothing else. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Empty where there is no /proc, and while no file descriptor is left. */
export function listThreads(): number[] {
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    return [];
  }
}

/** Empty if it has ended. Linux keeps 15 bytes of a name. */
export function nameOfThread(tid: number): string {
  return readOfThread(tid, "comm")?.trimEnd() ?? "";
}

/** A file of it; undefined if it has ended, or no file descriptor is left. */
export function readOfThread(tid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${tid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

/** The number of the thread that asks; 0 where it is not known. */
export function ownThreadNumber(): number {
  try {
    return Number(/(\d+)$/.exec(readlinkSync("/proc/thread-self"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export interface ThreadReading {
  /** It runs, or waits for a core. What sleeps, or waits for a disk, does not. */
  readonly isRunnable: boolean;
  /** So far, in steps of 10 ms. */
  readonly cpuMs: number;
}

const TICK_MS = 10;

/** What a thread of this process is at; undefined if it has ended, or this is not known. */
export function readThreadState(tid: number): ThreadReading | undefined {
  const stat = tid > 0 ? readOfThread(tid, "stat") : undefined;
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // its name may hold anything
  return { isRunnable: fields[0] === "R", cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}
