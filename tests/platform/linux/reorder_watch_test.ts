import assert from "node:assert/strict";
import { test } from "node:test";
import type { Memory } from "../../../src/platform/linux/libc.ts";
import { ReorderWatch } from "../../../src/platform/linux/reorder_watch.ts";

/** The kernel's `tcpi_rcv_ooopack` by descriptor; `bytes`: how many of `struct tcp_info` it knows. */
function openKernel(counts: Map<number, number>, bytes = 232) {
  return {
    getsockopt: (fd: number, level: number, option: number, value: Memory, length: Memory) => {
      assert.deepEqual([level, option], [6, 11]);
      const asked = length as Int32Array;
      const count = counts.get(fd);
      if (count === undefined) return -1;
      asked[0] = Math.min(asked[0]!, bytes);
      (value as Uint32Array)[56] = count;
      return 0;
    },
  };
}

test("ReorderWatch.hasNew() is true once for packets that came out of order, of that connection", () => {
  const counts = new Map([[7, 0], [8, 0]]);
  const watch = new ReorderWatch(openKernel(counts));
  assert.equal(watch.hasNew(7), false);
  counts.set(7, 2);
  assert.deepEqual([7, 8, 7, 8].map((fd) => watch.hasNew(fd)), [true, false, false, false]);
  counts.set(7, 3);
  assert.deepEqual([7, 7].map((fd) => watch.hasNew(fd)), [true, false]);
});

test("ReorderWatch.forget() tells the packets of the next connection from those of the last", () => {
  const counts = new Map([[7, 2]]);
  const watch = new ReorderWatch(openKernel(counts));
  watch.hasNew(7);
  watch.forget(7);
  assert.equal(watch.hasNew(7), true);
});

test("ReorderWatch.hasNew() is true where the kernel does not tell", () => {
  assert.equal(new ReorderWatch(openKernel(new Map([[7, 0]]), 224)).hasNew(7), true);
  assert.equal(new ReorderWatch(openKernel(new Map())).hasNew(7), true);
});
