import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { RULES } from "../../src/stats/verdict/rules.ts";

const PAGE = readFileSync("docs/verdict.md", "utf8");

test("docs/verdict.md lists each doubt once, with its limit and the reason, and no other", () => {
  const rows = [...PAGE.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
  const kinds = rows.map(([, kind]) => kind);
  assert.deepEqual(kinds.toSorted(), [...Object.keys(RULES), "journal-cut"].toSorted());
  for (const [, kind, raised = "", why = ""] of rows) {
    assert.ok(raised.length > 15 && why.length > 10, `${kind} says too little`);
  }
});
