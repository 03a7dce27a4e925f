/**
 * Tells why a thread does not come back to its event loop: its code computes or blocks in a call, or the machine gives
 * it no core. A thread that could run in most looks, and hardly did, is kept from running. Knows nothing where threads
 * cannot be looked at.
 */
import type { ThreadReading } from "../../platform/linux/own_threads.ts";

/** A thread with less of a core than this does nothing that could keep its loop. */
const HARDLY = 0.25;

export class SilentThread {
  #first: ThreadReading | undefined;
  #last: ThreadReading | undefined;
  #sinceMs = 0;
  #looks = 0;
  #runnable = 0;

  /** A look at it, and the time since the one before. */
  look(reading: ThreadReading | undefined, sinceMs: number): void {
    if (reading === undefined) return;
    this.#last = reading;
    if (this.#first === undefined) {
      this.#first = reading;
      return;
    }
    this.#sinceMs += sinceMs;
    this.#looks++;
    if (reading.isRunnable) this.#runnable++;
  }

  get isStarved(): boolean {
    if (this.#first === undefined || this.#last === undefined || this.#looks === 0) return false;
    return this.#runnable * 2 > this.#looks && this.#last.cpuMs - this.#first.cpuMs < HARDLY * this.#sinceMs;
  }
}
