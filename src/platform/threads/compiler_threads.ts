/**
 * The threads in which JavaScriptCore compiles. A thread that calls a function often enough wakes one of them, mostly
 * on its own core, other cores idle or not, and would stand still for as long as that compiles: in the middle of a
 * request that an arrival has to send, say. As batch work (`SCHED_BATCH`) it takes the core when that thread sleeps
 * again, and gets as much of it as before. Bun on Linux; elsewhere there are none that can be told.
 */
import { openLibc } from "../linux/libc.ts";
import { listThreads, nameOfThread } from "../linux/own_threads.ts";
import { changeScheduling, SCHED_BATCH, type SchedulingCalls } from "../linux/scheduling.ts";

const COMPILER = "JITWorker";

export class CompilerThreads {
  readonly #open: () => SchedulingCalls | undefined;
  /** Threads of this process that have been looked at. */
  #known = new Set<number>();

  constructor(open: () => SchedulingCalls | undefined = openLibc) {
    this.#open = open;
  }

  /** Call it again and again: they end when there is nothing to compile for ten seconds, and others come. */
  standBack(): void {
    const libc = this.#open();
    if (libc === undefined) return;
    const present = listThreads();
    for (const tid of present) {
      if (!this.#known.has(tid) && nameOfThread(tid) === COMPILER) {
        changeScheduling(libc, tid, (scheduling) => scheduling.policy = SCHED_BATCH);
      }
    }
    this.#known = new Set(present);
  }
}
