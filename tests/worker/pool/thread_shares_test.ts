import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { IndexesByClass, UsersByClass } from "../../../src/protocol/worker_message.ts";
import { ThreadShares } from "../../../src/worker/pool/thread_shares.ts";

/** Gives `count` numbers from `from` on. */
function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => from + at);
}

/** The share of each thread, as the changes told it. */
class Told {
  readonly shares: Record<string, number>[] = [];

  take(changes: ReturnType<ThreadShares["assign"]>): void {
    for (const { thread, users } of changes) this.shares[thread] = { ...users };
  }

  totals(): number[] {
    return this.shares.map((share) => Object.values(share ?? {}).reduce((sum, users) => sum + users, 0));
  }

  of(name: string): number {
    return this.shares.reduce((sum, share) => sum + (share?.[name] ?? 0), 0);
  }
}

test("ThreadShares.assign() spreads users evenly: 7 users on 3 threads are 3, 2 and 2", () => {
  const shares = new ThreadShares(3);
  const told = new Told();
  told.take(shares.assign({ Shopper: 7 }, { Shopper: numbers(0, 7) }));
  assert.deepEqual(told.totals().toSorted(), [2, 2, 3]);
});

test("ThreadShares.assign() gives every thread some of each class although they alternate", () => {
  const shares = new ThreadShares(2);
  const told = new Told();
  told.take(shares.assign({ A: 4, B: 4 }, { A: [0, 2, 4, 6], B: [1, 3, 5, 7] }));
  assert.deepEqual(told.shares, [{ A: 2, B: 2 }, { A: 2, B: 2 }]);
});

test("ThreadShares.assign() starts users in the order of their numbers, whatever their class", () => {
  const shares = new ThreadShares(1);
  const [change] = shares.assign({ A: 2, B: 1 }, { B: [1], A: [0, 2] });
  assert.deepEqual(change, { thread: 0, users: { A: 2, B: 1 }, fresh: { A: [0, 2], B: [1] } });
});

test("ThreadShares.assign() tells only the threads whose share changes", () => {
  const shares = new ThreadShares(4);
  shares.assign({ A: 4 }, { A: numbers(0, 4) });
  assert.equal(shares.assign({ A: 5 }, { A: [4] }).length, 1);
});

test("ThreadShares.assign() takes a class's users from the fullest thread", () => {
  const shares = new ThreadShares(2);
  const told = new Told();
  told.take(shares.assign({ A: 5 }, { A: numbers(0, 5) }));
  told.take(shares.assign({ A: 4 }, {}));
  assert.deepEqual(told.totals(), [2, 2]);
});

test("ThreadShares.assign() keeps numbers that it has no use for", () => {
  const shares = new ThreadShares(2);
  shares.assign({ A: 1 }, { A: [0, 1, 2] });
  assert.deepEqual(shares.spareIndexes, { A: [1, 2] });
  const [change] = shares.assign({ A: 2 }, {});
  assert.deepEqual(change?.fresh, { A: [1] });
});

test("ThreadShares.assign() stays below a count that it has no numbers for, and catches up when they come", () => {
  const shares = new ThreadShares(1);
  assert.deepEqual(shares.assign({ A: 3 }, { A: [0] })[0]?.users, { A: 1 });
  assert.deepEqual(shares.assign({ A: 3 }, { A: [1, 2] })[0], { thread: 0, users: { A: 3 }, fresh: { A: [1, 2] } });
});

test("ThreadShares.close() hands the users of a lost thread to the others", () => {
  const shares = new ThreadShares(2);
  const told = new Told();
  told.take(shares.assign({ A: 4 }, { A: numbers(0, 4) }));
  shares.close(0);
  told.take(shares.assign({ A: 4 }, {}));
  assert.deepEqual(shares.usersOf(0), {});
  assert.deepEqual(told.shares[1], { A: 4 });
});

test("ThreadShares.assign() without any thread keeps the numbers", () => {
  const shares = new ThreadShares(1);
  shares.close(0);
  assert.deepEqual(shares.assign({ A: 2 }, { A: [0, 1] }), []);
  assert.deepEqual(shares.spareIndexes, { A: [0, 1] });
});

test("ThreadShares: parts sum to the assignment, totals differ by one at most while one class grows, no number is used twice", () => {
  const step = fc.record({ A: fc.nat({ max: 40 }), B: fc.nat({ max: 40 }), C: fc.nat({ max: 40 }) });
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 12 }), (threads, steps) => {
    const shares = new ThreadShares(threads);
    const told = new Told();
    const running = new Map<number, Map<string, number[]>>();
    const used = new Set<number>();
    let next = 0;
    let before: UsersByClass = {};
    for (const users of steps) {
      const spare = shares.spareIndexes;
      const fresh: Record<string, number[]> = {};
      for (const [name, count] of Object.entries(users)) {
        const missing = count - (before[name] ?? 0) - (spare[name]?.length ?? 0);
        fresh[name] = numbers(next, Math.max(0, missing));
        next += fresh[name].length;
      }
      const changes = shares.assign(users, fresh);
      told.take(changes);
      for (const change of changes) keepNumbers(running, used, change.thread, change.users, change.fresh);
      for (const name of ["A", "B", "C"] as const) assert.equal(told.of(name), users[name]);
      before = users;
    }
  }));
});

/** Starts and stops as a thread would, and fails on a number that is started a second time. */
function keepNumbers(
  running: Map<number, Map<string, number[]>>,
  used: Set<number>,
  thread: number,
  users: UsersByClass,
  fresh: IndexesByClass,
): void {
  const here = running.get(thread) ?? new Map<string, number[]>();
  running.set(thread, here);
  for (const [name, indexes] of Object.entries(fresh)) {
    for (const index of indexes) {
      assert.ok(!used.has(index), `number ${index} was started twice`);
      used.add(index);
      here.set(name, [...here.get(name) ?? [], index]);
    }
  }
  for (const [name, indexes] of here) assert.ok(indexes.length >= (users[name] ?? 0));
}

test("ThreadShares: one growing class keeps the threads within one user of each other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat({ max: 9 }), { maxLength: 20 }), (threads, grows) => {
      const shares = new ThreadShares(threads);
      let total = 0;
      for (const more of grows) {
        shares.assign({ A: total + more }, { A: numbers(total, more) });
        total += more;
        const totals = Array.from({ length: threads }, (_, thread) => shares.totalOf(thread));
        assert.ok(Math.max(...totals) - Math.min(...totals) <= 1, totals.join(" "));
      }
    }),
  );
});
