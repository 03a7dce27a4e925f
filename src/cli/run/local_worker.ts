/**
 * The worker of a local run: the same `Worker` and the same messages as on other machines, joined to the master by a memory
 * link. Its threads are started before the options are known, so that they get ready meanwhile.
 */
import { createMemoryLink } from "../../link/memory_link.ts";
import type { Master } from "../../master/master.ts";
import { createProcessMeter } from "../../platform/process_stats.ts";
import { OUR_PROTOCOL } from "../../protocol/negotiate.ts";
import { LOCAL_WORKER_ID, type ToMaster, type ToWorker } from "../../protocol/worker_message.ts";
import { openThreadPool } from "../../worker/thread_pool.ts";
import type { LogDeduplicator } from "../../worker/log_deduplicator.ts";
import type { ThreadHandle } from "../../worker/thread_handle.ts";
import { Worker } from "../../worker/worker.ts";
import type { Logging } from "../terminal/logging.ts";
import type { RunOptions } from "../options/options.ts";
import type { ProcessDeps } from "../process_deps.ts";

/** The hash has nobody to be compared with. */
const OWN_LOCUSTFILE = "local";

export interface LocalWorkerInput {
  readonly handles: readonly ThreadHandle[];
  readonly files: readonly string[];
  readonly options: RunOptions;
  readonly deps: ProcessDeps;
  readonly logging: Logging;
  readonly deduplicator: LogDeduplicator;
}

/** Loads the locustfile in all threads; rejects with its problems. */
export async function startLocalWorker(input: LocalWorkerInput): Promise<Worker> {
  const { handles, files, options, deps, logging } = input;
  const logger = logging.named("locust.runners");
  const worker = new Worker({
    clock: deps.clock,
    logger,
    meter: createProcessMeter({ threads: handles.length, nowMs: () => deps.clock.nowMs() }),
    masterTimeoutMs: Infinity,
    // Not by the master: what `init` and `quit` listeners of the threads log comes before and after the link.
    onLog: (line) => logging.relay(line),
    source: {
      own: async (receiver) => ({
        hash: OWN_LOCUSTFILE,
        pool: await openThreadPool({
          handles,
          source: { files },
          options: options.parsedOptions,
          workerId: LOCAL_WORKER_ID,
          workerIndex: 0,
          logLevel: options.logLevel,
          logger,
          clock: deps.clock,
          receiver,
          deduplicator: input.deduplicator,
        }),
      }),
      shipped: () => Promise.reject(new Error("a local worker has its locustfile")),
    },
  });
  await worker.start();
  return worker;
}

/** Joins the worker to a master of this process. */
export function joinLocally(worker: Worker, master: Master, threads: number, deps: ProcessDeps): void {
  const [masterEnd, workerEnd] = createMemoryLink<ToWorker, ToMaster>();
  master.accept(masterEnd, {
    kind: "hello",
    protocol: OUR_PROTOCOL,
    version: deps.version,
    workerId: LOCAL_WORKER_ID,
    host: deps.hostName,
    threads,
  });
  worker.attach(workerEnd);
}
