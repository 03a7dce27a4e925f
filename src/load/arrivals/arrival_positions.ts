/**
 * Positions of the arrivals of a stream on the count of its curve. Evenly: number k at k. As a Poisson process: by
 * chance, but so that stretches of it hold their number of arrivals, which keeps the mean. Pure: every thread of every
 * machine finds the same positions.
 *
 * The stretches double: they end at 1, 3, 7, 15 … times 256, and from 2^20 arrivals on they are so long. Stretches of
 * one length would take from the process what is longer than they are: a queue near its capacity remembers for many
 * seconds, and would never see a rush. So the present stretch is always about as long as all before it, and nothing
 * that has been going on for less time notices it.
 *
 *   stretch   of s cells of 256 with s · 256 arrivals
 *   split     of n arrivals in a stretch, its first half has a binomial number, B(n, 1/2); so on down to one cell
 *   cell      its arrivals are uniform and independent
 *
 * (Given their number, the arrivals of a Poisson process in a stretch of time are uniform and independent.) A split is
 * known by the cell that its second half begins with, which no other split has: chance has one stream for each cell and
 * one for each split.
 */
import { createRandom, type Random } from "../../base/random.ts";
import type { ArrivalPattern } from "../../protocol/arrivals_message.ts";

const CELL = 256;
/** In cells. */
const LONGEST_STRETCH = 4096;

interface Cell {
  readonly number: number;
  /** The number of its first arrival. */
  readonly first: number;
  readonly positions: Float64Array;
}

export class ArrivalPositions {
  readonly #pattern: ArrivalPattern;
  readonly #seed: number;
  #cell: Cell = { number: -1, first: 0, positions: new Float64Array(0) };

  constructor(pattern: ArrivalPattern, seed: number) {
    this.#pattern = pattern;
    this.#seed = seed;
  }

  /** The position of an arrival. Never falls from one to the next. */
  positionOf(index: number): number {
    if (this.#pattern === "even") return index;
    const { first, positions } = this.#cell;
    if (index >= first && index < first + positions.length) return positions[index - first] as number;
    const cell = this.#find(Math.floor(index / CELL), (_, firstOfHalf) => index >= firstOfHalf);
    return cell.positions[index - cell.first] as number;
  }

  /** How many arrivals lie before a position: the number of the first one that does not. */
  countBefore(position: number): number {
    if (this.#pattern === "even") return Math.max(0, Math.ceil(position));
    if (position <= 0) return 0;
    const number = Math.floor(position / CELL);
    const { first, positions } = this.#cell.number === number
      ? this.#cell
      : this.#find(number, (cellOfHalf) => number >= cellOfHalf);
    const before = positions.findIndex((each) => each >= position);
    return first + (before === -1 ? positions.length : before);
  }

  /** The cell that is meant, in the stretch that holds cell `near`; `isBehind`: it is in the half that begins there. */
  #find(near: number, isBehind: (cellOfHalf: number, firstOfHalf: number) => boolean): Cell {
    let [number, cells] = stretchOf(near);
    let first = number * CELL;
    let count = cells * CELL;
    while (cells > 1) {
      cells /= 2;
      const half = number + cells;
      const before = drawHalf(count, createRandom(this.#seed, half * 2 + 1));
      const takesSecond = isBehind(half, first + before);
      if (takesSecond) [number, first] = [half, first + before];
      count = takesSecond ? count - before : before;
    }
    const random = createRandom(this.#seed, number * 2);
    const positions = Float64Array.from({ length: count }, () => (number + random.float()) * CELL).sort();
    return this.#cell = { number, first, positions };
  }
}

/** First cell and length of the stretch that a cell is in. */
function stretchOf(cell: number): [first: number, cells: number] {
  const cells = 2 ** Math.floor(Math.log2(cell + 1));
  if (cells <= LONGEST_STRETCH) return [cells - 1, cells];
  const begin = LONGEST_STRETCH - 1;
  return [begin + Math.floor((cell - begin) / LONGEST_STRETCH) * LONGEST_STRETCH, LONGEST_STRETCH];
}

/**
 * Of the binomial distribution B(count, 1/2), by the normal one: at 512 and more they differ by less than 1 % in any
 * probability that counts.
 */
function drawHalf(count: number, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
  return Math.min(count, Math.max(0, Math.round((count + Math.sqrt(count) * normal) / 2)));
}
