import assert from "node:assert/strict";
import { test } from "node:test";
import { checkShapeTick } from "../../../src/control/shapes/shape_tick.ts";

const context = { shape: "Stages", userClasses: ["Shopper", "Admin"], currentUsers: 10, lastUsers: undefined };
class Shopper {}

const good: [sentence: string, returned: unknown, expected: unknown][] = [
  ["two elements", [20, 5], { users: 20, spawnRate: 5 }],
  ["a fraction of a user per second", [20, 0.5], { users: 20, spawnRate: 0.5 }],
  ["no users at all", [0, 1], { users: 0, spawnRate: 1 }],
  ["classes by name and as classes", [20, 5, ["Admin", Shopper]], {
    users: 20,
    spawnRate: 5,
    userClasses: ["Admin", "Shopper"],
  }],
  ["null in the place of classes", [20, 5, null], { users: 20, spawnRate: 5 }],
  ["rate 0 with the users already there", [10, 0], { users: 10, spawnRate: 0 }],
];
for (const [sentence, returned, expected] of good) {
  test(`checkShapeTick() takes ${sentence}`, () => {
    assert.deepEqual(checkShapeTick(returned, context), { kind: "tick", tick: expected });
  });
}

test("checkShapeTick() takes rate 0 for the users of the tick before, although one of them has left", () => {
  assert.equal(checkShapeTick([30, 0], { ...context, currentUsers: 29, lastUsers: 30 }).kind, "tick");
});

for (const end of [null, undefined]) {
  test(`checkShapeTick() takes ${end} as the end`, () => {
    assert.deepEqual(checkShapeTick(end, context), { kind: "ended" });
  });
}

const bad: [sentence: string, returned: unknown, said: RegExp][] = [
  ["one element", [10], /returned \[ 10 \], which is not a valid answer; return \[users, spawnRate\]/],
  ["four elements", [1, 2, [], 3], /not a valid answer/],
  ["a number", 10, /returned 10, which is not a valid answer/],
  ["an object", { users: 10 }, /returned \{ users: 10 \}, which is not a valid answer/],
  ["half a user", [1.5, 1], /not a whole number of 0 or more; round it/],
  ["a negative count", [-1, 1], /not a whole number/],
  ["NaN users", [NaN, 1], /not a whole number/],
  ["users as text", ["10", 1], /not a whole number/],
  ["a negative rate", [10, -1], /spawn rate is not a number of 0 or more/],
  ["an endless rate", [10, Infinity], /spawn rate is not a number/],
  ["rate 0 with other users than now", [50, 0], /spawn rate of 0 can never reach its users \(10 run now\)/],
  [
    "a class that does not run",
    [10, 1, ["Ghost"]],
    /'Ghost', which is not a user class of this run; it has Shopper, Admin/,
  ],
  ["an empty list of classes", [10, 1, []], /whose list of user classes is empty; name the classes of new users/],
  ["classes that are not a list", [10, 1, "Shopper"], /not a list of user classes/],
];
for (const [sentence, returned, said] of bad) {
  test(`checkShapeTick() names the shape and refuses ${sentence}`, () => {
    const checked = checkShapeTick(returned, context);
    assert.equal(checked.kind, "problem");
    assert.match(
      checked.kind === "problem" ? checked.problem : "",
      /^Cannot continue with shape "Stages": tick\(\) returned /,
    );
    assert.match(checked.kind === "problem" ? checked.problem : "", said);
  });
}
