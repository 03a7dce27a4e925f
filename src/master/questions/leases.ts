/**
 * Ranges of numbers that the whole cluster shares, by name: grants blocks of them to threads, takes back what was not
 * used, and knows what is left. Each number is granted to one holder; only numbers that a holder has given back are
 * granted again.
 *
 * What a holder that is gone was granted and has not reported as used may have been used: it is kept out, and counted
 * as `unsure`. Where nothing is left but another holder may still give numbers back, a request waits, so that "all used
 * up" is final.
 */
import type { LeaseAnswer, NumberRange } from "../../protocol/question_message.ts";

/**
 * Of the rest one request gets at most this share per holder: near the end blocks become single numbers, and no thread
 * sits on many.
 */
const SHARE_OF_REST = 2;
/** Ranges that may be named in one run. A locustfile that makes a name per user would fill the memory. */
const MAX_NAMES = 1000;

export interface LeaseRequest {
  /** A thread of a worker. */
  readonly holder: string;
  readonly name: string;
  readonly size: number | null;
  readonly want: number;
  readonly used: number;
}

/** How far a range has been used. */
export interface LeaseProgress {
  readonly name: string;
  /** Null: without end. */
  readonly size: number | null;
  /** Granted and not given back: used, or about to be. */
  readonly used: number;
  /** Never granted, or given back; null: without end. */
  readonly left: number | null;
  /** Of `used`: granted to holders that are gone, which may or may not have used them. */
  readonly unsure: number;
}

/** For the journal. `held`: how much each holder was granted, and has used for certain. */
export interface LeaseState {
  readonly name: string;
  readonly size: number | null;
  readonly next: number;
  readonly free: readonly NumberRange[];
  readonly held: Readonly<Record<string, readonly [granted: number, used: number]>>;
}

interface Waiting {
  readonly request: LeaseRequest;
  readonly answer: (answer: LeaseAnswer) => void;
}

/**
 * Counts of one holder over the whole run: what it was granted and has not given back, and what of that it has reported
 * as used.
 */
interface Holding {
  granted: number;
  used: number;
}

interface Range {
  readonly name: string;
  readonly size: number | null;
  /** All numbers from here on have never been granted. */
  next: number;
  /** Given back, in order. */
  free: NumberRange[];
  readonly held: Map<string, Holding>;
  readonly waiting: Waiting[];
  /** Holders whose counts have changed since the last `takeChanges`. */
  readonly changed: Set<string>;
}

export class Leases {
  readonly #ranges = new Map<string, Range>();
  readonly #gone = new Set<string>();
  #isClosed = false;

