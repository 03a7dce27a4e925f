import assert from "node:assert/strict";
import { test } from "node:test";
import { loadIsBack } from "./fault_laws.ts";

test("loadIsBack() takes what 20 users can do at most, and nothing beyond it", async () => {
  await loadIsBack(() => Promise.resolve(209), 180);
  await assert.rejects(loadIsBack(() => Promise.resolve(226), 180), /too many when it was back: 226\/s/);
});
