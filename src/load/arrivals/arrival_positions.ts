/**
 * Positions of the arrivals of a stream on the count of its curve. Evenly: number k at k. As a Poisson process: by chance, but so that each
 * block of `BLOCK` arrivals keeps its place, which makes the mean exact. (Given their number, the arrivals of a Poisson process in a
 * stretch of time are uniform and independent.) Pure: every thread of every machine finds the same positions.
 */
import { createRandom } from "../../base/random.ts";
import type { ArrivalPattern } from "../../protocol/arrivals_message.ts";

const BLOCK = 256;

export class ArrivalPositions {
  readonly #pattern: ArrivalPattern;
  readonly #seed: number;
  #block = { number: -1, positions: new Float64Array(0) };

  constructor(pattern: ArrivalPattern, seed: number) {
    this.#pattern = pattern;
    this.#seed = seed;
  }

  /** The position of an arrival. Never falls from one to the next. */
  positionOf(index: number): number {
    if (this.#pattern === "even") return index;
    return this.#draw(Math.floor(index / BLOCK))[index % BLOCK] as number;
  }

  /** How many arrivals lie before a position: the number of the first one that does not. */
  countBefore(position: number): number {
    if (this.#pattern === "even") return Math.max(0, Math.ceil(position));
    if (position <= 0) return 0;
    const number = Math.floor(position / BLOCK);
    const before = this.#draw(number).findIndex((each) => each >= position);
    return number * BLOCK + (before === -1 ? BLOCK : before);
  }

  #draw(number: number): Float64Array {
    if (this.#block.number !== number) {
      const random = createRandom(this.#seed, number);
      const positions = Float64Array.from({ length: BLOCK }, () => (number + random.float()) * BLOCK).sort();
      this.#block = { number, positions };
    }
    return this.#block.positions;
  }
}
