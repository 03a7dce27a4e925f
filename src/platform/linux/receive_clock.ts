/**
 * Turns the kernel's time stamps of received bytes, which are dates, into readings of `performance.now()`. Linux lets both clocks run at the same rate,
 * so that their difference stays the same until somebody sets the date. For some time after that no stamp is used: it may be of the old date or of
 * the new one.
 */
import type { Libc } from "./libc.ts";

const CLOCK_REALTIME = 0;
/** Differences vary by the time between the two readings, mostly 0.2 µs. One that differs by more than this is read again, and then counts as a new date. */
const NEAR_MS = 0.05;
const READINGS = 4;
/** Bytes that were stamped with the old date have been read by then. */
const DISTRUST_MS = 1000;

export class ReceiveClock {
  readonly #libc: Pick<Libc, "clock_gettime">;
  readonly #nowMs: () => number;
  /** `struct timespec`: seconds and nanoseconds, 64 bits each. */
  readonly #date = new Uint32Array(4);
  /** Dates count from here, so that their fractions stay exact. */
  readonly #firstSecond: number;
  /** Date less `performance.now()`. A reading can only be too high, by what happened between its two halves. */
  #differenceMs = Infinity;
  #readMs = 0;
  #trustedFromMs = -Infinity;

  constructor(libc: Pick<Libc, "clock_gettime">, nowMs: () => number = () => performance.now()) {
    this.#libc = libc;
    this.#nowMs = nowMs;
    libc.clock_gettime(CLOCK_REALTIME, this.#date);
    this.#firstSecond = this.#date[0] ?? 0;
    this.#differenceMs = this.#least();
  }

  /** Before stamps are converted: notices a new date. Returns `performance.now()`. */
  read(): number {
    const difference = this.#difference();
    if (Math.abs(difference - this.#differenceMs) > NEAR_MS) this.#differ();
    else if (difference < this.#differenceMs) this.#differenceMs = difference;
    return this.#readMs;
  }

  #differ(): void {
    const least = this.#least();
    if (Math.abs(least - this.#differenceMs) <= NEAR_MS) return; // this thread was interrupted between two readings
    this.#differenceMs = least;
    this.#trustedFromMs = this.#readMs + DISTRUST_MS;
  }

  #least(): number {
    let least = Infinity;
    for (let reading = 0; reading < READINGS; reading++) least = Math.min(least, this.#difference());
    return least;
  }

  #difference(): number {
    this.#readMs = this.#nowMs();
    this.#libc.clock_gettime(CLOCK_REALTIME, this.#date);
    return this.#toDateMs(this.#date[0] ?? 0, this.#date[2] ?? 0) - this.#readMs;
  }

  #toDateMs(seconds: number, nanoseconds: number): number {
    return (seconds - this.#firstSecond) * 1000 + nanoseconds / 1e6;
  }

  /** The reading of `performance.now()` at a stamp. Never in the future; undefined where stamps are not to be trusted. */
  toMs(seconds: number, nanoseconds: number): number | undefined {
    const readMs = this.#readMs;
    if (readMs < this.#trustedFromMs) return undefined;
    const ms = this.#toDateMs(seconds, nanoseconds) - this.#differenceMs;
    return ms <= readMs ? ms : Math.min(ms, this.#nowMs());
  }
}
