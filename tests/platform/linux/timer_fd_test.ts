import assert from "node:assert/strict";
import { test } from "node:test";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { ownResources } from "../../../src/platform/linux/thread_resources.ts";
import { TimerFd } from "../../../src/platform/linux/timer_fd.ts";

const libc = openLibc();
const skip = libc === undefined ? "the libc cannot be loaded here" : false;
const NONBLOCK_CLOEXEC = 0o2004000;

test("TimerFd does not watch the clock for a ring that is older than the setting", { skip }, async () => {
  const rung = Promise.withResolvers<void>();
  // In place of the timer: what can be read at once, as if it had fired before it was set.
  const fired = { ...libc!, syscall: () => libc!.eventfd(1, NONBLOCK_CLOEXEC), syscallOnRing: () => 0 };
  const timer = new TimerFd({ libc: fired, resources: ownResources() }, rung.resolve);
  const startMs = performance.now();
  timer.set(1000, 0.3);
  await rung.promise;
  timer.close();
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 900, `it watched for ${tookMs} ms`);
});
