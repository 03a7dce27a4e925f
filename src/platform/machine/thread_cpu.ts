/**
 * CPU time of this thread, and the time in which the threads work that help the runtime to collect garbage: they are
 * all that is to be seen of a collection, and mark what is alive for as long as the thread stands still for it. Bun on
 * Linux; elsewhere the process stands for the thread, and nothing is known of collections.
 */
import { type Libc, openLibc } from "../linux/libc.ts";
import { listThreads, nameOfThread, readOfThread } from "../linux/own_threads.ts";
import { processCpuMs } from "./process_stats.ts";

export interface ThreadCpu {
  /** CPU time of this thread so far; of the process where no more is known. */
  ownMs(): number;
  /** What the busiest of the threads that collect garbage did since the last call; nothing where that is not known. */
  takeCollecting(): Collecting;
}

export interface Collecting {
  /** On a core. */
  readonly cpuMs: number;
  /** The same, with the time in which it waited for one: no collection took longer. */
  readonly activeMs: number;
}

export const NO_COLLECTING: Collecting = { cpuMs: 0, activeMs: 0 };

export function openThreadCpu(libc: Libc | undefined = openLibc()): ThreadCpu {
  return libc === undefined ? { ownMs: processCpuMs, takeCollecting: () => NO_COLLECTING } : new KernelCpu(libc);
}

const CLOCK_THREAD_CPUTIME = 3;

/** JavaScriptCore's helpers, and its "JSC Heap Collector Thread", of whose name Linux keeps the end. */
const COLLECTORS = /^(?:HeapHelper|ollector Thread)$/;

/**
 * Helpers come with the first collection and go after some idle seconds: the list of threads is read anew after so many
 * calls.
 */
const CALLS_PER_LIST = 100;

interface Collector {
  readonly tid: number;
  /** CPU time so far. */
  cpuMs: number;
  /** The same, with the time in which it waited for a core: a busy machine makes a collection longer. */
  activeMs: number;
}

class KernelCpu implements ThreadCpu {
  readonly #libc: Pick<Libc, "clock_gettime">;
  /** `struct timespec`: seconds and nanoseconds. */
  readonly #time = new BigInt64Array(2);
  /** What is not among them is no collector. */
  readonly #known = new Map<number, Collector | undefined>();
  #calls = 0;

  constructor(libc: Pick<Libc, "clock_gettime">) {
    this.#libc = libc;
  }

  ownMs(): number {
    return this.#read(CLOCK_THREAD_CPUTIME) ?? 0;
  }

  takeCollecting(): Collecting {
    if (this.#calls++ % CALLS_PER_LIST === 0) this.#list();
    let most = NO_COLLECTING; // they work side by side: the busiest one was at it all the time
    for (const collector of this.#known.values()) {
      if (collector === undefined) continue;
      const cpuMs = this.#read(clockOf(collector.tid)) ?? collector.cpuMs; // it has ended
      if (cpuMs === collector.cpuMs) continue; // a file is read only where there is something to read
      const activeMs = readActiveMs(collector.tid) ?? collector.activeMs + cpuMs - collector.cpuMs;
      const since = { cpuMs: cpuMs - collector.cpuMs, activeMs: activeMs - collector.activeMs };
      if (since.activeMs > most.activeMs) most = since;
      collector.cpuMs = cpuMs;
      collector.activeMs = activeMs;
    }
    return most;
  }

  #list(): void {
    const present = new Set(listThreads());
    for (const tid of this.#known.keys()) if (!present.has(tid)) this.#known.delete(tid);
    for (const tid of present) {
      if (this.#known.has(tid)) continue;
      const cpuMs = this.#read(clockOf(tid)) ?? 0;
      const isCollector = COLLECTORS.test(nameOfThread(tid));
      this.#known.set(tid, isCollector ? { tid, cpuMs, activeMs: readActiveMs(tid) ?? cpuMs } : undefined);
    }
  }

  #read(clock: number): number | undefined {
    if (this.#libc.clock_gettime(clock, this.#time) !== 0) return undefined;
    return Number(this.#time[0]) * 1000 + Number(this.#time[1]) / 1e6;
  }
}

/**
 * The number of the clock that counts the CPU time of a thread: `make_thread_cpuclock` in Linux,
 * include/linux/posix-timers.h.
 */
function clockOf(tid: number): number {
  return (~tid << 3) | 4 | 2;
}

/** `schedstat`: nanoseconds on a core, and in wait for one. */
function readActiveMs(tid: number): number | undefined {
  const [onCoreNs = 0, waitedNs = 0] = (readOfThread(tid, "schedstat") ?? "").split(" ").map(Number);
  return onCoreNs > 0 ? (onCoreNs + waitedNs) / 1e6 : undefined;
}
