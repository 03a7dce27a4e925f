import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ArrivalLeg, ArrivalPattern, RateCurve } from "../../../src/protocol/arrivals_message.ts";
import { ArrivalShare, type DueArrival, usersOfShare } from "../../../src/load/arrivals/arrival_share.ts";

const RATE: RateCurve = { countBefore: 0, points: [[0, 100]] };

function leg(slots: readonly number[], of: number, fromIndex = 0, curve = RATE): ArrivalLeg {
  return { fromIndex, curve, of, slots };
}

/** Everything of before `untilMs`. */
function takeAll(share: ArrivalShare, untilMs: number): DueArrival[] {
  const list: DueArrival[] = [];
  while (share.nextMs < untilMs) list.push(share.take());
  return list;
}

const indexesOf = (list: readonly DueArrival[]) => list.map(({ index }) => index);

test("ArrivalShare parts take turns: together they are every arrival, each once, evenly spaced", () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.constantFrom<ArrivalPattern>("even", "poisson"),
    (of, pattern) => {
      const merged = Array.from({ length: of }, (_, slot) => {
        const share = new ArrivalShare({ pattern, seed: 5 });
        share.update({ legs: [leg([slot], of)], owed: [] });
        return takeAll(share, 3000);
      }).flat().sort((a, b) => a.index - b.index);
      assert.deepEqual(indexesOf(merged), merged.map((_, i) => i));
      if (pattern === "even") {
        assert.ok(merged.length === 300 && merged.every(({ atMs }, i) => Math.abs(atMs - i * 10) < 1e-9));
      }
    },
  );
  fc.assert(property);
});

test("ArrivalShare parts neither lose nor double an arrival when the shares change, whenever they hear of it", () => {
  const property = fc.property(
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 }),
    fc.array(fc.nat({ max: 300 }), { minLength: 6, maxLength: 6 }),
    (sizes, heardBeforeMs) => {
      const shares = Array.from({ length: 6 }, () => new ArrivalShare({ pattern: "even", seed: 1 }));
      const taken: DueArrival[][] = shares.map(() => []);
      const slotsOf = (thread: number, of: number) => thread < of ? [thread] : [];
      sizes.forEach((of, change) => {
        const fromIndex = change * 100 + 37 * Number(change > 0);
        const before = sizes[change - 1];
        shares.forEach((share, thread) => {
          // Each thread hears of the change at a time of its own, before it takes effect.
          taken[thread]?.push(...takeAll(share, fromIndex * 10 - (heardBeforeMs[thread] as number)));
          const earlier = before === undefined
            ? []
            : [leg(slotsOf(thread, before), before, (change - 1) * 100 + 37 * Number(change > 1))];
          share.update({ legs: [...earlier, leg(slotsOf(thread, of), of, fromIndex)], owed: [] });
        });
      });
      const endMs = sizes.length * 1000 + 1000;
      const all = shares.flatMap((share, thread) => [...taken[thread] as DueArrival[], ...takeAll(share, endMs)]);
      const indexes = indexesOf(all).sort((a, b) => a - b);
      assert.deepEqual(indexes, Array.from({ length: endMs / 10 }, (_, i) => i));
    },
  );
  fc.assert(property);
});

test("ArrivalShare takes what another owed in between, by its time", () => {
  const share = new ArrivalShare({ pattern: "even", seed: 1 });
  share.update({ legs: [leg([0], 2)], owed: [] });
  assert.deepEqual(indexesOf(takeAll(share, 100)), [0, 2, 4, 6, 8]);
  const owed = [{ fromIndex: 5, toIndex: 12, of: 2, slots: [1] }];
  share.update({ legs: [leg([0], 2), leg([0], 1, 12)], owed });
  assert.deepEqual(indexesOf(takeAll(share, 150)), [5, 7, 9, 10, 11, 12, 13, 14]);
});

test("ArrivalShare.skipTo() leaves out what came while it could not start", () => {
  const share = new ArrivalShare({ pattern: "even", seed: 1 });
  share.update({ legs: [leg([0], 1)], owed: [] });
  share.skipTo(995);
  assert.equal(share.take().index, 100);
});

test("ArrivalShare has nothing before its share begins, after its end, and once it is cleared", () => {
  const share = new ArrivalShare({ pattern: "even", seed: 1 });
  assert.equal(share.nextMs, Infinity);
  share.update({ legs: [leg([1], 4, 8, { ...RATE, endMs: 150 })], owed: [] });
  assert.deepEqual(indexesOf(takeAll(share, Infinity)), [9, 13]);
  share.update({ legs: [leg([], 4, 8)], owed: [] });
  assert.equal(share.nextMs, Infinity);
  share.update({ legs: [leg([1], 4, 8)], owed: [] });
  share.clear();
  assert.equal(share.nextMs, Infinity);
});

test("usersOfShare() parts sum up to the whole", () => {
  const property = fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 64 }), (maxUsers, of) => {
    const parts = Array.from({ length: of }, (_, slot) => usersOfShare(maxUsers, { of, slots: [slot] }));
    assert.equal(parts.reduce((sum, part) => sum + part, 0), maxUsers);
  });
  fc.assert(property);
});

test("ArrivalShare ends with the number of arrivals of its stream, its own and what it owes", () => {
  const curve = { countBefore: 0, points: [[0, 10]] } as const;
  const share = new ArrivalShare({ pattern: "even", seed: 1 });
  share.update({
    count: 7,
    legs: [{ fromIndex: 0, curve, of: 2, slots: [0] }],
    owed: [{ fromIndex: 5, toIndex: 20, of: 2, slots: [1] }],
  });
  const taken: number[] = [];
  while (share.nextMs < Infinity) taken.push(share.take().index);
  assert.deepEqual(taken, [0, 2, 4, 5, 6]);
});

test("ArrivalShare keeps what it was given and an order does not speak of, up to what it was granted", () => {
  const share = new ArrivalShare({ pattern: "even", seed: 1 });
  share.update({ legs: [leg([0], 2)], owed: [] });
  assert.deepEqual(indexesOf(takeAll(share, 100)), [0, 2, 4, 6, 8]);
  share.update({ legs: [leg([1], 2, 30)], owed: [] }, 200);
  assert.deepEqual(indexesOf(takeAll(share, 350)), [10, 12, 14, 16, 18, 31, 33]);
});

test("ArrivalShare starts turns late that it gets for numbers it has passed", () => {
  const share = new ArrivalShare({ pattern: "even", seed: 1 });
  share.update({ legs: [leg([0], 3)], owed: [] });
  assert.deepEqual(indexesOf(takeAll(share, 100)), [0, 3, 6, 9]);
  share.update({ legs: [leg([0], 3), leg([0, 2], 3, 4)], owed: [] });
  assert.deepEqual(indexesOf(takeAll(share, 150)), [5, 8, 11, 12, 14]);
});
