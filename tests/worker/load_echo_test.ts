import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoadEcho } from "../../src/worker/load_echo.ts";

test("LoadEcho tells equal lines of several threads once, and all that only one has printed", () => {
  const echo = createLoadEcho();
  const told = ([["a", "x"], ["b", "x"], ["b", "x"], ["a", "y"], ["a", "x"], ["c", "z"], ["b", "y"]] as const)
    .map(([source, line]) => echo.isNews(source, line));
  assert.deepEqual(told, [true, false, true, true, false, true, false]);
});
