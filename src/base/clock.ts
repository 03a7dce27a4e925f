/**
 * Time as an argument. Durations come from `nowMs()` (monotonic, one machine only), dates from `wallMs()`.
 * No wall-clock value ever serves as a key or an order between machines.
 */

/** Something that was scheduled and can be called off. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since an arbitrary start, with fractions; never goes back. */
  nowMs(): number;
  /** Milliseconds since the Unix epoch; may jump. */
  wallMs(): number;
  /** Calls `fire` once after `delayMs`. */
  schedule(delayMs: number, fire: () => void): Timer;
  /** Resolves after `delayMs`, or at once (without an error) when the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** What a clock that several processes read was at the moment that a message tells of. */
export interface MachineReading {
  /** Which clock. */
  readonly clock: string;
  readonly atMs: number;
}

/** Longest delay that `setTimeout` keeps: a longer one would wrap and fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

class SystemClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  schedule(delayMs: number, fire: () => void): Timer {
    const id = setTimeout(fire, Math.min(Math.max(0, delayMs), MAX_TIMEOUT_MS));
    return { cancel: () => clearTimeout(id) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }
}

/** `Clock.sleep` for any clock that can schedule. */
export function sleepOn(clock: Pick<Clock, "schedule">, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      timer.cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = clock.schedule(delayMs, wake);
    signal?.addEventListener("abort", wake, { once: true });
  });
}

export const systemClock: Clock = new SystemClock();
