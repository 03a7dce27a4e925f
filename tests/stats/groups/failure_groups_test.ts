import assert from "node:assert/strict";
import { test } from "node:test";
import { FailureGroups, OTHER_FAILURES } from "../../../src/stats/groups/failure_groups.ts";

test("FailureGroups.list() is in order of first occurrence, whatever came in first", () => {
  const groups = new FailureGroups();
  groups.count("GET", "/b", "late", 1, 500, 900);
  groups.count("GET", "/a", "early", 2, 100, 200);
  groups.count("GET", "/b", "late", 3, 50, 60);
  assert.deepEqual(groups.list().map(({ text, count, firstMs, lastMs }) => [text, count, firstMs, lastMs]), [
    ["late", 4, 50, 900],
    ["early", 2, 100, 200],
  ]);
});

test("FailureGroups counts texts apart that would be one if method, name and text were glued together", () => {
  const groups = new FailureGroups();
  groups.count("GET", "/a", "b", 1, 0, 0);
  groups.count("GET", "/a b", "", 1, 0, 0);
  groups.count("GET /a", "b", "", 1, 0, 0);
  assert.equal(groups.size, 3);
});

test("FailureGroups counts long texts that are equal where they are not cut as one", () => {
  const groups = new FailureGroups();
  groups.count("GET", "/", `${"x".repeat(600)}1`, 1, 0, 0);
  groups.count("GET", "/", `${"x".repeat(600)}2`, 1, 0, 0);
  assert.equal(groups.size, 1);
  assert.equal(groups.list()[0]?.count, 2);
});

test("FailureGroups: the group beyond the bound of a worker is the same on the master", () => {
  const groups = new FailureGroups(1);
  groups.count("GET", "/", "one", 1, 0, 0);
  groups.count("GET", "/", "two", 1, 0, 0);
  groups.count(OTHER_FAILURES.method, OTHER_FAILURES.name, OTHER_FAILURES.text, 5, 0, 0);
  assert.equal(groups.overflowed, 6);
  assert.equal(groups.size, 2);
});

test("FailureGroups.clear() makes room again", () => {
  const groups = new FailureGroups(1);
  groups.count("GET", "/", "one", 1, 0, 0);
  groups.count("GET", "/", "two", 1, 0, 0);
  groups.clear();
  groups.count("GET", "/", "two", 1, 0, 0);
  assert.deepEqual([groups.size, groups.overflowed], [1, 0]);
});
