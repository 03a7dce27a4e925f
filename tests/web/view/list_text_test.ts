import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joinList, splitList } from "../../../web/view/list_text.ts";

const TEXTS: readonly (readonly [text: string, values: readonly string[]])[] = [
  ["", []],
  ["  ", []],
  ["lamp", ["lamp"]],
  ["lamp, desk", ["lamp", "desk"]],
  [" lamp ,, desk , ", ["lamp", "desk"]],
  ['lamp, "desk, brown"', ["lamp", "desk, brown"]],
  ['"say ""hello""", ""', ['say "hello"', ""]],
  ['a "quoted" word, b', ['a "quoted" word', "b"]],
  ['"never closed, b', ['"never closed', "b"]],
];

test("splitList() reads values between commas, and quoted ones with theirs", () => {
  for (const [text, values] of TEXTS) assert.deepEqual(splitList(text), values, text);
});

test("joinList() writes what people type, and quotes no more than is needed", () => {
  assert.equal(joinList(["lamp", "desk, brown", "two words"]), 'lamp, "desk, brown", two words');
});

test("splitList() reads back whatever joinList() wrote", () => {
  fc.assert(fc.property(fc.array(fc.string()), (values) => assert.deepEqual(splitList(joinList(values)), values)));
});
