/**
 * Calls back at whole periods after its start, without drift: the n-th call is due n periods after the start, however late the
 * ones before it were. Periods that were slept through (a suspended machine) are skipped, not made up for.
 */
import type { Clock, Timer } from "../base/clock.ts";

export function startTicker(clock: Clock, periodMs: number, tick: () => void): Timer {
  const startedAtMs = clock.nowMs();
  let count = 0;
  let timer: Timer;
  const schedule = () => {
    const elapsed = clock.nowMs() - startedAtMs;
    count = Math.max(count + 1, Math.floor(elapsed / periodMs) + (elapsed % periodMs === 0 ? 0 : 1));
    timer = clock.schedule(startedAtMs + count * periodMs - clock.nowMs(), () => {
      schedule();
      tick();
    });
  };
  schedule();
  return { cancel: () => timer.cancel() };
}
