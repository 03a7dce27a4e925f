/**
 * Delivers batches to a receiver one after the other, each within a time limit, during the run. It keeps a bounded
 * number of batches; what is beyond, or refused, is dropped. A receiver that fails costs one warning, however often,
 * and hardly delays the end of the run: once it has failed, the end gives it half a second to take the last batch.
 */
import type { Clock } from "../../base/clock.ts";
import { maskUrlSecrets } from "../../base/secrets.ts";
import { escapeControls } from "../../base/text/text.ts";

/** A receiver that has not answered by then is too slow for a batch each second. */
export const SEND_LIMIT_MS = 2_000;

/** The same at the end, for one that has failed last: it may answer again, as after a single 503, and then at once. */
const LAST_CHANCE_MS = 500;

/** Batches that wait while one is under way. */
const MAX_WAITING = 5;

export interface DeliveryOptions<Batch> {
  /** `InfluxDB at http://127.0.0.1:8086` */
  readonly receiver: string;
  /**
   * Rejects when the receiver refuses; gives up when the signal aborts. `unknown`: it is sent, and the next one will
   * tell whether that was refused.
   */
  readonly send: (batch: Batch, signal: AbortSignal) => Promise<"taken" | "unknown" | void>;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly log: (message: string) => void;
}

export class Delivery<Batch> {
  readonly #options: DeliveryOptions<Batch>;
  readonly #waiting: Batch[] = [];
  /** Of the batch that is under way. One signal for each: a signal that lives as long as the run would keep every batch alive. */
  #limit: AbortController | undefined;
  #isClosed = false;
  #underWay: Promise<void> | undefined;
  #state: "fresh" | "delivering" | "failing" = "fresh";
  #isWarned = false;

  constructor(options: DeliveryOptions<Batch>) {
    this.#options = options;
  }

  /** Takes a batch; returns at once. */
  offer(batch: Batch): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(batch);
    this.#underWay ??= this.#sendWaiting().finally(() => this.#underWay = undefined);
  }

  /** Resolves when everything is delivered or given up. */
  async settle(signal: AbortSignal): Promise<void> {
    if (this.#underWay !== undefined && !signal.aborted) {
      const givenUp = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => givenUp.resolve(), { once: true });
      const patience = this.#state === "failing"
        ? this.#options.clock.schedule(LAST_CHANCE_MS, () => givenUp.resolve())
        : undefined;
      await Promise.race([this.#underWay, givenUp.promise]);
      patience?.cancel();
    }
    this.close();
  }

  /** Gives up what is under way. */
  close(): void {
    this.#waiting.length = 0;
    this.#isClosed = true;
    this.#limit?.abort();
  }

  async #sendWaiting(): Promise<void> {
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift()) {
      await this.#sendOne(batch);
    }
  }

  async #sendOne(batch: Batch): Promise<void> {
    const { receiver, clock, warn, log, send } = this.#options;
    const limit = this.#limit = new AbortController();
    const { signal } = limit;
    const timer = clock.schedule(SEND_LIMIT_MS, () => limit.abort());
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error(`no answer within ${SEND_LIMIT_MS / 1000} s`)), {
        once: true,
      });
    });
    try {
      const sent = send(batch, signal);
      sent.catch(() => {}); // one that is given up may fail later
      if (await Promise.race([sent, aborted]) === "unknown") return;
      if (this.#state === "failing") log(`${receiver} takes data again`);
      this.#state = "delivering";
    } catch (error) {
      if (this.#isClosed) return;
      this.#state = "failing";
      this.#waiting.length = 0;
      if (!this.#isWarned) warn(describeRefusal(receiver, error));
      this.#isWarned = true;
    } finally {
      timer.cancel();
      this.#limit = undefined;
    }
  }
}

/** The one warning. What a receiver answers may hold anything. */
function describeRefusal(receiver: string, error: unknown): string {
  const reason = escapeControls(maskUrlSecrets(error instanceof Error ? error.message || error.name : String(error)));
  return `Cannot send to ${receiver}: ${reason}; the run continues without`;
}
