/**
 * Limits the custom messages of one worker with a token bucket. Each message takes time of the master's event loop, which the
 * ticks of the run need too; a loop of `sendMessage` in a locustfile must not delay them. Messages over the limit are dropped
 * and counted.
 */

/** Per worker. Users that all send something at once are a burst; no locustfile needs more per second than its users have tasks. */
export const CUSTOM_MESSAGES_PER_SECOND = 5000;
export const CUSTOM_MESSAGES_AT_ONCE = 20_000;
/** Least time between two reports of what was dropped. */
const REPORT_EVERY_MS = 10_000;

export class MessageQuota {
  readonly #perSecond: number;
  readonly #atOnce: number;
  #left: number;
  #filledMs: number;
  #dropped = 0;
  #reportedMs = -Infinity;

  constructor(limits: { readonly perSecond: number; readonly atOnce: number }, nowMs: number) {
    this.#perSecond = limits.perSecond;
    this.#atOnce = this.#left = limits.atOnce;
    this.#filledMs = nowMs;
  }

  /** Whether one more message may pass. One that may not is counted as dropped. */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#atOnce, this.#left + (nowMs - this.#filledMs) * this.#perSecond / 1000);
    this.#filledMs = nowMs;
    if (this.#left < 1) {
      this.#dropped++;
      return false;
    }
    this.#left--;
    return true;
  }

  /** How many were dropped since the last report, if one is due; 0 otherwise. */
  takeReport(nowMs: number): number {
    if (this.#dropped === 0 || nowMs - this.#reportedMs < REPORT_EVERY_MS) return 0;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#reportedMs = nowMs;
    return dropped;
  }
}

/** `Dropped 40 custom messages of worker w1: …` */
export function describeDropped(dropped: number, workerId: string): string {
  return `Dropped ${dropped} custom messages of worker ${workerId}: it sent more than ${CUSTOM_MESSAGES_PER_SECOND} a second; ` +
    "collect the data of several users in one message, and send less often";
}
