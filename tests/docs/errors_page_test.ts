import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { findMessages } from "../support/source_messages.ts";

const PAGE = readFileSync("docs/errors.md", "utf8");

/** Beginnings of messages as the page lists them, with `…` for what is put in at run time, and at the end for the rest. */
const listed = [...PAGE.matchAll(/^\| (`Cannot .*?) \| /gm)].flatMap(([, cell = ""]) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, message = ""]) => message.replace(/…$/, ""))
);

const messages = [
  ...new Set(
    readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"))
      .flatMap((path) => findMessages(readFileSync(`src/${path}`, "utf8"), "Cannot")),
  ),
];

test("findMessages() reads literals and leaves out comments", () => {
  const source = 'fail("Cannot a: b");\n// "Cannot c"\nfail(`Cannot d ${{ e: `f` }.e} g`); fail("can");';
  assert.deepEqual(findMessages(source, "Cannot"), ["Cannot a: b", "Cannot d … g"]);
});

test("docs/errors.md has every message of the source", () => {
  assert.ok(messages.length > 200, `${messages.length}`);
  assert.deepEqual(messages.filter((message) => !listed.some((beginning) => message.startsWith(beginning))), []);
});

test("docs/errors.md lists no message that the source does not have, and none twice", () => {
  assert.deepEqual(listed.filter((beginning) => !messages.some((message) => message.startsWith(beginning))), []);
  assert.deepEqual(listed.filter((beginning, index) => listed.indexOf(beginning) !== index), []);
});
