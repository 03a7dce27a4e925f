/** Loads a locustfile into the threads of a worker: the worker's own file, or the bundle that the master sends. */
import type { ToWorker } from "../../protocol/worker_message.ts";
import type { ThreadPool, ThreadPoolReceiver } from "./thread_pool.ts";

/** Where this worker's locustfile comes from: its own, or what the master ships. */
export interface PoolSource {
  /** Opens the pool with the worker's own locustfile; absent when it has none. */
  readonly own?: (receiver: ThreadPoolReceiver) => Promise<LoadedPool>;
  /** Opens it with what came over the link. `fetchPart`: bytes of a large file of it, from there on. */
  readonly shipped: (
    message: Extract<ToWorker, { kind: "locustfile" }>,
    receiver: ThreadPoolReceiver,
    fetchPart: (path: string, offset: number) => Promise<Uint8Array>,
  ) => Promise<LoadedPool>;
}

export interface LoadedPool {
  readonly pool: ThreadPool;
  readonly hash: string;
}
