import assert from "node:assert/strict";
import { test } from "node:test";
import { describeThrown } from "../../../src/base/errors.ts";
import { hintAtSpelling, toCamelCase } from "../../../src/base/hints/spelling_hint.ts";

const ROWS: readonly (readonly [message: string, name: string | undefined])[] = [
  ["undefined is not an object (evaluating 'events.test_start.addListener')", "testStart"],
  ["this.get_run_time is not a function. (In 'this.get_run_time()', 'this.get_run_time' is undefined)", "getRunTime"],
  ["this.client.rename_request is not a function", "renameRequest"],
  ["Cannot read properties of undefined (reading 'test_start')", "testStart"],
  ["undefined is not an object (evaluating 'answer.items.length')", undefined],
  ["no_such_thing happened", undefined],
];

for (const [message, name] of ROWS) {
  test(`hintAtSpelling() of ${message}`, () => {
    assert.equal(hintAtSpelling(message), name === undefined ? undefined : `names are in camelCase here: "${name}"`);
  });
}

test("describeThrown() adds the hint to a TypeError of the engine", () => {
  const thrown = (() => {
    try {
      const user = {} as { wait_time(): void };
      return user.wait_time();
    } catch (error) {
      return error;
    }
  })();
  assert.match(describeThrown(thrown), /^TypeError: .*; names are in camelCase here: "waitTime"$/);
  assert.equal(describeThrown(new Error("'a.wait_time' is undefined")), "Error: 'a.wait_time' is undefined");
});

test("toCamelCase() of names of Python and of options leaves constants and a leading underscore alone", () => {
  assert.deepEqual(
    ["wait_time", "csv-full-history", "MAX_USERS", "_private_name", "plain", "step_2_done"].map(toCamelCase),
    [
      "waitTime",
      "csvFullHistory",
      "MAX_USERS",
      "_privateName",
      "plain",
      "step2Done",
    ],
  );
});

test("hintAtSpelling() of Python's self names this", () => {
  const message = "undefined is not an object (evaluating 'self.client.get')";
  assert.equal(hintAtSpelling(message), 'the user is called "this" here: "this.client"');
  assert.equal(hintAtSpelling("undefined is not an object (evaluating 'myself.client')"), undefined);
});
