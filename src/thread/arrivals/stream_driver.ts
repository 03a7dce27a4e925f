/**
 * Starts the arrivals of one stream in this thread: gives each to a free user or a newcomer, else lets it wait or drops
 * it, as its class says. Decides and counts; when an arrival is due is known by its share, and the clock is its
 * owner's.
 *
 * Invariant: every arrival that was taken is started, dropped, or waits: `asked = started + dropped + waiting`.
 */
import { classOfArrival } from "../../load/arrivals/arrival_class.ts";
import { ArrivalShare, usersOfShare } from "../../load/arrivals/arrival_share.ts";
import {
  type ArrivalCounts,
  type ArrivalStream,
  type ClassArrivalCounts,
  LATE_AFTER_MS,
  NO_ARRIVALS,
} from "../../protocol/arrivals_message.ts";
import type { RunningUser, UserEnd } from "../../user/running/running_user.ts";
import type { StopMode } from "../../user/lifecycle/user_lifecycle.ts";
import type { WaitingArrival } from "./arrival_queue.ts";
import { ClassPool, type PooledUser, type PoolRules, type StartPooledUser } from "./class_pool.ts";

export interface StreamDriverOptions {
  readonly stream: ArrivalStream;
  readonly rulesOf: (className: string) => PoolRules;
  readonly startUser: StartPooledUser;
  readonly nowMs: () => number;
  /** All users of a share are in use, for the first time. */
  readonly onFull: (className: string, maxUsers: number) => void;
  readonly onEnded: (how: UserEnd) => void;
  /** This thread's arrivals of the stream have all been served or dropped, and no other will come. */
  readonly onDone: () => void;
  /** The stream is over, and its last user has ended. */
  readonly onEmptied: () => void;
}

/**
 * Classes that share too few users take turns of about so long: a newcomer costs `onStart`, and the cookies of the one
 * that goes.
 */
const SWITCH_AFTER_MS = 1000;

type MutableCounts = { -readonly [Count in keyof ArrivalCounts]: number };

export class StreamDriver {
  readonly share: ArrivalShare;
  readonly #options: StreamDriverOptions;
  readonly #pools: ReadonlyMap<string, ClassPool>;
  #stream: ArrivalStream;
  #maxUsers = 0;
  #counts = new Map<string, MutableCounts>();
  #isFull = false;
  #isClosed = false;
  #isOver = false;

