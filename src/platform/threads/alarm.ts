/**
 * A timer for what must happen in time, finer than the runtime's: on Linux under Bun the kernel's own. Elsewhere there
 * is none, and the clock's timers have to do.
 */
import { openLibc } from "../linux/libc.ts";
import { SystemError } from "../linux/mapping.ts";
import { ownResources } from "../linux/thread_resources.ts";
import { TimerFd } from "../linux/timer_fd.ts";

export interface Alarm {
  /**
   * Rings once after `delayMs`; what was set before is forgotten. The kernel wakes an idle core some tenths of a
   * millisecond late, so the thread can wake up `watchMs` sooner (0 if absent) and look at the clock until it is time:
   * exact to microseconds, at the price of so much of a core.
   */
  set(delayMs: number, watchMs?: number): void;
  cancel(): void;
  /** It rings no more, and holds nothing. */
  close(): void;
}

/** Undefined where the system has none. */
export function openAlarm(ring: () => void): Alarm | undefined {
  const libc = openLibc();
  if (libc === undefined) return undefined;
  try {
    return new TimerFd({ libc, resources: ownResources() }, ring);
  } catch (error) {
    if (error instanceof SystemError) return undefined; // a container may forbid it
    throw error;
  }
}
