/**
 * Which row comes next in a thread: by a lease where rows are unique in the run, else by the turns that the threads of
 * a machine share. Orders by chance follow from the seed of the run.
 */
import { createRandom, type Random } from "../../base/random.ts";
import { permute } from "../../load/permutation.ts";
import { type Lease, leaseOf } from "../cluster/lease.ts";
import type { MasterPort } from "../cluster/master_port.ts";
import type { FeedRules } from "./feed_options.ts";

/** The row numbers of one thread and run. */
export interface RowDraw {
  /** A row that is at hand; undefined: ask `next`. */
  tryNext(): number | undefined;
  /** Undefined: all rows are used up. */
  next(signal: AbortSignal): number | undefined | Promise<number | undefined>;
}

/** The rows that are drawn from: those from `from` on, `size` of them (undefined: without end). */
export interface RowSlice {
  readonly from: number;
  readonly size: number | undefined;
}

export interface DrawOptions {
  readonly name: string;
  readonly rules: FeedRules;
  readonly slice: RowSlice;
  readonly port: MasterPort;
  /** Of the range on the master: a part of a feed has one of its own. */
  readonly range: string;
}

/** Random numbers of feeds are no user's and no trace's. */
const FEED_STREAM = 2 ** 29;

export function createDraw(options: DrawOptions): RowDraw {
  const { rules, port, slice } = options;
  if (rules.unique === "run") return new LeasedDraw(options);
  if (rules.order === "random" && slice.size !== undefined) {
    const { workerIndex, threadIndex } = port.place;
    return new RandomDraw(slice, createRandom(port.seed, FEED_STREAM + workerIndex * 4096 + threadIndex));
  }
  return new TurnDraw(options);
}

class LeasedDraw implements RowDraw {
  readonly #lease: Lease;
  readonly #rowOf: (position: number) => number;

  constructor({ name, rules, slice, port, range }: DrawOptions) {
    this.#lease = leaseOf({ name: range, size: slice.size, master: port, what: `get the next row of "${name}"` });
    const key = keyOf(range, port.seed);
    this.#rowOf = rules.order === "sequence" || slice.size === undefined
      ? (position) => slice.from + position
      : (position) => slice.from + permute(position, slice.size as number, key);
  }

  tryNext(): number | undefined {
    const position = this.#lease.tryNext();
    return position === undefined ? undefined : this.#rowOf(position);
  }

  async next(signal: AbortSignal): Promise<number | undefined> {
    const position = await this.#lease.next(signal);
    return position === undefined ? undefined : this.#rowOf(position);
  }
}

class RandomDraw implements RowDraw {
  readonly #slice: RowSlice;
  readonly #random: Random;

  constructor(slice: RowSlice, random: Random) {
    this.#slice = slice;
    this.#random = random;
  }

  tryNext(): number {
    return this.#slice.from + this.#random.integer(0, (this.#slice.size as number) - 1);
  }

  next(): number {
    return this.tryNext();
  }
}

/** The next place of the machine, in a sequence that repeats all rows. */
class TurnDraw implements RowDraw {
  readonly #options: DrawOptions;
  readonly #key: number;
  readonly #nextPlace: () => number;

  constructor(options: DrawOptions) {
    this.#options = options;
    const { port, range } = options;
    this.#nextPlace = port.turns.counter(range);
    this.#key = keyOf(`${range} ${port.place.workerIndex}`, port.seed);
  }

  tryNext(): number {
    const { rules, slice: { from, size } } = this.#options;
    const place = this.#nextPlace();
    if (size === undefined) return from + place;
    const index = place % size;
    if (rules.order === "sequence") return from + index;
    return from + permute(index, size, this.#key + Math.floor(place / size));
  }

  next(): number {
    return this.tryNext();
  }
}

/** FNV-1a of the text, and the seed. */
function keyOf(text: string, seed: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ seed ^ Math.floor(seed / 2 ** 32)) | 0;
}
