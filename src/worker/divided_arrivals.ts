/**
 * The arrivals of a worker divided among its threads: each takes its turn, as the workers do. Keeps what the master has ordered, so that
 * the threads that are left can start what one of them did when it is gone.
 */
import { deal } from "../load/arrivals/turns_by_users.ts";
import type { ArrivalLeg, ArrivalOrder, ArrivalStream, OwedArrivals } from "../protocol/arrivals_message.ts";
import type { UsersByClass } from "../protocol/worker_message.ts";

/** The orders for some threads, in their order. */
export type ThreadOrders = readonly ArrivalOrder[];

export class DividedArrivals {
  #order: ArrivalOrder | undefined;
  #epoch = 0;

  /** What the master says; only an epoch that is new brings another part of the arrivals. */
  take(order: ArrivalOrder, threads: readonly UsersByClass[]): ThreadOrders {
    const { streams, ...clock } = order;
    if (streams === undefined || order.epoch <= (this.#order?.epoch ?? 0)) {
      return threads.map(() => ({ ...clock, epoch: this.#epoch }));
    }
    // What a lost worker owed is started once.
    this.#order = { ...order, streams: streams.map((stream) => ({ ...stream, owed: [] })) };
    return this.#divide(order, threads);
  }

  /** The same arrivals for another number of threads. Undefined where there are none. */
  again(threads: readonly UsersByClass[]): ThreadOrders | undefined {
    return this.#order === undefined ? undefined : this.#divide(this.#order, threads);
  }

  #divide({ streams = [], ...clock }: ArrivalOrder, threads: readonly UsersByClass[]): ThreadOrders {
    this.#epoch++;
    const parts = streams.map((stream) => divide(stream, threads));
    return threads.map((_, thread) => ({
      ...clock,
      epoch: this.#epoch,
      streams: parts.map((each) => each[thread] as ArrivalStream),
    }));
  }
}

/** Arrivals in turns; the starts of a target rate by the users that keep it. One part for each thread. */
function divide(stream: ArrivalStream, threads: readonly UsersByClass[]): ArrivalStream[] {
  const [userClass] = stream.classes;
  const weights = threads.map((users) => stream.kind === "target" ? users[userClass?.name ?? ""] ?? 0 : 1);
  const inParts = <T extends { readonly slots: readonly number[] }>(list: readonly T[]) =>
    list.map((each) => deal(each.slots, weights).map((slots): T => ({ ...each, slots })));
  const legs = inParts(stream.legs);
  const owed = inParts(stream.owed);
  return threads.map((_, thread) => ({
    ...stream,
    legs: legs.map((parts) => parts[thread] as ArrivalLeg),
    owed: owed.map((parts) => parts[thread] as OwedArrivals),
  }));
}
