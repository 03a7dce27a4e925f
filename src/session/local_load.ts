/**
 * The load source of a local run: one `Worker` in this process, with the same messages as on other machines, joined to
 * the master by a memory link. The command line gives it threads, the library a "thread" in the caller's own JavaScript
 * thread.
 */
import type { SocketChoice } from "../base/socket_kind.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import { createMemoryLink } from "../link/memory_link.ts";
import type { Master } from "../master/master.ts";
import type { CompilerThreads } from "../platform/threads/compiler_threads.ts";
import { createLimitMeter } from "../platform/machine/limit_meter.ts";
import { openMachineClock } from "../platform/machine/machine_clock.ts";
import { createProcessMeter } from "../platform/machine/process_stats.ts";
import { OUR_PROTOCOL } from "../protocol/negotiate.ts";
import { LOCAL_WORKER_ID, type ToMaster, type ToWorker } from "../protocol/worker_message.ts";
import type { LogDeduplicator } from "../worker/pool/log_deduplicator.ts";
import { openThreadPool } from "../worker/pool/thread_pool.ts";
import type { ThreadHandle } from "../worker/pool/thread_handle.ts";
import { Worker, type WorkerOptions } from "../worker/worker.ts";
import type { LoadSource } from "./load_source.ts";

/** A hash that equals no other. */
const OWN_LOCUSTFILE = "local";

export interface LocalLoadInput {
  /** Started already, so that they get ready while options are parsed. */
  readonly handles: readonly ThreadHandle[];
  readonly files: readonly string[];
  readonly userClasses: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly logLevel: string;
  /** `auto` if absent. */
  readonly socket?: SocketChoice;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly hostName: string;
  readonly version: string; // ours
  /** Lines of user code in the threads. */
  readonly onLog: WorkerOptions["onLog"];
  readonly deduplicator?: LogDeduplicator;
  /** Requests per second that a calibration of this machine reached; absent if there was none. */
  readonly calibratedPerSecond?: number | undefined;
  /** Of a process that does nothing but run the threads; absent: they are left alone. */
  readonly compilers?: CompilerThreads;
}

/** Loads the locustfile in all threads. Rejects with its problems. */
export async function openLocalLoad(input: LocalLoadInput): Promise<LoadSource> {
  const { handles, userClasses } = input;
  const worker = createLocalWorker(input);
  await worker.start();
  return {
    locustfile: {
      hash: OWN_LOCUSTFILE,
      userClasses,
      message: () => Promise.reject(new Error("a local worker has its locustfile")),
    },
    join(master) {
      joinLocally(worker, master, input);
      return Promise.resolve();
    },
    expectWorkers: 1,
    maxWaitMs: Infinity,
    announceExitCode(exitCode) {
      if (worker.pool !== undefined) worker.pool.exitCode = exitCode;
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      for (const handle of handles) handle.terminate();
    },
  };
}

function createLocalWorker(input: LocalLoadInput): Worker {
  const {
    handles,
    files,
    options,
    logLevel,
    socket = "auto",
    logger,
    clock,
    onLog,
    deduplicator,
    calibratedPerSecond,
    compilers,
  } = input;
  return new Worker({
    clock,
    machineClock: openMachineClock(),
    logger,
    meter: createProcessMeter({ threads: handles.length, nowMs: () => clock.nowMs() }),
    limits: createLimitMeter(),
    calibratedPerSecond,
    masterTimeoutMs: Infinity,
    // Not by the master: lines of `init` and `quit` listeners in the threads come before and after the link.
    onLog,
    source: {
      own: async (receiver) => ({
        hash: OWN_LOCUSTFILE,
        pool: await openThreadPool({
          handles,
          source: { files },
          options,
          workerId: LOCAL_WORKER_ID,
          workerIndex: 0,
          logLevel,
          socket,
          logger,
          clock,
          machineClock: openMachineClock(),
          compilers,
          receiver,
          ...(deduplicator === undefined ? {} : { deduplicator }),
        }),
      }),
      shipped: () => Promise.reject(new Error("a local worker has its locustfile")),
    },
  });
}

function joinLocally(worker: Worker, master: Master, { handles, version, hostName }: LocalLoadInput): void {
  const [masterEnd, workerEnd] = createMemoryLink<ToWorker, ToMaster>();
  master.accept(masterEnd, {
    protocol: OUR_PROTOCOL,
    version,
    workerId: LOCAL_WORKER_ID,
    host: hostName,
    threads: handles.length,
  });
  worker.attach(workerEnd);
}
