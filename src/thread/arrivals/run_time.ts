/**
 * The time of the run on a clock of this process. Each order says what the master's clock read when it was sent; the
 * one that was under way for the shortest time is nearest to the truth. Old readings are forgotten, because two clocks
 * drift apart.
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

  /** The run's time was `runMs` at this local time: nothing was under way, or that was taken into account. */
  set(runMs: number, localMs: number): void {
    this.#offsets.length = 0;
    this.#offsetMs = localMs - runMs;
  }

  /** Another master goes on with the run: its clock is another one. */
  forget(): void {
    this.#offsets.length = 0;
  }

  /** The local time of a time of the run. */
  toLocalMs(runMs: number): number {
    return runMs + this.#offsetMs;
  }

  toRunMs(localMs: number): number {
    return localMs - this.#offsetMs;
  }
}
