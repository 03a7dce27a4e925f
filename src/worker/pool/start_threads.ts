/** Makes the threads of a pool before there is one: they get ready while the caller still parses options. */
import type { StartThread } from "../../platform/threads/thread_host.ts";
import { ThreadHandle } from "./thread_handle.ts";

export interface ThreadsToMake {
  readonly count: number;
  readonly entry: URL;
  readonly startThread: StartThread;
}

/** Makes the handles of `count` threads, which are still to be started. */
export function createThreads({ count, entry, startThread }: ThreadsToMake): ThreadHandle[] {
  return Array.from({ length: count }, (_, index) => new ThreadHandle({ index, entry, startThread }));
}

/** Starts `count` threads; `openThreadPool` gives them the locustfile. */
export function startThreads(threads: ThreadsToMake): ThreadHandle[] {
  const handles = createThreads(threads);
  for (const handle of handles) handle.start();
  return handles;
}
