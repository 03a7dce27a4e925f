/**
 * Heads that came before, by the size of their answers. Servers repeat themselves: most heads are those of an earlier answer byte by byte, or are so
 * until the second of their date is over. Comparing costs a sixth of parsing, and equal heads share their bytes.
 */
import { HeadInfo, type HeadLimits } from "../bytes/head_parser.ts";
import { copyBytes } from "../bytes/raw_memory.ts";
import type { SharedHead } from "./wire_response.ts";

/** Answers of as many sizes, modulo this number, are told apart. */
const PLACES = 64;
/** Longer heads are parsed each time. */
const MAX_BYTES = 1024;
/** A server whose heads differ each time is asked no more often: so many heads are parsed before the next one is kept. */
const PATIENCE = 8;
const REST = 64;

/** A head in memory of its own, which is never written to again: many responses have it. */
class KnownHead {
  readonly info = new HeadInfo();
  readonly range: SharedHead;
  readonly #limits: HeadLimits;

  constructor(info: HeadInfo, limits: HeadLimits, bytes: Uint8Array) {
    this.info.copy(info);
    this.#limits = limits;
    this.range = { bytes, from: 0, to: bytes.length, values: new Map() };
  }

  /** Whether `bytes[from, to)` begins with it. */
  begins(bytes: Uint8Array, from: number, to: number, limits: HeadLimits): boolean {
    const { bytes: known, to: length } = this.range;
    if (to - from < length || !this.#isWithin(limits)) return false;
    for (let index = 0; index < length; index++) if (bytes[from + index] !== known[index]) return false;
    return true;
  }

  /** It was parsed within these limits. */
  #isWithin(limits: HeadLimits): boolean {
    const parsed = this.#limits;
    return limits === parsed ||
      (limits.maxHeadBytes === parsed.maxHeadBytes && limits.maxHeadFields === parsed.maxHeadFields);
  }
}

export class KnownHeads {
  readonly #places: (KnownHead | undefined)[] = new Array(PLACES).fill(undefined);
  /** Heads that were parsed since the last one that was known. */
  #parsed = 0;

  /** The head that `bytes[from, to)`, an answer, begins with. */
  find(bytes: Uint8Array, from: number, to: number, limits: HeadLimits): KnownHead | undefined {
    const known = this.#places[(to - from) % PLACES];
    if (known === undefined || !known.begins(bytes, from, to, limits)) return undefined;
    this.#parsed = 0;
    return known;
  }

  /** Keeps a head that was parsed: `bytes[from, end)` of the answer `bytes[from, to)`. */
  keep(info: HeadInfo, limits: HeadLimits, bytes: Uint8Array, from: number, end: number, to: number): void {
    this.#parsed++;
    if (info.status < 200) return; // what it means depends on its request
    if (end - from > MAX_BYTES || (this.#parsed > PATIENCE && this.#parsed % REST !== 0)) return;
    this.#places[(to - from) % PLACES] = new KnownHead(info, limits, copyBytes(bytes, from, end));
  }
}
