import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiRow } from "../../../src/server/answers/api_snapshot.ts";
import { NO_ROW } from "../../../src/server/answers/api_rows.ts";
import { applyRowChanges, compareRows } from "../../../src/server/feed/row_changes.ts";

function row(name: string, figures: Partial<ApiRow> = {}): ApiRow {
  return { ...NO_ROW, method: "GET", name, ...figures };
}

test("compareRows() and applyRowChanges(), each other's opposite, with figures that come and go", () => {
  const before = [row("/a", { requests: 1, p95Ms: 3 }), row("/b"), row("/c", { requests: 7 })];
  const after = [row("/a", { requests: 2, p95Ms: null }), row("/b"), row("/c", { requests: 9, p99Ms: 1.5 })];
  const changes = compareRows(before, after);
  assert.deepEqual(changes, {
    requests: { gaps: [1, 2], values: [2, 9] },
    p95Ms: { gaps: [1], values: [null] },
    p99Ms: { gaps: [3], values: [1.5] },
  });
  assert.deepEqual(applyRowChanges(before, changes ?? {}), after);
  assert.equal(before[0]?.requests, 1, "the rows before are not changed");
});

test("compareRows() leaves rows that are new to the caller, and says nothing where nothing changed", () => {
  const rows = [row("/a", { requests: 1 })];
  assert.equal(compareRows(rows, [...rows, row("/new", { requests: 5 })]), undefined);
});

test("applyRowChanges() keeps the objects of rows that did not change", () => {
  const rows = [row("/a"), row("/b")];
  const applied = applyRowChanges(rows, { requests: { gaps: [2], values: [4] } });
  assert.equal(applied[0], rows[0]);
  assert.notEqual(applied[1], rows[1]);
});
