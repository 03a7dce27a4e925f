/**
 * Divides the task starts of a target rate among the users of one class in this thread: who has waited longest goes
 * first, so that all of them slow down together.
 *
 * A start for which no user is ready waits for the next one, but not for long: users that were too slow for a while go
 * on at the rate, and do not make up for what they missed. Invariant: each start is counted when it is made or given
 * up, `asked = started + dropped`.
 */
import {
  type ArrivalCounts,
  type ClassArrivalCounts,
  LATE_AFTER_MS,
  NO_ARRIVALS,
} from "../../protocol/arrivals_message.ts";
import type { PacedUser, TaskPacer } from "../../user/lifecycle/task_pacer.ts";
import { ArrivalQueue, type WaitingArrival } from "./arrival_queue.ts";

/** Response times vary; a start is given up when it is later than this and there is another one after it. */
const KEPT_MS = 1000;

/** Users that were stopped while they waited are looked for when so many wait. */
const FIRST_PURGE = 256;

export class ClassPacer implements TaskPacer {
  readonly className: string;
  readonly #nowMs: () => number;
  readonly #waiting = new Set<PacedUser>();
  readonly #due = new ArrivalQueue();
  #purgeAt = FIRST_PURGE;
  #counts: { -readonly [Count in keyof ArrivalCounts]: number } = { ...NO_ARRIVALS };
  #isRamped = false;
  #isClosed = false;

  constructor(className: string, nowMs: () => number) {
    this.className = className;
    this.#nowMs = nowMs;
  }

  next(user: PacedUser): Promise<void> | undefined {
    const due = this.#takeDue();
    if (due === undefined) {
      const idle = user.idle();
      this.#waiting.add(user);
      if (this.#waiting.size >= this.#purgeAt) this.#purge();
      return idle;
    }
    this.#begin(user, due);
    return undefined;
  }

  /** The time of a start has come. */
  arrive(arrival: WaitingArrival): void {
    for (const user of this.#waiting) {
      this.#waiting.delete(user);
      if (!user.isIdle) continue;
      this.#begin(user, arrival);
      user.endIdle();
      return;
    }
    if (this.#due.isFull) this.#giveUp();
    this.#due.push(arrival);
    this.#dropOld();
  }

  /**
   * The users that were asked for are there: what is given up from now on is missing. Before, there were too few for
   * the rate.
   */
  ramped(): void {
    this.#isRamped = true;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** What was counted since the last call. */
  takeCounts(): ClassArrivalCounts {
    this.#dropOld();
    const counts = this.#counts;
    this.#counts = { ...NO_ARRIVALS };
    return counts.asked === 0 ? {} : { [this.className]: counts };
  }

  /** The statistics begin anew. */
  reset(): void {
    this.#counts = { ...NO_ARRIVALS };
  }

  #takeDue(): WaitingArrival | undefined {
    this.#dropOld();
    return this.#isClosed ? undefined : this.#due.shift();
  }

  #begin(user: PacedUser, { dueMs }: WaitingArrival): void {
    const heldBackMs = Math.max(0, this.#nowMs() - dueMs);
    user.requests.heldBackMs = heldBackMs;
    this.#counts.asked++;
    this.#counts.started++;
    if (heldBackMs > LATE_AFTER_MS) this.#counts.late++;
  }

  /**
   * The newest is kept: at a slow rate it is the only one there is. While users are still to come, starts wait for none
   * of them.
   */
  #dropOld(): void {
    const oldestMs = this.#isRamped ? this.#nowMs() - KEPT_MS : Infinity;
    while (this.#due.length > 1 && (this.#due.first?.dueMs ?? 0) < oldestMs) this.#giveUp();
  }

  #giveUp(): void {
    this.#due.shift();
    if (!this.#isRamped || this.#isClosed) return;
    this.#counts.asked++;
    this.#counts.dropped++;
  }

  #purge(): void {
    for (const user of this.#waiting) if (!user.isIdle) this.#waiting.delete(user);
    this.#purgeAt = Math.max(FIRST_PURGE, this.#waiting.size * 2);
  }
}
