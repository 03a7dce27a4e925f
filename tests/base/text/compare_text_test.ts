import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareText } from "../../../src/base/text/compare_text.ts";

/** The definition: code point by code point, the shorter one first. */
function compareCodePoints(a: string, b: string): number {
  const x = Array.from(a, (character) => character.codePointAt(0) ?? 0);
  const y = Array.from(b, (character) => character.codePointAt(0) ?? 0);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0);
  }
  return x.length - y.length;
}

test("compareText() orders by code point, where UTF-16 units would not", () => {
  assert.ok("\uff5e" > "\u{1f600}", "JavaScript's own order");
  assert.ok(compareText("\uff5e", "\u{1f600}") < 0);
});

test("compareText() agrees with the order of code points on any text", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(fc.property(text, text, (a, b) => Math.sign(compareText(a, b)) === Math.sign(compareCodePoints(a, b))));
});
