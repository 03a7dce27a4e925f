import assert from "node:assert/strict";
import { test } from "node:test";
import type { ThreadHealth } from "../../../src/protocol/thread_message.ts";
import { ThreadHandle } from "../../../src/worker/pool/thread_handle.ts";
import { ThreadsHealth } from "../../../src/worker/pool/threads_health.ts";

function handle(index: number): ThreadHandle {
  const made = new ThreadHandle({ index, entry: new URL("file:///thread.ts"), startThread: () => assert.fail() });
  made.activities = ["", "Shopper.browse", "Shopper.order"];
  return made;
}

const blocked = (ms: number, activity: number): ThreadHealth => ({
  loopLagP99Ms: 0,
  latenessP99Ms: 0,
  users: {},
  blocked: { ms, activity },
});

test("ThreadsHealth.take() names the longest step of user code since the last call, of all threads", () => {
  const health = new ThreadsHealth();
  const [first, second] = [handle(0), handle(1)];
  health.note(first, blocked(80, 1));
  health.note(second, blocked(300, 2));
  health.note(second, blocked(120, 0));
  assert.deepEqual(health.take([first, second]).blocked, { ms: 300, doing: "Shopper.order" });
  assert.equal(health.take([first, second]).blocked, undefined);
  health.note(first, blocked(60, 0));
  assert.deepEqual(health.take([first, second]).blocked, { ms: 60, doing: "code outside of a task" });
  health.note(first, blocked(90, 1));
  health.clear();
  assert.equal(health.take([first, second]).blocked, undefined);
});
