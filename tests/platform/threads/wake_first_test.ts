import assert from "node:assert/strict";
import os from "node:os";
import process from "node:process";
import { test } from "node:test";
import { type Memory, openLibc } from "../../../src/platform/linux/libc.ts";
import { wakeFirst } from "../../../src/platform/threads/wake_first.ts";

const SET = process.arch === "arm64" ? 274 : 314;
const libc = openLibc();

/** A kernel whose thread has that policy and nice value, and what it was told to set. */
function createKernel(policy: number, nice: number) {
  const told: DataView[] = [];
  const syscallOnMemory = (call: number, _thread: number, memory: Memory) => {
    const attributes = memory as DataView;
    if (call === SET) told.push(new DataView(attributes.buffer.slice(0)));
    attributes.setUint32(0, 56, true); // a newer kernel than the structure
    attributes.setUint32(4, policy, true);
    attributes.setInt32(16, nice, true);
    return 0;
  };
  return { told, syscallOnMemory };
}

test("wakeFirst() asks for a short slice and leaves policy and nice value", () => {
  for (const policy of [0, 3]) {
    const kernel = createKernel(policy, 7);
    assert.equal(wakeFirst(kernel), true);
    const [attributes] = kernel.told;
    assert.equal(kernel.told.length, 1);
    assert.equal(attributes?.getUint32(0, true), 48);
    assert.equal(attributes?.getUint32(4, true), policy);
    assert.equal(attributes?.getBigUint64(8, true), 1n, "threads that it starts have the usual slice");
    assert.equal(attributes?.getInt32(16, true), 7);
    assert.equal(attributes?.getBigUint64(24, true), 600_000n);
  }
});

test("wakeFirst() leaves a thread alone whose policy a user chose, and one of a kernel that refuses", () => {
  for (const policy of [1, 2, 5]) { // FIFO, round robin, idle
    const kernel = createKernel(policy, 0);
    assert.equal(wakeFirst(kernel), false);
    assert.deepEqual(kernel.told, []);
  }
  assert.equal(wakeFirst({ syscallOnMemory: () => -1 }), false);
});

test(
  "wakeFirst() is understood by this kernel",
  { skip: libc === undefined ? "the libc cannot be loaded here" : false },
  () => {
    const attributes = new DataView(new ArrayBuffer(56));
    const get = process.arch === "arm64" ? 275 : 315;
    const read = () => assert.equal(libc!.syscallOnMemory(get, 0, attributes, 56, 0), 0);
    read();
    const [policy, nice] = [attributes.getUint32(4, true), attributes.getInt32(16, true)];
    if (policy === 1 || policy === 2 || policy === 5) return assert.equal(wakeFirst(), false);
    assert.equal(wakeFirst(), true);
    read();
    assert.deepEqual([attributes.getUint32(4, true), attributes.getInt32(16, true)], [policy, nice]);
    assert.equal(attributes.getBigUint64(8, true) & 1n, 1n);
    const [major = 0, minor = 0] = os.release().split(".").map(Number);
    if (major > 6 || (major === 6 && minor >= 12)) assert.equal(attributes.getBigUint64(24, true), 600_000n);
  },
);
