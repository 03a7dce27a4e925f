/**
 * Barriers: users wait until so many have arrived, then all of them go on. A barrier can be used again: the next
 * arrivals are the first of the next round.
 */
interface Arrival {
  readonly atMs: number;
  readonly release: (waitedMs: number) => void;
}

interface Barrier {
  readonly parties: number;
  readonly arrivals: Set<Arrival>;
}

export interface BarriersOptions {
  readonly nowMs: () => number;
  /** A round is complete. */
  readonly released: (name: string, parties: number, waitedMs: number) => void;
}

export class Barriers {
  readonly #options: BarriersOptions;
  readonly #barriers = new Map<string, Barrier>();

  constructor(options: BarriersOptions) {
    this.#options = options;
  }

  /** Somebody arrives. Returns what takes the arrival back, or a sentence where the barrier has another number of parties. */
  arrive(name: string, parties: number, release: (waitedMs: number) => void): (() => void) | string {
    let barrier = this.#barriers.get(name);
    if (barrier === undefined) this.#barriers.set(name, barrier = { parties, arrivals: new Set() });
    if (barrier.parties !== parties) {
      return `others wait there for ${barrier.parties}, not ${parties}; give the same number everywhere`;
    }
    const arrival = { atMs: this.#options.nowMs(), release };
    barrier.arrivals.add(arrival);
    if (barrier.arrivals.size === parties) this.#release(name, barrier);
    return () => {
      barrier.arrivals.delete(arrival);
      if (barrier.arrivals.size === 0 && this.#barriers.get(name) === barrier) this.#barriers.delete(name);
    };
  }

  #release(name: string, { parties, arrivals }: Barrier): void {
    this.#barriers.delete(name);
    const first = Math.min(...[...arrivals].map(({ atMs }) => atMs));
    const waitedMs = this.#options.nowMs() - first;
    this.#options.released(name, parties, waitedMs);
    for (const { release } of arrivals) release(waitedMs);
  }
}
