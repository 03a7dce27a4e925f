/**
 * Which user runs in which thread of a worker. Owns the index numbers of the worker's users; sends nothing.
 *
 * Users never move between threads while both live (a move would end one user and start another), so a change of the
 * assignment goes to the thread where it evens things out: the emptiest gets the next user, the fullest loses its
 * newest one. Invariant: a number is in exactly one place, a thread's list or the spare list, from the moment it is
 * given until its user is stopped.
 */
import type { IndexesByClass, UsersByClass } from "../../protocol/worker_message.ts";

/** The message to one thread when its share changes: its whole share, and the numbers of the users to start. */
export interface ThreadChange {
  readonly thread: number;
  readonly users: UsersByClass;
  readonly fresh: IndexesByClass;
}

interface Share {
  open: boolean;
  total: number;
  readonly indexes: Map<string, number[]>; // in the order of their start: the newest is the last
}

export class ThreadShares {
  readonly #shares: Share[];
  readonly #spare = new Map<string, number[]>();

  constructor(threads: number) {
    this.#shares = Array.from({ length: threads }, () => ({ open: true, total: 0, indexes: new Map() }));
  }

  /** Numbers that were given to this worker and that no user has had yet. */
  get spareIndexes(): IndexesByClass {
    return Object.fromEntries([...this.#spare].filter(([, indexes]) => indexes.length > 0));
  }

  /** Users that have a number here, over all threads. */
  get users(): UsersByClass {
    const sum: Record<string, number> = {};
    for (const { indexes } of this.#shares) {
      for (const [name, { length }] of indexes) if (length > 0) sum[name] = (sum[name] ?? 0) + length;
    }
    return sum;
  }

  /** Users that one thread should run. */
  usersOf(thread: number): UsersByClass {
    const users: Record<string, number> = {};
    for (const [name, indexes] of this.#shares[thread]?.indexes ?? []) {
      if (indexes.length > 0) users[name] = indexes.length;
    }
    return users;
  }

  totalOf(thread: number): number {
    return this.#shares[thread]?.total ?? 0;
  }

  /**
   * Takes in an absolute assignment of the whole worker. A class that lacks numbers stays below its count until they
   * come. Returns the threads whose share changed.
   */
  assign(users: UsersByClass, fresh: IndexesByClass): ThreadChange[] {
    for (const [name, indexes] of Object.entries(fresh)) this.#keep(name, indexes);
    const changed = new Map<number, Record<string, number[]>>();
    for (const name of this.#classes()) {
      for (let surplus = this.#running(name) - (users[name] ?? 0); surplus > 0; surplus--) {
        const thread = this.#fullestWith(name);
        const share = this.#shares[thread] as Share;
        share.indexes.get(name)?.pop();
        share.total--;
        if (!changed.has(thread)) changed.set(thread, {});
      }
    }
    for (const { name, index } of this.#starters(users)) {
      const thread = this.#emptiestFor(name);
      const share = this.#shares[thread];
      if (share === undefined) break; // no thread is left; the numbers stay with the spare ones
      this.#spareOf(name).shift();
      listOf(share.indexes, name).push(index);
      share.total++;
      const started = changed.get(thread) ?? {};
      (started[name] ??= []).push(index);
      changed.set(thread, started);
    }
    return [...changed].map(([thread, started]) => ({ thread, users: this.usersOf(thread), fresh: started }));
  }

  /**
   * A thread is gone: its users' numbers can be used by the others, at the next `assign`. Those of `isOnce` classes are
   * never used again.
   */
  close(thread: number, isOnce: (className: string) => boolean = () => false): void {
    const share = this.#shares[thread];
    if (share === undefined) return;
    share.open = false;
    for (const [name, indexes] of share.indexes) if (!isOnce(name)) this.#keep(name, indexes);
    share.indexes.clear();
    share.total = 0;
  }

  /** The users to start, over all classes in the order of their numbers: the order in which the class mix drew them. */
  #starters(users: UsersByClass): { name: string; index: number }[] {
    const starters: { name: string; index: number }[] = [];
    for (const [name, count] of Object.entries(users)) {
      const missing = Math.max(0, count - this.#running(name));
      for (const index of this.#spareOf(name).slice(0, missing)) starters.push({ name, index });
    }
    return starters.sort((a, b) => a.index - b.index);
  }

  #running(name: string): number {
    return this.#shares.reduce((sum, share) => sum + countOf(share, name), 0);
  }

  #classes(): Set<string> {
    return new Set(this.#shares.flatMap((share) => [...share.indexes.keys()]));
  }

  /** Fewest users, then fewest of this class; -1 when no thread is open. */
  #emptiestFor(name: string): number {
    return this.#best((share, best) => best.total - share.total || countOf(best, name) - countOf(share, name));
  }

  /** Most users among those that have one of this class, then most of this class. */
  #fullestWith(name: string): number {
    return this.#best((share, best) => {
      if (countOf(share, name) === 0) return -1;
      if (countOf(best, name) === 0) return 1;
      return share.total - best.total || countOf(share, name) - countOf(best, name);
    });
  }

  /** The open thread that beats all before it; `compare` is positive where the first argument is better. */
  #best(compare: (share: Share, best: Share) => number): number {
    let bestAt = -1;
    let best: Share | undefined;
    for (const [at, share] of this.#shares.entries()) {
      if (!share.open || (best !== undefined && compare(share, best) <= 0)) continue;
      best = share;
      bestAt = at;
    }
    return bestAt;
  }

  #keep(name: string, indexes: readonly number[]): void {
    const spare = this.#spareOf(name);
    for (const index of indexes) spare.push(index);
    spare.sort((a, b) => a - b);
  }

  #spareOf(name: string): number[] {
    return listOf(this.#spare, name);
  }
}

function countOf(share: Share, name: string): number {
  return share.indexes.get(name)?.length ?? 0;
}

function listOf(lists: Map<string, number[]>, name: string): number[] {
  let list = lists.get(name);
  if (list === undefined) lists.set(name, list = []);
  return list;
}
