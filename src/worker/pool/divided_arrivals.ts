/**
 * The arrivals of a worker divided among its threads: each takes its turn, as the workers do. Keeps what the master has
 * ordered, so that the threads that are left can start what one of them did when it is gone.
 *
 * Invariant: a turn that was given to a thread stays with it while it lives, whatever orders repeat the leg: nobody
 * else starts it.
 */
import { ArrivalPositions } from "../../load/arrivals/arrival_positions.ts";
import { firstArrivalFrom } from "../../load/arrivals/first_arrival.ts";
import { CurveReader } from "../../load/arrivals/rate_curve.ts";
import { deal } from "../../load/arrivals/turns_by_users.ts";
import type { ArrivalLeg, ArrivalOrder, ArrivalStream } from "../../protocol/arrivals_message.ts";
import type { UsersByClass } from "../../protocol/worker_message.ts";

/** A thread that lives, by its place in the worker, and the users that it is to run. */
export interface ShareHolder {
  readonly thread: number;
  readonly users: UsersByClass;
}

/** From a number on, the turns of each thread. */
interface Deal {
  readonly fromIndex: number;
  readonly slotsOf: ReadonlyMap<number, readonly number[]>;
}

interface DealtLeg {
  readonly leg: ArrivalLeg;
  /** Ascending; one, and one more for each thread that has gone since. */
  readonly deals: readonly Deal[];
}

export class DividedArrivals {
  #order: ArrivalOrder | undefined;
  #epoch = 0;
  #dealt: ReadonlyMap<number, readonly DealtLeg[]> = new Map();
  #untilMs: number | undefined;

