/**
 * Counts responses by their status. Most answers of a test have the status of the one before, so that one is counted
 * without a look-up.
 */

/** Responses by status, as plain data. */
export type StatusCountsMessage = Readonly<Record<string, number>>;

/** Further statuses, which no server of this world sends, are not told apart. */
const MAX_STATUSES = 1000;

export class StatusCounts {
  readonly #counts = new Map<number, number>();
  #last = 0;
  #lastCount = 0;

  count(status: number): void {
    if (status !== this.#last) this.#settle(status);
    this.#lastCount++;
  }

  add(counts: StatusCountsMessage): void {
    this.#settle(0);
    for (const [status, count] of Object.entries(counts)) this.#addTo(Number(status), count);
  }

  /** In the order of the statuses. */
  read(): StatusCountsMessage {
    this.#settle(0);
    return Object.fromEntries(this.#counts); // whole numbers as keys come in their order
  }

  get isEmpty(): boolean {
    return this.#lastCount === 0 && this.#counts.size === 0;
  }

  clear(): void {
    this.#counts.clear();
    this.#last = this.#lastCount = 0;
  }

  /** Puts the count of the last status to the others; `next` is counted from now on. */
  #settle(next: number): void {
    if (this.#lastCount > 0) this.#addTo(this.#last, this.#lastCount);
    this.#last = next;
    this.#lastCount = 0;
  }

  #addTo(status: number, count: number): void {
    const known = this.#counts.get(status);
    if (known === undefined && this.#counts.size >= MAX_STATUSES) return;
    this.#counts.set(status, (known ?? 0) + count);
  }
}
