/**
 * The time that the ledger of a run counts by: whole milliseconds, and it stands still while one input of the run (a
 * tick, a message of a worker, the stop) is handled. So the journal can say with one number when a line was made, and a
 * reader that counts the lines again at these times gets the very same figures.
 */
import { type Clock, sleepOn, type Timer } from "../base/clock.ts";

export class RunClock implements Clock {
  readonly #clock: Clock;
  #nowMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#nowMs = Math.round(clock.nowMs());
  }

  /** Moves to the present time. */
  step(): void {
    this.#nowMs = Math.max(this.#nowMs, Math.round(this.#clock.nowMs()));
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  schedule(delayMs: number, fire: () => void): Timer {
    return this.#clock.schedule(delayMs, fire);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }
}
