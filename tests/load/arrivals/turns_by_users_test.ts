import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deal, turnsByUsers } from "../../../src/load/arrivals/turns_by_users.ts";

const USERS = fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 12 });

test("turnsByUsers() gives every turn to one receiver, in the shares of the users", () => {
  fc.assert(fc.property(USERS, (users) => {
    const { of, slots } = turnsByUsers(users);
    const total = users.reduce((sum, each) => sum + each, 0);
    if (total === 0) return assert.deepEqual(slots.flat(), []);
    assert.deepEqual(slots.flat().sort((a, b) => a - b), Array.from({ length: of }, (_, slot) => slot));
    slots.forEach((each, i) => {
      assert.deepEqual(each, each.toSorted((a, b) => a - b), "ascending, as an order must have them");
      assert.ok(Math.abs(each.length - (users[i] ?? 0) * of / total) <= 1);
    });
    assert.equal(of, Math.min(total, 4096));
  }));
});

test("turnsByUsers() spreads the turns of one receiver", () => {
  assert.deepEqual(turnsByUsers([4, 1, 3]).slots, [[0, 2, 5, 7], [3], [1, 4, 6]]);
  assert.deepEqual(turnsByUsers([3, 0, 3]).slots, [[0, 2, 4], [], [1, 3, 5]]);
});

test("deal() keeps each receiver within one slot of its share, after each slot", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 6 }), (weights) => {
    const total = weights.reduce((sum, each) => sum + each, 0);
    const dealt = deal(Array.from({ length: 100 }, (_, slot) => slot), weights);
    if (total === 0) return assert.deepEqual(dealt.flat(), []);
    for (let slots = 1; slots <= 100; slots++) {
      dealt.forEach((each, i) => {
        const count = each.filter((slot) => slot < slots).length;
        assert.ok(Math.abs(count - slots * (weights[i] ?? 0) / total) <= weights.length / 2 + 1);
      });
    }
  }));
});
