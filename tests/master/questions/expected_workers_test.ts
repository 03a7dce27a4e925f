import assert from "node:assert/strict";
import { test } from "node:test";
import { ExpectedWorkers } from "../../../src/master/questions/expected_workers.ts";

const worker = (id: string, protocolMinor: number) => ({ id, version: "0.0.9", protocolMinor });

test("ExpectedWorkers counts those that know all of the run, and names the others once", () => {
  const warnings: string[] = [];
  const expected = new ExpectedWorkers(
    [{ name: "arrivals", minor: 1 }, { name: "targets", minor: 2 }],
    { warning: (line) => void warnings.push(line) },
  );
  assert.equal(expected.count([worker("old", 0), worker("new", 4)]), 1);
  assert.equal(expected.count([worker("old", 0), worker("older", 1), worker("new", 4), worker("newer", 5)]), 2);
  const words = "and is not counted among the expected workers; install the master's version there";
  assert.deepEqual(warnings, [
    `Worker old is of an older version (0.0.9) that does not support arrival rates, ${words}`,
    `Worker older is of an older version (0.0.9) that does not support target rates, ${words}`,
  ]);
});

test("ExpectedWorkers counts all where the run has nothing new", () => {
  const expected = new ExpectedWorkers([], { warning: () => assert.fail("nobody is older") });
  assert.equal(expected.count([worker("old", 0), worker("new", 4)]), 2);
});
