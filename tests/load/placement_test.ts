import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClassMix } from "../../src/load/class_mix.ts";
import { type Capacity, placeUsers } from "../../src/load/placement.ts";
import type { UsersByClass } from "../../src/protocol/worker_message.ts";

type Placed = Map<string, UsersByClass>;

const total = (users: UsersByClass | undefined) => Object.values(users ?? {}).reduce((sum, count) => sum + count, 0);

const capacities: fc.Arbitrary<Capacity[]> = fc.uniqueArray(
  fc.record({ id: fc.integer({ min: 0, max: 20 }).map((n) => `w${n}`), threads: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 1, maxLength: 7, selector: ({ id }) => id },
);
const target: fc.Arbitrary<UsersByClass> = fc.dictionary(fc.constantFrom("A", "B", "C", "D"), fc.nat(30));

function checkPlacement(placed: Placed, capacity: readonly Capacity[], wanted: UsersByClass): void {
  assert.deepEqual([...placed.keys()], capacity.map(({ id }) => id));
  for (const name of Object.keys(wanted)) {
    const sum = [...placed.values()].reduce((users, of) => users + (of[name] ?? 0), 0);
    assert.equal(sum, wanted[name], `users of ${name}`);
  }
  const threads = capacity.reduce((sum, worker) => sum + worker.threads, 0);
  for (const worker of capacity) {
    const share = (total(wanted) * worker.threads) / threads;
    const users = total(placed.get(worker.id));
    assert.ok(Math.abs(users - share) < 1, `${users} users for a share of ${share}`);
    for (const count of Object.values(placed.get(worker.id) ?? {})) assert.ok(count > 0 && Number.isInteger(count));
  }
}

/** How far any worker is from an even part of any class; workers are alike. */
function worstExcess(placed: Placed, counts: UsersByClass): number {
  let worst = 0;
  for (const users of placed.values()) {
    for (const [name, count] of Object.entries(counts)) {
      worst = Math.max(worst, Math.abs((users[name] ?? 0) - count / placed.size));
    }
  }
  return worst;
}

/** Users that go on where they were. */
function keptUsers(before: ReadonlyMap<string, UsersByClass>, after: ReadonlyMap<string, UsersByClass>): number {
  let kept = 0;
  for (const [id, users] of after) {
    for (const [name, count] of Object.entries(users)) kept += Math.min(count, before.get(id)?.[name] ?? 0);
  }
  return kept;
}

/** The most users that any placement could keep: tries every one. For small numbers only. */
function mostKept(before: Placed, capacity: readonly Capacity[], wanted: UsersByClass): number {
  const threads = capacity.reduce((sum, worker) => sum + worker.threads, 0);
  const limits = capacity.map((worker) => {
    const share = (total(wanted) * worker.threads) / threads;
    return { id: worker.id, floor: Math.floor(share + 1e-9), ceil: Math.ceil(share - 1e-9) };
  });
  const extras = total(wanted) - limits.reduce((sum, { floor }) => sum + floor, 0);
  const names = Object.keys(wanted);
  let best = 0;
  const visit = (w: number, left: readonly number[], extrasLeft: number, kept: number): void => {
    const limit = limits[w];
    if (limit === undefined) {
      best = Math.max(best, kept);
      return;
    }
    const had = names.map((name) => before.get(limit.id)?.[name] ?? 0);
    const choose = (c: number, chosen: readonly number[]): void => {
      if (c === names.length) {
        const sum = chosen.reduce((a, b) => a + b, 0);
        const extra = Math.max(0, sum - limit.floor);
        if (sum <= limit.ceil && extra <= extrasLeft) {
          visit(w + 1, left.map((count, i) => count - (chosen[i] ?? 0)), extrasLeft - extra, kept + sum);
        }
        return;
      }
      for (let keep = 0; keep <= Math.min(had[c] ?? 0, left[c] ?? 0); keep++) choose(c + 1, [...chosen, keep]);
    };
    choose(0, []);
  };
  visit(0, names.map((name) => wanted[name] ?? 0), extras, 0);
  return best;
}

test("placeUsers(): class totals are exact and workers within one of their thread share, from any state", () => {
  fc.assert(fc.property(capacities, target, capacities, target, (before, oldTarget, after, newTarget) => {
    const placed = placeUsers(new Map(), before, oldTarget);
    checkPlacement(placed, before, oldTarget);
    checkPlacement(placeUsers(placed, after, newTarget), after, newTarget);
  }));
});

test("placeUsers(): class totals are exact from a state that no placement would give", () => {
  const state = fc.dictionary(fc.integer({ min: 0, max: 8 }).map((n) => `w${n}`), target);
  fc.assert(fc.property(state, capacities, target, (users, capacity, wanted) => {
    checkPlacement(placeUsers(new Map(Object.entries(users)), capacity, wanted), capacity, wanted);
  }));
});

test("placeUsers(): moves as few users as possible", () => {
  const few: fc.Arbitrary<UsersByClass> = fc.dictionary(fc.constantFrom("A", "B", "C"), fc.nat(4));
  const small = fc.uniqueArray(
    fc.record({ id: fc.constantFrom("w0", "w1", "w2"), threads: fc.integer({ min: 1, max: 2 }) }),
    { minLength: 1, maxLength: 3, selector: ({ id }) => id },
  );
  const state = fc.dictionary(fc.constantFrom("w0", "w1", "w2", "gone"), few);
  fc.assert(
    fc.property(state, small, few, (users, capacity, wanted) => {
      const before = new Map(Object.entries(users));
      const after = placeUsers(before, capacity, wanted);
      assert.equal(keptUsers(before, after), mostKept(before, capacity, wanted));
    }),
    { numRuns: 500 },
  );
});

test("placeUsers(): the same target again moves nobody and gives the same objects", () => {
  fc.assert(fc.property(capacities, target, (capacity, wanted) => {
    const placed = placeUsers(new Map(), capacity, wanted);
    const again = placeUsers(placed, capacity, wanted);
    for (const [id, users] of placed) assert.equal(again.get(id), users);
  }));
});

test("placeUsers(): growing starts users and stops none, where threads are equal", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 }), (workers, users) => {
    const capacity = Array.from({ length: workers }, (_, i) => ({ id: `w${i}`, threads: 2 }));
    const mix = new ClassMix([{ name: "A", weight: 3, fixedCount: 0 }, { name: "B", weight: 2, fixedCount: 0 }]);
    let placed: Placed = new Map();
    for (let n = 1; n <= users; n++) {
      mix.resize(n);
      const next = placeUsers(placed, capacity, mix.counts());
      assert.equal(keptUsers(placed, next), n - 1);
      placed = next;
    }
  }));
});

