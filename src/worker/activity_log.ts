/**
 * Logs at intervals what a worker does: users, and the requests and failures since the last line. A worker has no
 * table; without these lines its log is silent between start and end.
 */
import { formatAmount } from "../base/text/text.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";

export class ActivityLog {
  readonly #everyMs: number;
  readonly #write: (line: string) => void;
  #sinceMs: number;
  #requests = 0;
  #failures = 0;

  constructor(options: { readonly everyMs: number; readonly nowMs: number; readonly write: (line: string) => void }) {
    this.#everyMs = options.everyMs;
    this.#sinceMs = options.nowMs;
    this.#write = options.write;
  }

  add({ entries }: Pick<DeltaMessage, "entries">): void {
    for (const { requests, failures } of entries) {
      this.#requests += requests;
      this.#failures += failures;
    }
  }

  /** Time has passed. Nothing is written while there are neither users nor requests. */
  tick(nowMs: number, users: number): void {
    const spanMs = nowMs - this.#sinceMs;
    if (spanMs < this.#everyMs) return;
    if (users > 0 || this.#requests > 0) {
      const perSecond = this.#requests / (spanMs / 1000);
      this.#write(
        `${formatAmount(users, "user")}, ${formatAmount(this.#requests, "request")} (${perSecond.toFixed(1)}/s) and ` +
          `${formatAmount(this.#failures, "failure")} in the last ${Math.round(spanMs / 1000)} s`,
      );
    }
    this.#sinceMs = nowMs;
    this.#requests = this.#failures = 0;
  }
}
