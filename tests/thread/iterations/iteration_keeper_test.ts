import assert from "node:assert/strict";
import { test } from "node:test";
import { IterationKeeper } from "../../../src/thread/iterations/iteration_keeper.ts";

const PLAN = { name: "all", kind: "shared", userClasses: ["Visitor"], count: 3 } as const;

test("IterationKeeper reports its last iteration also where it holds a number, as soon as that has gone back", async () => {
  let atHand = [0, 1];
  let giveBack = () => {};
  const spent: boolean[] = [];
  const keeper = new IterationKeeper(
    [PLAN],
    (_plan, onGivenBack) => {
      giveBack = onGivenBack;
      return {
        next: () => atHand.shift(),
        isEnded: false,
        get isEmpty() {
          return atHand.length === 0;
        },
      };
    },
    (isSpent) => void spent.push(isSpent()),
  );
  const quota = keeper.quotaFor("Visitor", "task");
  assert.ok(quota !== undefined);
  await quota.begin();
  quota.end();
  assert.deepEqual(spent, [], "a number is at hand");
  atHand = [];
  giveBack();
  assert.deepEqual(spent, [true]);
});