  static restore(states: readonly LeaseState[]): Leases {
    const leases = new Leases();
    for (const { name, size, next, free, held } of states) {
      const holdings = Object.entries(held).map(([holder, [granted, used]]) => [holder, { granted, used }] as const);
      leases.#ranges.set(name, {
        name,
        size,
        next,
        free: [...free],
        held: new Map(holdings),
        waiting: [],
        changed: new Set(),
      });
    }
    return leases;
  }

  /**
   * Grants numbers, now or when some come back; `answer` is called once, unless the request is withdrawn by calling
   * what is returned. Returns a sentence where the request cannot be granted at all.
   */
  request(request: LeaseRequest, answer: (answer: LeaseAnswer) => void): string | (() => void) {
    const { name, size } = request;
    let range = this.#ranges.get(name);
    if (range === undefined) {
      if (this.#ranges.size >= MAX_NAMES) return `a run can have ${MAX_NAMES} shared ranges; give them fewer names`;
      range = { name, size, next: 0, free: [], held: new Map(), waiting: [], changed: new Set() };
      this.#ranges.set(name, range);
    }
    if (range.size !== size) {
      return `it has ${describeSize(size)} here and ${
        describeSize(range.size)
      } in another thread; give all workers the same data`;
    }
    noteUsed(range, request.holder, request.used);
    const waiting = { request, answer };
    range.waiting.push(waiting);
    this.#serve(range);
    return () => {
      const at = range.waiting.indexOf(waiting);
      if (at >= 0) range.waiting.splice(at, 1);
    };
  }

  /** Numbers that the holder has not used and will not use. */
  giveBack(holder: string, name: string, ranges: readonly NumberRange[], used: number): void {
    const range = this.#ranges.get(name);
    if (range === undefined) return;
    noteUsed(range, holder, used).granted -= countRanges(ranges);
    range.free = mergeRanges([...range.free, ...ranges]);
    this.#serve(range);
  }

  /** Holders whose worker or thread is gone: nobody waits for what they have. They may come back with it. */
  setGone(isGone: (holder: string) => boolean): void {
    for (const range of this.#ranges.values()) {
      for (const holder of range.held.keys()) {
        if (isGone(holder)) this.#gone.add(holder);
        else this.#gone.delete(holder);
      }
      this.#serve(range);
    }
  }

  /** No more is granted: the run is ending. Requests that wait are left to the caller. */
  close(): void {
    this.#isClosed = true;
  }

  progress(): readonly LeaseProgress[] {
    return [...this.#ranges.values()].map((range) => {
      const free = countRanges(range.free);
      const unsure = [...range.held].reduce(
        (sum, [holder, held]) => this.#gone.has(holder) ? sum + unused(held) : sum,
        0,
      );
      const left = range.size === null ? null : range.size - range.next + free;
      return { name: range.name, size: range.size, used: range.next - free, left, unsure };
    });
  }

  /** For the journal: the ranges that have changed since the last call, each with the holders that have. */
  takeChanges(): readonly LeaseState[] {
    return [...this.#ranges.values()].filter(({ changed }) => changed.size > 0).map((range) => {
      const { name, size, next, free, held, changed } = range;
      const holdings = [...changed].map((holder) => {
        const { granted = 0, used = 0 } = held.get(holder) ?? {};
        return [holder, [granted, used] as const] as const;
      });
      changed.clear();
      return { name, size, next, free, held: Object.fromEntries(holdings) };
    });
  }

  #serve(range: Range): void {
    while (range.waiting.length > 0 && !this.#isClosed) {
      const [{ request, answer }] = range.waiting as [Waiting];
      const ranges = grant(range, request.want);
      if (ranges.length === 0 && this.#mayComeBack(range)) return;
      range.waiting.shift();
      const granted = countRanges(ranges);
      holdingOf(range, request.holder).granted += granted;
      answer({ ranges, isEnded: granted === 0 });
    }
  }

  /** Whether somebody may still give numbers back. One that waits itself has nothing, once it has reported that. */
  #mayComeBack({ held }: Range): boolean {
    for (const [holder, holding] of held) if (unused(holding) > 0 && !this.#gone.has(holder)) return true;
    return false;
  }
}

function holdingOf(range: Range, holder: string): Holding {
  range.changed.add(holder);
  let holding = range.held.get(holder);
  if (holding === undefined) range.held.set(holder, holding = { granted: 0, used: 0 });
  return holding;
}

/** A request that waited while its worker was away comes again with a count of before. */
function noteUsed(range: Range, holder: string, used: number): Holding {
  const holding = holdingOf(range, holder);
  holding.used = Math.max(holding.used, used);
  return holding;
}

function unused({ granted, used }: Holding): number {
  return Math.max(0, granted - used);
}

/** The lowest numbers first. */
function grant(range: Range, want: number): NumberRange[] {
  let count = Math.min(want, fairShare(range));
  const granted: NumberRange[] = [];
  while (count > 0) {
    const [first] = range.free;
    const [from, to] = first ?? [range.next, range.size ?? Infinity];
    const end = Math.min(to, from + count);
    if (end <= from) break;
    granted.push([from, end]);
    count -= end - from;
    if (first === undefined) range.next = end;
    else if (end === to) range.free.shift();
    else range.free[0] = [end, to];
  }
  return granted;
}

function fairShare({ size, next, free, held }: Range): number {
  if (size === null) return Infinity;
  const left = size - next + countRanges(free);
  return Math.ceil(left / (SHARE_OF_REST * Math.max(1, held.size)));
}

function countRanges(ranges: readonly NumberRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** In order, neighbours joined. */
function mergeRanges(ranges: readonly NumberRange[]): NumberRange[] {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

function describeSize(size: number | null): string {
  return size === null ? "no end" : `${size} rows`;
}
