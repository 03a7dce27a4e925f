import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCodeFrame } from "../../src/base/code_frame.ts";

const source = "one\ntwo\n  three = = 3;\nfour\nfive";

test("formatCodeFrame() shows the line, its neighbours and a caret", () => {
  assert.equal(
    formatCodeFrame(source, 3, 11),
    ["  2 | two", "> 3 |   three = = 3;", "    |           ^", "  4 | four"].join("\n"),
  );
});

test("formatCodeFrame() at the first line has none before it", () => {
  assert.equal(formatCodeFrame(source, 1, 1), ["> 1 | one", "    | ^", "  2 | two"].join("\n"));
});

test("formatCodeFrame() at the last line has none after it", () => {
  assert.equal(formatCodeFrame(source, 5, 4), ["  4 | four", "> 5 | five", "    |    ^"].join("\n"));
});

test("formatCodeFrame() keeps the caret under its place behind tabs", () => {
  assert.equal(formatCodeFrame("\t\tx y", 1, 5), ["> 1 |     x y", "    |       ^"].join("\n"));
});

test("formatCodeFrame() keeps the caret under its place behind characters of two cells", () => {
  assert.equal(formatCodeFrame('"日本 ✅" = 1', 1, 8), ['> 1 | "日本 ✅" = 1', "    |           ^"].join("\n"));
});

test("formatCodeFrame() aligns line numbers of different length", () => {
  const lines = Array.from({ length: 12 }, (_, at) => `line ${at + 1}`).join("\n");
  assert.equal(
    formatCodeFrame(lines, 9, 1),
    ["   8 | line 8", ">  9 | line 9", "     | ^", "  10 | line 10"].join("\n"),
  );
});

test("formatCodeFrame() escapes what a terminal would obey", () => {
  assert.ok(!formatCodeFrame("a\x1b[2Jb", 1, 2).includes("\x1b"));
});

test("formatCodeFrame() cuts a minified line around the caret", () => {
  const frame = formatCodeFrame(`${"x".repeat(5000)}!${"y".repeat(5000)}`, 1, 5001);
  const [line = "", caret = ""] = frame.split("\n");
  assert.ok(line.length < 140);
  assert.equal(line[caret.indexOf("^")], "!");
});

test("formatCodeFrame() of a line that is not there is empty", () => {
  assert.equal(formatCodeFrame("one", 7, 1), "");
});
