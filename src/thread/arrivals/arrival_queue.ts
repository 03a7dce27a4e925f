/** Arrivals that wait for a user, in their order. Bounded: whoever pushes asks `isFull` first. */

export interface WaitingArrival {
  readonly index: number;
  /** When it should have started, on this thread's clock. */
  readonly dueMs: number;
}

/** What waits longer than so many arrivals gets no useful answer any more, and memory has an end. */
const MAX_WAITING = 100_000;

export class ArrivalQueue {
  #items: WaitingArrival[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get isFull(): boolean {
    return this.length >= MAX_WAITING;
  }

  get first(): WaitingArrival | undefined {
    return this.#items[this.#head];
  }

  push(arrival: WaitingArrival): void {
    this.#items.push(arrival);
  }

  shift(): WaitingArrival | undefined {
    const first = this.#items[this.#head];
    if (first === undefined) return undefined;
    this.#head++;
    // Copying only what is left when at least as much has gone keeps each arrival's cost the same.
    if (this.#head >= 1024 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }
}
