/**
 * Adds up the time in which users of each class ran on one worker, as users times seconds, by the times at which their
 * number is known to have changed.
 */
import type { UsersByClass } from "../../protocol/worker_message.ts";

export class UserSeconds {
  #users: UsersByClass = {};
  #sinceMs = 0;
  #seconds: Record<string, number> = {};

  /** So many run from now on. */
  change(users: UsersByClass, nowMs: number): void {
    const seconds = (nowMs - this.#sinceMs) / 1000;
    for (const [name, count] of Object.entries(this.#users)) {
      this.#seconds[name] = (this.#seconds[name] ?? 0) + count * seconds;
    }
    this.#users = users;
    this.#sinceMs = nowMs;
  }

  /** Counts begin anew, with the users that are there. */
  reset(nowMs: number): void {
    this.#seconds = {};
    this.#sinceMs = nowMs;
  }

  read(): Readonly<Record<string, number>> {
    return { ...this.#seconds };
  }
}
