import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { placeUsersUnmoved } from "../../src/load/unmoved_placement.ts";

const place = (
  current: Record<string, Record<string, number>>,
  ids: readonly string[],
  target: Record<string, number>,
) =>
  Object.fromEntries(
    placeUsersUnmoved(new Map(Object.entries(current)), ids.map((id) => ({ id, threads: 1 })), target),
  );

test("placeUsersUnmoved() leaves everybody where he is when a worker joins", () => {
  assert.deepEqual(place({ a: { X: 4 } }, ["a", "b"], { X: 4 }), { a: { X: 4 }, b: {} });
});

test("placeUsersUnmoved() gives new users to the worker that has the fewest", () => {
  assert.deepEqual(place({ a: { X: 4 } }, ["a", "b"], { X: 6, Y: 1 }), { a: { X: 4 }, b: { X: 2, Y: 1 } });
});

test("placeUsersUnmoved() gives a lost worker's users to the others", () => {
  assert.deepEqual(place({ a: { X: 2 }, lost: { X: 2 } }, ["a", "b"], { X: 4 }), { a: { X: 2 }, b: { X: 2 } });
});

test("placeUsersUnmoved() takes surplus users from the fullest worker", () => {
  assert.deepEqual(place({ a: { X: 5 }, b: { X: 1 } }, ["a", "b"], { X: 3 }), { a: { X: 2 }, b: { X: 1 } });
});

test("placeUsersUnmoved() meets each class's target and never moves a user, whatever there was", () => {
  const users = fc.dictionary(fc.constantFrom("X", "Y", "Z"), fc.nat(8));
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("a", "b", "c", "lost"), users),
      users,
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      (current, target, threads) => {
        const capacity = threads.map((count, i) => ({ id: "abc"[i] as string, threads: count }));
        const placed = placeUsersUnmoved(new Map(Object.entries(current)), capacity, target);
        for (const name of ["X", "Y", "Z"]) {
          const had = capacity.map(({ id }) => current[id]?.[name] ?? 0);
          const has = capacity.map(({ id }) => placed.get(id)?.[name] ?? 0);
          assert.equal(has.reduce((sum, n) => sum + n, 0), target[name] ?? 0);
          const signs = new Set(has.map((n, i) => Math.sign(n - (had[i] ?? 0))).filter((sign) => sign !== 0));
          assert.ok(signs.size <= 1, "a class only grows or only shrinks");
        }
      },
    ),
  );
});
