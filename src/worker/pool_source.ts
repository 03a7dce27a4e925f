/** Where a worker gets its threads with a locustfile in them: its own file, or what the master ships. */
import type { ToWorker } from "../protocol/worker_message.ts";
import type { ThreadPool, ThreadPoolReceiver } from "./thread_pool.ts";

/** Where this worker's locustfile comes from: its own, or what the master ships. */
export interface PoolSource {
  /** Opens the pool with the worker's own locustfile; absent when it has none. */
  readonly own?: (receiver: ThreadPoolReceiver) => Promise<LoadedPool>;
  /** Opens it with what came over the link. */
  readonly shipped: (
    message: Extract<ToWorker, { kind: "locustfile" }>,
    receiver: ThreadPoolReceiver,
  ) => Promise<LoadedPool>;
}

export interface LoadedPool {
  readonly pool: ThreadPool;
  readonly hash: string;
}
