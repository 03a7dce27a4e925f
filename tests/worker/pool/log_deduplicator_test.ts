import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogDeduplicator } from "../../../src/worker/pool/log_deduplicator.ts";

test("LogDeduplicator tells equal lines of several threads once, and all that only one has printed", () => {
  const echo = createLogDeduplicator();
  const told = ([["a", "x"], ["b", "x"], ["b", "x"], ["a", "y"], ["a", "x"], ["c", "z"], ["b", "y"]] as const)
    .map(([source, line]) => echo.isNew(source, line));
  assert.deepEqual(told, [true, false, true, true, false, true, false]);
});
