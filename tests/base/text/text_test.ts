import { strict as assert } from "node:assert";
import { test } from "node:test";
import {
  escapeControls,
  escapeLines,
  formatCounts,
  formatMany,
  formatWhole,
  truncate,
} from "../../../src/base/text/text.ts";

test("escapeControls() shows C0, DEL, C1, line separators and directions, and escapeLines() leaves lines and tabs", () => {
  assert.equal(
    escapeControls("a\x07\x1b\x7f\x80\x9b\x9f\u2028\u202eé\n"),
    "a\\x07\\x1b\\x7f\\x80\\x9b\\x9f\\u2028\\u202eé\\x0a",
  );
  assert.equal(escapeLines("a\x9b\r\n\tb\x1b\n"), "a\\x9b\n\tb\\x1b\n");
});

test("formatCounts() sorts names and has a 0 for those without a number", () => {
  assert.equal(formatCounts({ b: 2, a: 1 }, ["c", "a"]), '{"a": 1, "b": 2, "c": 0}');
  assert.equal(formatCounts({}), "{}");
});

test("truncate() leaves no half of a pair, which no file could hold", () => {
  assert.equal(truncate("abc", 3), "abc");
  assert.equal(truncate("abcd", 3), "ab…");
  assert.equal(truncate("a😀bc", 3), "a…");
  assert.equal(truncate("a😀bc", 4), "a😀…");
  assert.ok(truncate("😀".repeat(400), 500).isWellFormed());
  assert.equal(truncate("a\ud800b", 3), "a\ufffdb");
  assert.equal(truncate("\ude00abcd", 3), "\ufffda…");
});

test("formatWhole() and formatMany() separate thousands", () => {
  assert.deepEqual([0, 999, 1000, 12_345, 1_234_567].map(formatWhole), ["0", "999", "1,000", "12,345", "1,234,567"]);
  assert.deepEqual([formatMany(1, "user"), formatMany(10_000, "user")], ["1 user", "10,000 users"]);
  assert.equal(formatMany(2000, "request was", "requests were"), "2,000 requests were");
});
