import assert from "node:assert/strict";
import { test } from "node:test";
import { LocustError } from "../../src/base/errors.ts";
import { describeKind, givenText, requiredText } from "../../src/base/given_text.ts";

test("givenText() takes texts, and turns numbers and booleans into text", () => {
  for (const [value, text] of [["/a", "/a"], ["", ""], [7, "7"], [NaN, "NaN"], [true, "true"], [5n, "5"]] as const) {
    assert.equal(givenText(value, "name"), text);
  }
});

test("givenText() reads null and undefined as not given", () => {
  assert.equal(givenText(null, "name"), undefined);
  assert.equal(givenText(undefined, "name"), undefined);
});

test("givenText() refuses everything else at the call, and says what it is", () => {
  const hostile = new Proxy({}, {
    getPrototypeOf: () => {
      throw new Error("no");
    },
  });
  const cases: readonly (readonly [unknown, string])[] = [
    [new URL("http://a/"), "an object (URL)"],
    [{}, "an object"],
    [Object.create(null), "an object"],
    [hostile, "an object"],
    [Promise.resolve("a"), "a promise that was not awaited"],
    [["a"], "a list of 1"],
    [() => {}, "a function"],
    [Symbol("x"), "a symbol"],
  ];
  for (const [value, kind] of cases) {
    assert.throws(() => givenText(value, '"name" of a request'), (thrown) => {
      assert(thrown instanceof LocustError);
      assert.equal(thrown.code, "bad_text");
      assert.equal(
        thrown.message,
        `Cannot use ${kind} as "name" of a request: it is not a text; pass a string, a number or a boolean`,
      );
      return true;
    });
  }
});

test("requiredText() refuses what was not given", () => {
  assert.equal(requiredText(1, "type"), "1");
  assert.throws(() => requiredText(null, "the type of a message"), {
    message: "Cannot leave out the type of a message: it is null; pass a string",
  });
});

test("describeKind() shows plain values as they are written", () => {
  assert.equal(describeKind("a"), '"a"');
  assert.equal(describeKind(undefined), "undefined");
  assert.equal(describeKind(0), "0");
});
