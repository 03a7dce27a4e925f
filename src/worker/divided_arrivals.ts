/**
 * The arrivals of a worker divided among its threads: each takes its turn, as the workers do. Keeps what the master has ordered, so that
 * the threads that are left can start what one of them did when it is gone.
 */
import type { ArrivalOrder, ArrivalStream } from "../protocol/arrivals_message.ts";

/** The orders for some threads, in their order. */
export type ThreadOrders = readonly ArrivalOrder[];

export class DividedArrivals {
  #order: ArrivalOrder | undefined;
  #epoch = 0;

  /** What the master says; only an epoch that is new brings another part of the arrivals. */
  take(order: ArrivalOrder, threads: number): ThreadOrders {
    const { streams, ...clock } = order;
    if (streams === undefined || order.epoch <= (this.#order?.epoch ?? 0)) {
      return Array.from({ length: threads }, () => ({ ...clock, epoch: this.#epoch }));
    }
    // What a lost worker owed is started once.
    this.#order = { ...order, streams: streams.map((stream) => ({ ...stream, owed: [] })) };
    return this.#divide(order, threads);
  }

  /** The same arrivals for another number of threads. Undefined where there are none. */
  again(threads: number): ThreadOrders | undefined {
    return this.#order === undefined ? undefined : this.#divide(this.#order, threads);
  }

  #divide({ streams = [], ...clock }: ArrivalOrder, threads: number): ThreadOrders {
    this.#epoch++;
    return Array.from({ length: threads }, (_, thread) => ({
      ...clock,
      epoch: this.#epoch,
      streams: streams.map((stream) => partOf(stream, thread, threads)),
    }));
  }
}

function partOf(stream: ArrivalStream, thread: number, threads: number): ArrivalStream {
  const mine = <T extends { readonly slots: readonly number[] }>(each: T): T => ({
    ...each,
    slots: each.slots.filter((_, i) => i % threads === thread),
  });
  return { ...stream, legs: stream.legs.map(mine), owed: stream.owed.map(mine) };
}
