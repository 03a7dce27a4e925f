/**
 * Measures how long a peer has been silent, in checks instead of clock time: a process that was suspended could not
 * receive anything, so the time of its suspension counts as one check at most.
 */
import type { Clock } from "../base/clock.ts";

/** The most time that one check counts; checks come about once a second. */
const LONGEST_CHECK_MS = 1500;

export class Silence {
  readonly #clock: Clock;
  #silentMs = 0;
  #lastCheckMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastCheckMs = clock.nowMs();
  }

  /** The peer said something. */
  broken(): void {
    this.#silentMs = 0;
  }

  /** Counts the time since the last check and returns the sum of silence. */
  check(): number {
    const nowMs = this.#clock.nowMs();
    this.#silentMs += Math.min(nowMs - this.#lastCheckMs, LONGEST_CHECK_MS);
    this.#lastCheckMs = nowMs;
    return this.#silentMs;
  }
}
