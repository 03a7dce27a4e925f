/**
 * The time the kernel takes for one send of a batch, by that of the call that makes them all. A call that took long beside others was interrupted:
 * other processes had the processor in the middle of it. Where in it is not known, so that time must not be spread over the sends: the later ones
 * would be stamped after their answers, and response times be too short. On a busy machine that is most calls, so that the usual time is not
 * their mean, but the shortest of the latest ones. Pure.
 */

/** Sends over loopback take 2 to 8 µs; longer ones are found within a few dozen batches. */
const FIRST_MS = 0.004;
/** Messages differ, and a send that wakes the target takes longer: up to so many times the shortest, a call was its sends and nothing else. */
const UNINTERRUPTED = 4;
/** What a send of an interrupted call may have taken, beside the shortest. */
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
    const shortestMs = Math.min(this.#shortestMs, this.#lastShortestMs);
    if (++this.#batches === BLOCK) {
      this.#lastShortestMs = this.#shortestMs;
      this.#shortestMs = Infinity;
      this.#batches = 0;
    }
    return eachMs <= shortestMs * UNINTERRUPTED ? eachMs : shortestMs * TOLERANCE;
  }
}
