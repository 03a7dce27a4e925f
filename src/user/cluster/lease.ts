/**
 * A thread's part of a range of numbers that the whole cluster shares: each number is handed out once, whichever thread
 * and worker asks. The master grants blocks (`master/questions/leases.ts`); this end asks for about a second's worth,
 * and before the last one runs out.
 *
 * Make it with `leaseOf`: a thread has one of a name in a run.
 *
 * Invariant: a number that was handed out is never given back. Numbers that nobody here has asked for go back at the
 * end of the run, and after a second without a caller, so that other threads get them.
 */
import type { Timer } from "../../base/clock.ts";
import type { LeaseAnswer, NumberRange } from "../../protocol/question_message.ts";
import type { MasterPort } from "./master_port.ts";

/** So much of a block is asked for as was handed out in this time. */
const BLOCK_MS = 1000;
/** The next block is asked for when the rest lasts for less. */
const AHEAD_MS = 250;
/** A burst at the start is no pace. */
const LEAST_SPAN_MS = 250;
const MAX_BLOCK = 20_000;
/** Numbers that nobody has asked for in this time are given back. */
const IDLE_MS = 1000;

export interface LeaseOptions {
  /** The same in all threads that share the range. */
  readonly name: string;
  /** How many numbers there are, from 0 on; undefined: no end. The same in all threads. */
  readonly size: number | undefined;
  readonly master: MasterPort;
  /** What cannot be done without a number, for the sentence of an error. */
  readonly what: string;
  /** Nobody here has asked for a while, so that what was at hand has gone back. */
  readonly onGivenBack?: () => void;
}

const leases = new WeakMap<MasterPort, Map<string, Lease>>();

/** The thread's lease of this name in the run of `options.master`. */
export function leaseOf(options: LeaseOptions): Lease {
  let ofRun = leases.get(options.master);
  if (ofRun === undefined) leases.set(options.master, ofRun = new Map());
  let lease = ofRun.get(options.name);
  if (lease === undefined) ofRun.set(options.name, lease = new Lease(options));
  return lease;
}

interface Waiter {
  readonly resolve: (number: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export class Lease {
  readonly #options: LeaseOptions;
  #stock: [from: number, to: number][] = [];
  #have = 0; // in the stock
  readonly #waiting = new Set<Waiter>();
  #isAsking = false;
  #isEnded = false;
  #isClosed = false;
  #handedOut = 0;
  #handedAtBlock = 0;
  #blockAtMs: number;
  #perMs = 0;
  #lastCallMs = 0;
  #idle: Timer | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#blockAtMs = options.master.clock.nowMs();
    options.master.atEnd(() => this.close());
  }

  /** Whether all numbers of the whole range are used up. */
  get isEnded(): boolean {
    return this.#isEnded && this.#have === 0;
  }

  /** Whether the next number needs an answer of the master. */
  get isEmpty(): boolean {
    return this.#have === 0;
  }

  /** A number that is at hand; undefined: ask `next`. */
  tryNext(): number | undefined {
    this.#lastCallMs = this.#options.master.clock.nowMs();
    return this.#waiting.size === 0 ? this.#take() : undefined;
  }

  /**
   * The next number, at once if there is one at hand; undefined when all are used up, by whomever. `signal` ends the
   * wait with its reason.
   */
  next(signal?: AbortSignal): number | undefined | Promise<number | undefined> {
    const number = this.tryNext();
    if (number !== undefined) return number;
    if (this.#isEnded || this.#isClosed) return undefined;
    return this.#wait(signal);
  }

  /** Gives back what was not handed out. Callers that wait get nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#idle?.cancel();
    this.#giveBack();
    this.#settle((waiter) => waiter.resolve(undefined));
  }

  async #wait(signal: AbortSignal | undefined): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const waiter = { resolve, reject };
    const abort = () => {
      this.#waiting.delete(waiter);
      reject(signal?.reason);
    };
    if (signal?.aborted === true) throw signal.reason;
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.add(waiter);
    this.#ask();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #take(): number | undefined {
    const [first] = this.#stock;
    if (first === undefined) return undefined;
    const number = first[0]++;
    if (first[0] === first[1]) this.#stock.shift();
    this.#handedOut++;
    const left = --this.#have;
    if (this.#isAsking && left === 0) this.#say([]); // others may wait for what this thread has
    else if (!this.#isEnded && left < this.#perMs * AHEAD_MS) this.#ask();
    return number;
  }

  #ask(): void {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    const { name, size, master, what } = this.#options;
    this.#measure(master.clock.nowMs());
    const wanted = Math.ceil(this.#perMs * BLOCK_MS) - this.#have;
    const want = Math.min(MAX_BLOCK, Math.max(1, this.#waiting.size, wanted));
    master.ask({ kind: "lease", name, size: size ?? null, want, used: this.#handedOut }, { what }).then(
      (answer) => this.#granted(answer as LeaseAnswer),
      (error: unknown) => {
        this.#isAsking = false;
        this.#settle((waiter) => waiter.reject(error));
      },
    );
  }

  #measure(nowMs: number): void {
    const spanMs = Math.max(LEAST_SPAN_MS, nowMs - this.#blockAtMs);
    const perMs = (this.#handedOut - this.#handedAtBlock) / spanMs;
    // A faster pace counts at once, a slower one by and by: a pause is no reason for blocks of one.
    this.#perMs = perMs > this.#perMs ? perMs : (perMs + this.#perMs) / 2;
    this.#handedAtBlock = this.#handedOut;
    this.#blockAtMs = nowMs;
  }

  #granted({ ranges, isEnded }: LeaseAnswer): void {
    this.#isAsking = false;
    this.#isEnded = isEnded;
    for (const [from, to] of ranges) {
      this.#stock.push([from, to]);
      this.#have += to - from;
    }
    if (this.#isClosed) return this.#giveBack(); // too late to be used
    for (const waiter of this.#waiting) {
      const number = this.#take();
      if (number === undefined) break;
      this.#waiting.delete(waiter);
      waiter.resolve(number);
    }
    if (this.#waiting.size > 0) {
      if (!isEnded) return this.#ask();
      this.#settle((waiter) => waiter.resolve(undefined));
    }
    this.#lastCallMs = this.#options.master.clock.nowMs();
    this.#watchIdle();
  }

  #settle(settle: (waiter: Waiter) => void): void {
    for (const waiter of this.#waiting) settle(waiter);
    this.#waiting.clear();
  }

  #watchIdle(): void {
    if (this.#idle !== undefined || this.#have === 0) return;
    const { clock } = this.#options.master;
    this.#idle = clock.schedule(IDLE_MS, () => {
      this.#idle = undefined;
      if (clock.nowMs() - this.#lastCallMs < IDLE_MS) return this.#watchIdle();
      this.#giveBack();
      this.#options.onGivenBack?.();
    });
  }

  #giveBack(): void {
    if (this.#have === 0) return;
    this.#have = 0;
    this.#say(this.#stock.splice(0));
  }

  #say(ranges: readonly NumberRange[]): void {
    const { name, master } = this.#options;
    const what = `give back numbers of "${name}"`;
    // Repeated until it is answered, or of no use any more: the run is over.
    master.ask({ kind: "giveBack", name, ranges, used: this.#handedOut }, { what }).catch(() => {});
  }
}