  constructor(options: StreamDriverOptions) {
    const { stream, rulesOf, startUser, onEnded } = options;
    this.#options = options;
    this.#stream = stream;
    this.share = new ArrivalShare(stream);
    this.#pools = new Map(stream.classes.map(({ name }) => [
      name,
      new ClassPool({
        className: name,
        rules: rulesOf(name),
        startUser,
        onFree: (pool, user) => this.#serveNext(pool, user),
        onIdle: () => this.#checkDone(),
        onEnded: (how) => {
          this.#fillUp();
          onEnded(how);
          this.#checkDone();
          if (this.hasEnded) this.#options.onEmptied();
        },
      }),
    ]));
    this.update(stream);
  }

  /** Another share, rate or limit. One of a stream that is over is followed by `finish`. */
  update(stream: ArrivalStream, grantedMs?: number): void {
    this.#stream = stream;
    this.share.update(stream, grantedMs);
    if (stream.isOver === true) return;
    // A thread whose turns end soon needs its users until then.
    const hasMore = this.share.nextMs < Infinity;
    const newest = stream.legs.findLast((leg, i) => leg.slots.length > 0 || !hasMore || i === 0);
    const users = newest === undefined ? 0 : usersOfShare(stream.maxUsers, newest);
    if (users > 0 || !hasMore) this.#maxUsers = users;
    for (let surplus = this.alive - this.#maxUsers; surplus > 0; surplus--) {
      if (!this.pools.some((pool) => pool.dismissIdle())) break;
    }
    this.#fillUp();
  }

  get pools(): readonly ClassPool[] {
    return [...this.#pools.values()];
  }

  get alive(): number {
    return sum(this.pools, ({ alive }) => alive);
  }

  /** It is over, and all of its users have ended. */
  get hasEnded(): boolean {
    return this.#isOver && this.alive === 0;
  }

  get waiting(): number {
    return sum(this.pools, ({ queue }) => queue.length);
  }

  living(): RunningUser[] {
    return this.pools.flatMap((pool) => pool.living());
  }

  /** The arrival's time has come. */
  arrive({ index, dueMs }: WaitingArrival): void {
    const className = classOfArrival(this.#stream.classes, index);
    const counts = this.#countsOf(className);
    counts.asked++;
    const pool = this.#pools.get(className);
    if (pool === undefined) return void counts.dropped++;
    if (this.#start(pool, { index, dueMs })) return;
    if (!this.#isFull) {
      this.#isFull = true;
      this.#options.onFull(pool.className, this.#stream.maxUsers);
    }
    if (pool.rules.whenLate === "drop" || pool.queue.isFull || this.#isOver) counts.dropped++;
    else pool.queue.push({ index, dueMs });
  }

  /** No arrival is started any more; those that wait stay waiting. */
  close(): void {
    this.#isClosed = true;
    this.share.clear();
  }

  /** The stream's own end: no user was free for what waits, and users that serve an arrival end with it. */
  finish(): void {
    this.#isOver = true;
    this.#maxUsers = 0;
    for (const pool of this.pools) {
      while (pool.queue.shift() !== undefined) this.#countsOf(pool.className).dropped++;
      while (pool.dismissIdle());
    }
    if (this.hasEnded) this.#options.onEmptied();
  }

  stopAll(mode: StopMode): void {
    for (const pool of this.pools) pool.stopAll(mode);
  }

  abortAll(): void {
    for (const pool of this.pools) pool.abortAll();
  }

  /** What was counted since the last call, by class. */
  takeCounts(): ClassArrivalCounts {
    const counts = Object.fromEntries(this.#counts);
    this.#counts = new Map();
    return counts;
  }

  /** Forgets what was counted: arrivals that wait now are asked for anew. */
  reset(): void {
    this.#counts = new Map();
    for (const { className, queue } of this.pools) {
      if (queue.length > 0) this.#countsOf(className).asked = queue.length;
    }
  }

  #checkDone(): void {
    if (this.share.nextMs !== Infinity || this.#isClosed) return;
    if (this.pools.every(({ busy, queue }) => busy === 0 && queue.length === 0)) this.#options.onDone();
  }

  #start(pool: ClassPool, arrival: WaitingArrival): boolean {
    const heldBackMs = Math.max(0, this.#options.nowMs() - arrival.dueMs);
    if (pool.giveToIdle(heldBackMs)) {
      this.#countStart(pool.className, heldBackMs);
      return true;
    }
    if (this.#isClosed) return false;
    if (this.alive >= this.#maxUsers) {
      // A free user of another class makes room; the arrival waits until it has ended.
      this.pools.some((other) => other !== pool && other.dismissIdle());
      return false;
    }
    const { firstUserIndex, userIndexStep } = this.#stream;
    this.#countStart(pool.className, heldBackMs);
    pool.giveToNewcomer(firstUserIndex + arrival.index * userIndexStep, heldBackMs);
    return true;
  }

  #countStart(className: string, heldBackMs: number): void {
    const counts = this.#countsOf(className);
    counts.started++;
    if (heldBackMs > LATE_AFTER_MS) counts.late++;
  }

  #countsOf(className: string): MutableCounts {
    let counts = this.#counts.get(className);
    if (counts === undefined) this.#counts.set(className, counts = { ...NO_ARRIVALS });
    return counts;
  }

  /** A user of the pool is free. Whether it goes on with an arrival that waits. */
  #serveNext(pool: ClassPool, user: PooledUser): boolean {
    if (this.#isClosed) return false;
    if (this.#isOver) {
      user.running?.stop("finishTask");
      return true;
    }
    if (this.alive >= this.#maxUsers && this.#isWaitedFor(pool)) {
      user.running?.stop("finishTask"); // makes room for a user of the class that is waited for
      return true;
    }
    const next = pool.queue.shift();
    if (next === undefined) return false;
    const heldBackMs = Math.max(0, this.#options.nowMs() - next.dueMs);
    this.#countStart(pool.className, heldBackMs);
    user.note(heldBackMs);
    return true;
  }

  /** Whether arrivals of another class wait, so long before those of this one that a user of theirs is worth its start. */
  #isWaitedFor(pool: ClassPool): boolean {
    const ownMs = (pool.queue.first?.dueMs ?? Infinity) - SWITCH_AFTER_MS;
    return this.pools.some((other) => other !== pool && (other.queue.first?.dueMs ?? Infinity) < ownMs);
  }

  /** There may be room for newcomers: what waits longest goes first. */
  #fillUp(): void {
    while (!this.#isClosed && this.alive < this.#maxUsers) {
      const pool = this.pools.filter(({ queue }) => queue.length > 0)
        .sort((a, b) => (a.queue.first?.dueMs ?? 0) - (b.queue.first?.dueMs ?? 0))[0];
      const next = pool?.queue.first;
      if (pool === undefined || next === undefined || !this.#start(pool, next)) return;
      pool.queue.shift();
    }
  }
}

function sum<T>(list: readonly T[], read: (each: T) => number): number {
  return list.reduce((total, each) => total + read(each), 0);
}
