/**
 * Calls back at whole periods after its start, without drift: the n-th call is due n periods after the start, however
 * late earlier calls were. With a phase the first call is due so long after the start. Passes how late the call is.
 * Periods during which the machine was suspended are skipped, not made up for.
 */
import type { Clock, Timer } from "../base/clock.ts";

/**
 * After a pause of the process timers come before the messages that have arrived meanwhile, and other processes may
 * have stood still, too.
 */
export const SETTLE_MS = 150;

/** `settleMs`: a call that is as late as that comes so much later again, when what has come meanwhile is known. */
export function startTicker(
  clock: Clock,
  periodMs: number,
  tick: (lateMs: number) => void,
  phaseMs: number = periodMs,
  settleMs = Infinity,
): Timer {
  const startedAtMs = clock.nowMs() + phaseMs - periodMs;
  let count = 0;
  let timer: Timer;
  const schedule = () => {
    const elapsed = clock.nowMs() - startedAtMs;
    count = Math.max(count + 1, Math.floor(elapsed / periodMs) + (elapsed % periodMs === 0 ? 0 : 1));
    const dueMs = startedAtMs + count * periodMs;
    timer = clock.schedule(dueMs - clock.nowMs(), () => {
      const lateMs = Math.max(0, clock.nowMs() - dueMs);
      const call = () => {
        schedule();
        tick(lateMs);
      };
      if (lateMs < settleMs) call();
      else timer = clock.schedule(settleMs, call);
    });
  };
  schedule();
  return { cancel: () => timer.cancel() };
}
