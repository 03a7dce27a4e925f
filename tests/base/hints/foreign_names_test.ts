import assert from "node:assert/strict";
import { test } from "node:test";
import { describeThrown } from "../../../src/base/errors.ts";
import { hintAtName } from "../../../src/base/hints/foreign_names.ts";

for (
  const [message, hint] of [
    ["sleep is not defined", "write await this.sleep(1)"],
    ["Can't find variable: sleep", "write await this.sleep(1)"],
    ["__VU is not defined", "write this.index"],
    ["feed is not defined", 'import it: import { feed } from "locust-ts"'],
    ["papaparse is not defined", 'write feed.csv("users.csv"), with "feed" from "locust-ts", and await its next(this)'],
    ["expect is not defined", 'write checks(res, { … }), with "checks" from "locust-ts"'],
    ["SampleResult is not defined", "write res, which the request returned"],
    ["constructor is not defined", undefined],
    ["mine is not defined", undefined],
    ["sleepy is not defined", undefined],
    ["Cannot access 'sleep' before initialization.", undefined],
  ] as const
) {
  test(`hintAtName() of "${message}": ${hint ?? "none"}`, () => assert.equal(hintAtName(message), hint));
}

test("describeThrown() says what another tool's name is here, in the words of this engine", () => {
  try {
    new Function("group('cart')")();
    assert.fail();
  } catch (thrown) {
    assert.match(describeThrown(thrown), /; write await this\.transaction\("name", async \(\) => \{ … \}\)$/);
  }
});
