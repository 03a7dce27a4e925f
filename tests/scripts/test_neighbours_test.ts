import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { findTestFiles } from "../../scripts/test_files.ts";
import { NEEDS_QUIET } from "../../scripts/test_neighbours.ts";

const files = await findTestFiles(process.cwd());

test("each file that is named is there", () => {
  assert.deepEqual(Object.keys(NEEDS_QUIET).filter((file) => !files.includes(file)), []);
});

test("each file that needs quiet says why", () => {
  assert.deepEqual(Object.entries(NEEDS_QUIET).filter(([, reason]) => reason.split(" ").length < 4), []);
});
