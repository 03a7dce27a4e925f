import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkerTrouble } from "../../../src/master/run_event.ts";
import { describeTrouble, shortenWorkerId } from "../../../src/server/feed/worker_words.ts";

const CASES: readonly (readonly [trouble: WorkerTrouble, text: string])[] = [
  [{ kind: "linkBroke", reason: "reset" }, "its link broke"],
  [{ kind: "wasSilent", silentMs: 3400 }, "was silent for 3 s, and kept its users"],
  [{ kind: "isOlder", lacks: "targets" }, "is of an older version"],
  [{ kind: "threadHung", thread: 2, silentMs: 9000, doing: "task look" }, "thread 2 hangs in task look"],
];

for (const [trouble, text] of CASES) {
  test(`describeTrouble() of ${trouble.kind}: ${text}`, () => assert.equal(describeTrouble(trouble), text));
}

test("shortenWorkerId() keeps four of 32 hex digits, and other ids whole", () => {
  assert.equal(shortenWorkerId("vm_1_889a22c3b7cd410fb8f674f868193b6b"), "vm_1_889a");
  for (const id of ["local", "my-worker", "vm_889a22c3"]) assert.equal(shortenWorkerId(id), id);
});
