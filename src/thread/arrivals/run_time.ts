/**
 * The time of the run on this thread's clock. Each order says what the master's clock read when it was sent; the one that was under way
 * for the shortest time is nearest to the truth. Old readings are forgotten, because two clocks drift apart.
 */

/** Orders come once a second. In so many seconds good clocks drift apart by a few hundred microseconds. */
const READINGS = 16;

export class RunTime {
  /** Local time minus time of the run, of the last readings: each is too large by the time that its order was under way. */
  readonly #offsets: number[] = [];
  #offsetMs = 0;

  /** The run's time was `runMs` when something was sent that has arrived now. */
  note(runMs: number, nowMs: number): void {
    this.#offsets.push(nowMs - runMs);
    if (this.#offsets.length > READINGS) this.#offsets.shift();
    this.#offsetMs = Math.min(...this.#offsets);
  }

  /** The local time of a time of the run. */
  toLocalMs(runMs: number): number {
    return runMs + this.#offsetMs;
  }

  toRunMs(localMs: number): number {
    return localMs - this.#offsetMs;
  }
}
