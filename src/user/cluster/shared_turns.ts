/**
 * Counters by name that the threads of a machine share: whose turn it is in a feed whose rows may repeat. So rows come
 * one after the other on a machine, however many of its threads have users. One memory per run, made by the worker; a
 * thread alone has its own.
 *
 * The memory is a table of `SLOTS` pairs: the hash of a name (0: free), and its count. A slot that has a name keeps it.
 */
import { LocustError } from "../../base/errors.ts";

/** A run shows 1000 feeds; with parts and room for the hash. */
const SLOTS = 4096;

/** For `SharedTurns` of one run in all threads of a machine. */
export function createTurnMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOTS * 2 * BigInt64Array.BYTES_PER_ELEMENT);
}

export class SharedTurns {
  readonly #cells: BigInt64Array;

  constructor(memory: SharedArrayBuffer = createTurnMemory()) {
    this.#cells = new BigInt64Array(memory);
  }

  /**
   * What counts 0, 1, 2 … under this name, each number for one caller of all threads. @throws LocustError when there
   * are too many names
   */
  counter(name: string): () => number {
    const cells = this.#cells;
    const count = 2 * this.#findSlot(hashOf(name)) + 1;
    return () => Number(Atomics.add(cells, count, 1n));
  }

  #findSlot(hash: bigint): number {
    const start = Number(BigInt.asUintN(32, hash)) % SLOTS;
    for (let step = 0; step < SLOTS; step++) {
      const slot = (start + step) % SLOTS;
      const found = Atomics.compareExchange(this.#cells, 2 * slot, 0n, hash);
      if (found === 0n || found === hash) return slot;
    }
    throw new LocustError(
      `Cannot draw rows: a run has more than ${SLOTS} feeds; give feeds names that have no ids in them`,
      {
        code: "feed",
      },
    );
  }
}

/** FNV-1a with 64 bits; never 0. */
function hashOf(name: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < name.length; at++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(name.charCodeAt(at))) * 0x100000001b3n);
  }
  return BigInt.asIntN(64, hash) || 1n;
}