test("placeUsers(): each worker's classes are near the whole's ratio, placed at once or one by one", () => {
  const mixes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(mixes, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 120 }), (weights, workers, users) => {
      const capacity = Array.from({ length: workers }, (_, i) => ({ id: `w${i}`, threads: 1 }));
      const mix = new ClassMix(weights.map((weight, i) => ({ name: `C${i}`, weight, fixedCount: 0 })));
      let oneByOne: Placed = new Map();
      for (let n = 1; n <= users; n++) {
        mix.resize(n);
        oneByOne = placeUsers(oneByOne, capacity, mix.counts());
      }
      const atOnce = placeUsers(new Map(), capacity, mix.counts());
      assert.ok(worstExcess(atOnce, mix.counts()) <= 2.5);
      assert.ok(worstExcess(oneByOne, mix.counts()) <= 3 + users / 20);
    }),
  );
});

test("placeUsers(): a mix that repeats in step with the workers does not drift apart as users come one by one", () => {
  const capacity = ["w0", "w1", "w2"].map((id) => ({ id, threads: 1 }));
  const mix = new ClassMix([1, 3, 6, 2].map((weight, i) => ({ name: `C${i}`, weight, fixedCount: 0 })));
  let placed: Placed = new Map();
  for (let n = 1; n <= 600; n++) {
    mix.resize(n);
    placed = placeUsers(placed, capacity, mix.counts());
  }
  assert.ok(worstExcess(placed, mix.counts()) <= 3);
});

test("placeUsers(): a worker that joins gets a mix, not what the others happened to have last", () => {
  const capacity = Array.from({ length: 20 }, (_, i) => ({ id: `w${i}`, threads: 1 }));
  const placed = placeUsers(new Map(), capacity, { A: 60, B: 40, C: 20 });
  const joined = placeUsers(placed, [...capacity, { id: "new", threads: 1 }], { A: 60, B: 40, C: 20 });
  const users = joined.get("new") ?? {};
  assert.ok((users["A"] ?? 0) >= 2 && (users["B"] ?? 0) >= 1 && (users["C"] ?? 0) >= 1, JSON.stringify(users));
});

test("placeUsers(): a worker that leaves gives its users to the others, who keep theirs", () => {
  const capacity = ["a", "b", "c"].map((id) => ({ id, threads: 1 }));
  const placed = placeUsers(new Map(), capacity, { A: 20, B: 10 });
  const left = placeUsers(placed, capacity.slice(1), { A: 20, B: 10 });
  checkPlacement(left, capacity.slice(1), { A: 20, B: 10 });
  assert.equal(keptUsers(placed, left), 20);
});

test("placeUsers(): without a worker nothing is placed", () => {
  assert.deepEqual(placeUsers(new Map([["w", { A: 1 }]]), [], { A: 3 }), new Map());
});
