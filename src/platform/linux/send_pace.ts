/**
 * The time the kernel takes for one send of a batch, by that of the call that makes them all. Other processes and interrupts may have had the
 * processor in the middle of a call; where in it is not known, so that time must not be spread over the sends: the later ones would be stamped
 * after their answers, and response times be too short. What is too long for sends alone is therefore not taken. Pure.
 */

/** Sends over loopback take 2 to 8 µs; longer ones are found within a few batches. */
const FIRST_MS = 0.004;
/** How far a call may be above what is usual, because messages differ. */
const TOLERANCE = 1.25;
const WEIGHT = 1 / 8;

export class SendPace {
  #usualMs = FIRST_MS;

  /** The time from one send of a batch to the next. `tookMs`: the time of the call. */
  eachMs(tookMs: number, sends: number): number {
    const eachMs = tookMs / sends;
    const most = this.#usualMs * TOLERANCE;
    // a call that was interrupted counts as little more than a usual one; that all of them become slower shows within some batches
    this.#usualMs += (Math.min(eachMs, 2 * this.#usualMs) - this.#usualMs) * WEIGHT;
    return Math.min(eachMs, most);
  }
}
