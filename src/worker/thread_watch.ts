/**
 * The watch over the threads: looks at their beats every quarter second and says in the log which one hangs, and in what.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { ThreadSeat } from "./thread_seat.ts";

const WATCH_EVERY_MS = 250;

/**
 * Starts the watch; `looked` is called after each look with the time since the last one. Time counts only as far as this loop
 * was awake: after a suspended machine wakes up nobody is called hung for the time in which nobody ran.
 */
export function watchThreads(options: {
  readonly seats: readonly ThreadSeat[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly looked: (sinceMs: number) => void;
}): Timer {
  const { seats, clock, logger, looked } = options;
  const toldHung = new Set<ThreadSeat>();
  let timer: Timer;
  const lookAfter = (lastMs: number) => {
    timer = clock.schedule(WATCH_EVERY_MS, () => {
      const nowMs = clock.nowMs();
      const sinceMs = Math.min(nowMs - lastMs, 2 * WATCH_EVERY_MS);
      lookAfter(nowMs);
      for (const seat of seats) {
        seat.watch(sinceMs);
        tellHung(seat, toldHung, logger);
      }
      looked(sinceMs);
    });
  };
  lookAfter(clock.nowMs());
  return { cancel: () => timer.cancel() };
}

function tellHung(seat: ThreadSeat, told: Set<ThreadSeat>, logger: Logger): void {
  if (seat.hung === told.has(seat)) return;
  if (!seat.hung) {
    told.delete(seat);
    if (seat.state !== "gone") logger.warning(`Thread ${seat.index} answers again`);
    return;
  }
  told.add(seat);
  logger.warning(
    `Thread ${seat.index} has not come back to its event loop for ${(seat.silentMs / 1000).toFixed(1)} s: ` +
      `${seat.doing} never awaits, or blocks in a call; all users of this thread stand still meanwhile`,
  );
}
