/**
 * Delivers batches to a receiver one after the other, each within a time limit, during the run. It keeps a bounded number of
 * batches; what is beyond, or refused, is dropped. A receiver that fails costs one warning, however often, and never delays the end of
 * the run: once it has failed, the end waits for nothing.
 */
import type { Clock } from "../../base/clock.ts";
import { maskUrlSecrets } from "../../base/secrets.ts";
import { escapeControls } from "../../base/text.ts";

/** A receiver that has not answered by then is too slow for a batch each second. */
export const SEND_LIMIT_MS = 2_000;

/** Batches that wait while one is under way. */
const MAX_WAITING = 5;

export interface DeliveryOptions<Batch> {
  /** `InfluxDB at http://127.0.0.1:8086` */
  readonly receiver: string;
  /** Rejects when the receiver refuses; gives up when the signal aborts. */
  readonly send: (batch: Batch, signal: AbortSignal) => Promise<void>;
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

  /** Resolves when everything is delivered or given up; at once if the receiver has failed last. */
  async settle(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    while (this.#underWay !== undefined && this.#state !== "failing" && !signal.aborted) {
      await Promise.race([this.#underWay, aborted]);
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
      await Promise.race([sent, aborted]);
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
export function describeRefusal(receiver: string, error: unknown): string {
  const reason = escapeControls(maskUrlSecrets(error instanceof Error ? error.message || error.name : String(error)));
  return `Cannot send to ${receiver}: ${reason}; the run continues without`;
}
