/**
 * Until which time of the run each worker may start arrivals, and the question by which all of them come to an earlier
 * end, so that their shares can change. A worker that does not answer keeps what it was given: the change waits for the
 * end of that. Pure but for its own state.
 *
 * Invariant: nothing that a worker starts lies at `boundOf` it or later, whatever messages are under way.
 */

/**
 * Beyond the last message of a worker. Longer than the silence after which it counts as missing, which leaves others a
 * second at most to start late; a worker whose master stands still goes on for this long, less the second or two since
 * it was heard and told.
 */
export const LEASE_MS = 6000;

/**
 * Time for an order to reach every thread before it takes effect. Where answers take longer, the next change has as
 * much more.
 */
export const LEAD_MS = 400;
const LONGEST_LEAD_MS = 3000;

/**
 * So long before the new end of the others, a worker that has not answered is not waited for any more: they need the
 * order by then.
 */
const DELIVERY_MS = 100;

export interface Hold {
  /** Grows from one question to the next. */
  readonly number: number;
  readonly untilMs: number;
  readonly askedMs: number;
  /** Who has not answered. */
  readonly pending: Set<string>;
}

export class ArrivalLeases {
  readonly #until = new Map<string, number>();
  /** The last answer of each: it has had all orders of before the question. Those of after it may be lost with a link. */
  readonly #told = new Map<string, number>();
  readonly #heard = new Map<string, number>();
  #hold: Hold | undefined;
  #last: Pick<Hold, "number" | "askedMs"> = { number: 0, askedMs: 0 };
  #leadMs = LEAD_MS;

  /** Questions of an earlier master had lower numbers. */
  numberFrom(number: number): void {
    this.#last = { ...this.#last, number };
  }

  heard(workerId: string, nowMs: number): void {
    this.#heard.set(workerId, nowMs);
  }

  /** What the worker is to be told now: until when it may start. Longer than before, unless a question is open. */
  extend(workerId: string): number {
    const before = this.boundOf(workerId);
    if (this.#hold !== undefined) return Math.min(before, this.#hold.untilMs);
    const untilMs = Math.max(before, (this.#heard.get(workerId) ?? 0) + LEASE_MS);
    this.#until.set(workerId, untilMs);
    return untilMs;
  }

  /** No arrival of this time or later was started by the worker, nor will be before it is told more. */
  boundOf(workerId: string): number {
    return this.#until.get(workerId) ?? 0;
  }

  /** Of all arrivals before that time these workers know whose they are. */
  toldAll(workers: readonly string[]): number {
    return workers.reduce((least, id) => Math.min(least, this.#told.get(id) ?? 0), Infinity);
  }

  get hold(): Hold | undefined {
    return this.#hold;
  }

  /** All are to stop soon; those that have nothing beyond that time need not be asked. */
  ask(workers: readonly string[], nowMs: number): Hold {
    const untilMs = nowMs + this.#leadMs;
    const pending = new Set(workers.filter((id) => this.boundOf(id) > untilMs));
    this.#hold = { number: this.#last.number + 1, untilMs, askedMs: nowMs, pending };
    this.#last = this.#hold;
    return this.#hold;
  }

  /** The longest time until the change is made without those that have not answered. */
  get waitMs(): number {
    return Math.max(0, this.#leadMs - DELIVERY_MS);
  }

  /** Whether it was waited for. */
  answer(workerId: string, number: number, atMs: number, nowMs: number): boolean {
    if (number === this.#last.number) this.#adapt(nowMs - this.#last.askedMs);
    if (this.#hold?.number !== number || !this.#hold.pending.delete(workerId)) return false;
    this.#until.set(workerId, atMs);
    this.#told.set(workerId, atMs);
    return true;
  }

  /** It will not answer: its link has ended. */
  giveUp(workerId: string): void {
    this.#hold?.pending.delete(workerId);
  }

  /** From that time on the shares may be others: all of these workers have ended by then. The question is over. */
  close(workers: readonly string[]): number {
    const atMs = workers.reduce((latest, id) => Math.max(latest, this.boundOf(id)), this.#hold?.untilMs ?? 0);
    this.#hold = undefined;
    return atMs;
  }

  #adapt(tookMs: number): void {
    const neededMs = Math.min(LONGEST_LEAD_MS, 2 * tookMs + DELIVERY_MS);
    this.#leadMs = Math.max(LEAD_MS, neededMs, this.#leadMs / 2);
  }
}
