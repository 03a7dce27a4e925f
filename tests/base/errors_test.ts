import assert from "node:assert/strict";
import { test } from "node:test";
import { describeThrown } from "../../src/base/errors.ts";

test("describeThrown() has a text for anything that can be thrown", () => {
  class Coded {
    readonly code = 7;
    toString() {
      return `code ${this.code}`;
    }
  }
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const rows: [thrown: unknown, text: string][] = [
    [new TypeError("no"), "TypeError: no"],
    [new RangeError(""), "RangeError"],
    ["a text", "a text"],
    ["", '""'],
    [undefined, "undefined"],
    [null, "null"],
    [0, "0"],
    [Symbol("s"), "Symbol(s)"],
    [{ code: 5, why: "full" }, '{"code":5,"why":"full"}'],
    [new Coded(), "code 7"],
    [[1, 2], "1,2"],
    [circle, "something that cannot be turned into text"],
    [Object.create(null), "something that cannot be turned into text"],
    [[], "[]"],
  ];
  for (const [thrown, text] of rows) assert.equal(describeThrown(thrown), text);
});
