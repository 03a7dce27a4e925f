/**
 * A clock that all threads of this machine read alike. `performance.now()` counts from the start of each thread, and a message between two
 * threads takes as long as the other one sleeps: up to some milliseconds on a machine that does little.
 */
import { type Libc, openLibc } from "./linux/libc.ts";

export interface MachineClock {
  /** This clock less `performance.now()` of this thread, at this moment: a suspended machine may stop one of them. */
  differenceMs(): number;
}

const CLOCK_MONOTONIC = 1;
/** A thread may be interrupted between the two halves of a reading, but hardly each time. */
const READINGS = 4;

/** Undefined where there is none: outside of Bun on Linux. */
export function openMachineClock(): MachineClock | undefined {
  const libc = openLibc();
  return libc === undefined ? undefined : new KernelClock(libc);
}

class KernelClock implements MachineClock {
  readonly #libc: Libc;
  /** `struct timespec`: seconds and nanoseconds. */
  readonly #time = new BigInt64Array(2);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** A reading can only be too high, by what happened between its two halves. */
  differenceMs(): number {
    let least = Infinity;
    for (let reading = 0; reading < READINGS; reading++) {
      const nowMs = performance.now();
      this.#libc.clock_gettime(CLOCK_MONOTONIC, this.#time);
      least = Math.min(least, Number(this.#time[0]) * 1000 + Number(this.#time[1]) / 1e6 - nowMs);
    }
    return least;
  }
}
