/**
 * CPU time of processes by kind of thread, from /proc: how long each ran, and how long it was ready to run and waited for a core. For the
 * question what a machine does while a load generator has all of its cores.
 */
import { readdirSync, readFileSync } from "node:fs";

/** What a thread is there for, by its name. A name that is not here is a part of its own. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^locust-thread-/, "threads of users"],
  [/^locust-control$/, "control thread"],
  [/^locust-ts$|^bun$/, "main thread: statistics, link to the master"],
  [/^JITWorker$/, "compiler"],
  [/^HeapHelper$/, "collector, helpers"],
  [/^JSCWarmUp$/, "collector"],
  [/^mi-scavenger$/, "allocator: gives memory back"],
];

export interface ThreadTimes {
  readonly name: string;
  readonly runMs: number;
  readonly waitMs: number;
}

export interface PartTimes {
  runMs: number;
  waitMs: number;
}

/** The threads of some processes now, by thread number. */
export function readThreads(pids: readonly number[]): Map<number, ThreadTimes> {
  const threads = new Map<number, ThreadTimes>();
  for (const pid of pids) {
    for (const tid of readdirSync(`/proc/${pid}/task`).map(Number)) {
      const times = readThread(pid, tid);
      if (times !== undefined) threads.set(tid, times);
    }
  }
  return threads;
}

function readThread(pid: number, tid: number): ThreadTimes | undefined {
  try {
    const text = (file: string) => readFileSync(`/proc/${pid}/task/${tid}/${file}`, "utf8");
    const [run = 0, wait = 0] = text("schedstat").split(" ").map(Number);
    return { name: text("comm").trimEnd(), runMs: run / 1e6, waitMs: wait / 1e6 };
  } catch {
    return undefined; // it has ended
  }
}

/** What each part did in between; of a thread that has ended meanwhile nothing is known. */
export function partsBetween(
  before: ReadonlyMap<number, ThreadTimes>,
  after: ReadonlyMap<number, ThreadTimes>,
): Map<string, PartTimes> {
  const parts = new Map<string, PartTimes>();
  for (const [tid, { name, runMs, waitMs }] of after) {
    const label = PARTS.find(([pattern]) => pattern.test(name))?.[1] ?? name;
    const part = parts.get(label) ?? { runMs: 0, waitMs: 0 };
    part.runMs += runMs - (before.get(tid)?.runMs ?? 0);
    part.waitMs += waitMs - (before.get(tid)?.waitMs ?? 0);
    parts.set(label, part);
  }
  return parts;
}

export interface MachineTimes {
  /** All that ran, without interrupts. */
  readonly workMs: number;
  readonly interruptsMs: number;
  readonly idleMs: number;
  /** Taken by the host. */
  readonly stolenMs: number;
}

const TICK_MS = 10;

/** Of all cores so far. */
export function readMachine(): MachineTimes {
  const [user = 0, nice = 0, system = 0, idle = 0, disk = 0, hard = 0, soft = 0, stolen = 0] =
    (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").split(/\s+/).slice(1).map((ticks) =>
      Number(ticks) * TICK_MS
    );
  return { workMs: user + nice + system, interruptsMs: hard + soft, idleMs: idle + disk, stolenMs: stolen };
}
