/**
 * Waits for workers: one promise per caller, whose condition is checked again whenever the roster has changed. It does
 * not observe the roster; its owner calls `changed`.
 */
import type { Clock } from "../../base/clock.ts";

/** Timers of more than this are set again: an endless wait needs no endless timer. */
const LONGEST_TIMER_MS = 60_000;

export class RosterWatch {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something in the roster is different. */
  changed(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves to true when `isReached`, to false when that takes longer than `maxWaitMs` or the signal aborts. */
  async until(isReached: () => boolean, maxWaitMs: number, signal: AbortSignal): Promise<boolean> {
    const deadlineMs = this.#clock.nowMs() + maxWaitMs;
    while (!isReached()) {
      const leftMs = deadlineMs - this.#clock.nowMs();
      if (leftMs <= 0 || signal.aborted) return false;
      await this.#nextChange(Math.min(leftMs, LONGEST_TIMER_MS), signal);
    }
    return true;
  }

  #nextChange(withinMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        signal.removeEventListener("abort", wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = this.#clock.schedule(withinMs, wake);
      signal.addEventListener("abort", wake, { once: true });
      this.#waiting.add(wake);
    });
  }
}
