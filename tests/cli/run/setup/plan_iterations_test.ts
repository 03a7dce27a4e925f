/** What stands against a number of iterations. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { findIterationProblems } from "../../../../src/cli/run/setup/plan_iterations.ts";

const CLOSED = [{ name: "Reader" }];
const OPEN = [{ name: "Buyer", arrivalRate: "5/s" }];
const NOTHING = { rate: undefined, users: 1, stages: undefined, web: false };

test("findIterationProblems() refuses iterations that nobody would make", () => {
  const find = (options: object, classes: Parameters<typeof findIterationProblems>[1] = CLOSED) =>
    findIterationProblems(
      { ...NOTHING, ...options } as unknown as Parameters<typeof findIterationProblems>[0],
      classes,
    );
  assert.deepEqual(find({ iterations: 5, users: 0 }), [
    "Cannot use --iterations with --users 0: nobody would make them, and the run would not end; write -u 1 or more",
  ]);
  assert.match(find({ iterationsPerUser: 5, users: 0 })[0] ?? "", /^Cannot use --iterations-per-user with --users 0/);
  const lawful = [
    { users: 0 },
    { iterations: 5 },
    { iterations: 5, users: 0, rate: "5/s" },
    { iterations: 5, users: 0, stages: "1m:5" },
    { iterations: 5, users: 0, web: true },
  ];
  for (const options of lawful) assert.deepEqual(find(options), [], JSON.stringify(options));
  assert.deepEqual(find({ iterations: 5, users: 0 }, OPEN), []);
});

test("findIterationProblems() refuses what does not fit classes with an arrival rate", () => {
  const find = (options: object, classes: Parameters<typeof findIterationProblems>[1]) =>
    findIterationProblems(
      { ...NOTHING, ...options } as unknown as Parameters<typeof findIterationProblems>[0],
      classes,
    );
  assert.match(
    find({ iterationsPerUser: 5 }, OPEN)[0] ?? "",
    /Buyer has an arrivalRate, so each arrival is an iteration/,
  );
  assert.match(find({ iterations: 5 }, [...CLOSED, ...OPEN])[0] ?? "", /is not the only class/);
  assert.deepEqual(find({ iterations: 5 }, OPEN), []);
});
