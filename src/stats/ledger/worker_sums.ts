/**
 * Counts what each worker has delivered: how many requests, and how long they took. For the workers table and the
 * comparison of workers.
 */
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import { type SummedTimes, sumTimes } from "../delta/count_delta.ts";

export class WorkerSums {
  readonly #requests = new Map<string, number>();
  readonly #times = new Map<string, SummedTimes>();

  /** Takes a delta that has been read. */
  add(worker: string, delta: DeltaMessage): void {
    const requests = delta.entries.reduce((sum, entry) => sum + entry.requests, 0);
    this.#requests.set(worker, this.requestsOf(worker) + requests);
    const { count = 0, sumUs = 0 } = this.#times.get(worker) ?? {};
    const added = sumTimes(delta);
    this.#times.set(worker, { count: count + added.count, sumUs: sumUs + added.sumUs });
  }

  requestsOf(worker: string): number {
    return this.#requests.get(worker) ?? 0;
  }

  /** Mean response time in ms; null where none had a time, or an earlier master counted them. */
  meanMsOf(worker: string): number | null {
    const times = this.#times.get(worker);
    return times === undefined || times.count === 0 ? null : times.sumUs / times.count / 1000;
  }

  clear(): void {
    this.#requests.clear();
    this.#times.clear();
  }

  /** Requests by worker. */
  save(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#requests);
  }

  restore(requests: Readonly<Record<string, number>>): void {
    for (const [worker, count] of Object.entries(requests)) this.#requests.set(worker, count);
  }
}
