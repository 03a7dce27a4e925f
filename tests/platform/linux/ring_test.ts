import assert from "node:assert/strict";
import { test } from "node:test";
import { openOwnSockets } from "../../../src/platform/linux/connect_own_socket.ts";
import { type Libc, openLibc } from "../../../src/platform/linux/libc.ts";
import { Ring } from "../../../src/platform/linux/ring.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";

const libc = openLibc();
const skip = libc === undefined || openOwnSockets("uring", new ThreadResources()) === undefined
  ? "there is no ring here"
  : false;

const CALL_ENTER = 426;
const ENTER_GETEVENTS = 1;
const EAGAIN = 11;

test("Ring.turn() lets the kernel do its work also if it had no memory for the requests at first", { skip }, () => {
  const calls: string[] = [];
  let isRefused = false;
  const changed: Libc = {
    ...libc!,
    syscall(call, fd, count, least, flags, memory, size) {
      if (call !== CALL_ENTER) return libc!.syscall(call, fd, count, least, flags, memory, size);
      isRefused = calls.length === 0;
      calls.push(`${isRefused ? "refused" : "taken"} ${count}, ${flags === ENTER_GETEVENTS ? "work" : "no work"}`);
      return isRefused ? -1 : libc!.syscall(call, fd, count, least, flags, memory, size);
    },
    errno: () => isRefused ? EAGAIN : libc!.errno(),
  };
  const ring = new Ring({ libc: changed, resources: new ThreadResources() }, { requests: 4, results: 8 });
  const word = ring.next();
  ring.sqes.fill(0, word, word + 16); // a request that does nothing
  ring.turn();
  assert.deepEqual(calls, ["refused 1, work", "taken 1, no work", "taken 0, work"]);
  assert.equal(ring.queued, 0);
  ring.close();
});