  /** What the master says, one order for each thread; only an epoch that is new brings another part of the arrivals. */
  take(order: ArrivalOrder, threads: readonly ShareHolder[]): readonly ArrivalOrder[] {
    const { streams, ...rest } = order;
    if (streams !== undefined || this.#untilMs !== 0) this.#untilMs = order.untilMs;
    if (streams === undefined || order.epoch <= (this.#order?.epoch ?? 0)) {
      return threads.map(() => ({ ...rest, epoch: this.#epoch }));
    }
    // What a lost worker owed is started once.
    this.#order = { ...rest, streams: streams.map((stream) => ({ ...stream, owed: [] })) };
    this.#dealt = new Map(streams.map((stream) => [stream.id, this.#deal(stream, threads)]));
    return this.#orders(order, threads);
  }

  /** A thread is gone: the others have its turns from that time of the run on. Undefined where there are none. */
  lose(lost: number, runMs: number, threads: readonly ShareHolder[]): readonly ArrivalOrder[] | undefined {
    if (this.#order === undefined) return undefined;
    const { streams = [], untilMs: _stale, ...rest } = this.#order;
    this.#dealt = new Map(streams.map((stream) => {
      const from = firstArrivalFrom(stream.legs, new ArrivalPositions(stream.pattern, stream.seed), runMs);
      const legs = (this.#dealt.get(stream.id) ?? []).map((dealt, i): DealtLeg => {
        const isOver = (stream.legs[i + 1]?.fromIndex ?? Infinity) <= from;
        return isOver ? dealt : inherit(dealt, lost, from, threads, weightsOf(stream, threads));
      });
      return [stream.id, legs];
    }));
    const limit = this.#untilMs === undefined ? {} : { untilMs: this.#untilMs };
    return this.#orders({ ...rest, ...limit, streams }, threads);
  }

  /**
   * The time of the run of the last arrival that was given to this worker; -Infinity: there is none. Infinity: there is
   * no last one.
   */
  get lastMs(): number {
    // A master without hand-overs gives to others what comes after the worker has said that it leaves.
    if (this.#order === undefined || this.#untilMs === undefined) return -Infinity;
    return Math.max(-Infinity, ...(this.#order.streams ?? []).map(lastOf));
  }

  /** The master cannot be reached: what it said last holds no more, until it has said all anew. */
  pause(): void {
    if (this.#untilMs !== undefined) this.#untilMs = 0;
  }

  #deal(stream: ArrivalStream, threads: readonly ShareHolder[]): readonly DealtLeg[] {
    const known = this.#dealt.get(stream.id) ?? [];
    const weights = weightsOf(stream, threads);
    return stream.legs.map((leg, i): DealtLeg => {
      // An order may begin with the rest of a leg that the one before it had whole.
      const before = known.findLast(({ leg: { fromIndex } }) =>
        i === 0 ? fromIndex <= leg.fromIndex : fromIndex === leg.fromIndex
      );
      if (before !== undefined && hasSameTurns(before.leg, leg)) return laterDeals(before, leg);
      const parts = deal(leg.slots, weights);
      const slotsOf = new Map(threads.map(({ thread }, i) => [thread, parts[i] ?? []]));
      return { leg, deals: [{ fromIndex: leg.fromIndex, slotsOf }] };
    });
  }

  #turnsOf(streamId: number, thread: number): number {
    return this.#dealt.get(streamId)?.at(-1)?.deals.at(-1)?.slotsOf.get(thread)?.length ?? 0;
  }

  #orders({ streams = [], ...rest }: ArrivalOrder, threads: readonly ShareHolder[]): readonly ArrivalOrder[] {
    this.#epoch++;
    const owed = streams.map((stream) => {
      const turns = threads.map(({ thread }) => this.#turnsOf(stream.id, thread));
      // A thread without turns has no users of the stream.
      const weights = turns.some((count) => count > 0) ? turns.map((count) => Math.min(1, count)) : turns.map(() => 1);
      return stream.owed.map((each) => deal(each.slots, weights));
    });
    return threads.map(({ thread }, place): ArrivalOrder => ({
      ...rest,
      epoch: this.#epoch,
      streams: streams.map((stream, i) => ({
        ...stream,
        legs: (this.#dealt.get(stream.id) ?? []).flatMap((dealt) => legsOf(dealt, thread)),
        owed: stream.owed.map((each, at) => ({ ...each, slots: owed[i]?.[at]?.[place] ?? [] })),
      })),
    }));
  }
}

/** The time of the last arrival before the newest leg, where the receiver has none of that. */
function lastOf({ legs, pattern, seed }: ArrivalStream): number {
  const newest = legs.at(-1);
  if (newest === undefined || (newest.slots.length === 0 && legs.length === 1)) return -Infinity;
  if (newest.slots.length > 0) return Infinity;
  const index = newest.fromIndex - 1;
  const leg = legs.findLast(({ fromIndex }) => fromIndex <= index);
  if (leg === undefined) return -Infinity;
  return new CurveReader(leg.curve).timeOf(new ArrivalPositions(pattern, seed).positionOf(index));
}

function legsOf({ leg, deals }: DealtLeg, thread: number): ArrivalLeg[] {
  return deals.map(({ fromIndex, slotsOf }) => ({ ...leg, fromIndex, slots: slotsOf.get(thread) ?? [] }));
}

/** The turns of a thread that is gone, from a number on, for those that are left. */
function inherit(
  { leg, deals }: DealtLeg,
  lost: number,
  from: number,
  threads: readonly ShareHolder[],
  weights: readonly number[],
): DealtLeg {
  const last = deals.at(-1);
  const left = last?.slotsOf.get(lost) ?? [];
  if (last === undefined || left.length === 0) return { leg, deals };
  const parts = deal(left, weights);
  const slotsOf = new Map(threads.map(({ thread }, i) => {
    const slots = [...last.slotsOf.get(thread) ?? [], ...parts[i] ?? []];
    return [thread, slots.sort((a, b) => a - b)];
  }));
  const fromIndex = Math.max(from, last.fromIndex);
  return { leg, deals: [...deals.filter((each) => each.fromIndex < fromIndex), { fromIndex, slotsOf }] };
}

/** As they were dealt, of a leg that begins there or later. */
function laterDeals({ deals }: DealtLeg, leg: ArrivalLeg): DealtLeg {
  const { fromIndex } = leg;
  const first = deals.findLast((each) => each.fromIndex <= fromIndex);
  const later = deals.filter((each) => each.fromIndex > fromIndex);
  return { leg, deals: first === undefined ? later : [{ ...first, fromIndex }, ...later] };
}

function hasSameTurns(a: ArrivalLeg, b: ArrivalLeg): boolean {
  return a.of === b.of && a.slots.length === b.slots.length && a.slots.every((slot, i) => slot === b.slots[i]);
}

/** Arrivals are divided in turns; the starts of a target rate by the users that keep it. */
function weightsOf(stream: ArrivalStream, threads: readonly ShareHolder[]): readonly number[] {
  const [userClass] = stream.classes;
  return threads.map(({ users }) => stream.kind === "target" ? users[userClass?.name ?? ""] ?? 0 : 1);
}
