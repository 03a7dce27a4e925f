/**
 * The time the kernel takes for one send of a batch, by that of the call that makes them all. Other processes and interrupts may have had the
 * processor in the middle of a call; where in it is not known, so that time must not be spread over the sends: the later ones would be stamped
 * after their answers, and response times be too short. On a busy machine that is most calls, also because the target is woken by a send, so
 * that the usual time is not their mean, but the shortest of the latest ones. What is too long for sends alone is not taken. Pure.
 */

/** Sends over loopback take 2 to 8 µs; longer ones are found within a few dozen batches. */
const FIRST_MS = 0.004;
/** How far a call may be above the shortest, because messages differ. */
const TOLERANCE = 1.25;
/** The shortest is that of so many batches at least, and of twice as many at most. */
const BLOCK = 32;

export class SendPace {
  #lastShortestMs = FIRST_MS;
  #shortestMs = FIRST_MS;
  #batches = 0;

  /** The time from one send of a batch to the next. `tookMs`: the time of the call. */
  eachMs(tookMs: number, sends: number): number {
    const eachMs = tookMs / sends;
    this.#shortestMs = Math.min(this.#shortestMs, eachMs);
    const most = Math.min(this.#shortestMs, this.#lastShortestMs) * TOLERANCE;
    if (++this.#batches === BLOCK) {
      this.#lastShortestMs = this.#shortestMs;
      this.#shortestMs = Infinity;
      this.#batches = 0;
    }
    return Math.min(eachMs, most);
  }
}
