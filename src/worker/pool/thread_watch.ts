/**
 * The watch over the threads: looks at their beats every quarter second and says in the log which one hangs, and in
 * what.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import type { ThreadHandle } from "./thread_handle.ts";

const WATCH_EVERY_MS = 250;

/**
 * Starts the watch; `looked` is called after each look with the time since the last one. Time counts only as far as
 * this loop was awake: after a suspended machine wakes up, no thread counts as hung for the time in which none ran.
 */
export function watchThreads(options: {
  readonly handles: readonly ThreadHandle[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly looked: (sinceMs: number) => void;
}): Timer {
  const { handles, clock, logger, looked } = options;
  const told = new Map<ThreadHandle, Trouble>();
  let timer: Timer;
  const lookAfter = (lastMs: number) => {
    timer = clock.schedule(WATCH_EVERY_MS, () => {
      const nowMs = clock.nowMs();
      const sinceMs = Math.min(nowMs - lastMs, 2 * WATCH_EVERY_MS);
      lookAfter(nowMs);
      for (const handle of handles) {
        handle.watch(sinceMs);
        report(handle, told, logger);
      }
      looked(sinceMs);
    });
  };
  lookAfter(clock.nowMs());
  return { cancel: () => timer.cancel() };
}

type Trouble = "hung" | "starved";

function report(handle: ThreadHandle, told: Map<ThreadHandle, Trouble>, logger: Logger): void {
  const trouble = handle.hung ? "hung" : handle.starved ? "starved" : undefined;
  if (trouble === told.get(handle)) return;
  if (trouble === undefined) {
    told.delete(handle);
    if (handle.state !== "gone") logger.warning(`Thread ${handle.index} answers again`);
    return;
  }
  told.set(handle, trouble);
  const seconds = (handle.silentMs / 1000).toFixed(1);
  logger.warning(
    trouble === "hung"
      ? `Thread ${handle.index} has not returned to its event loop for ${seconds} s: ` +
        `${handle.doing} never awaits, or blocks in a call; all users of this thread are blocked`
      : `Thread ${handle.index} has had hardly any processor time for ${seconds} s: other programs use this machine, and all users of this ` +
        "thread wait; end them, or start fewer users here",
  );
}
