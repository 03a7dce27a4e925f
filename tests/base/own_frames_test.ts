import assert from "node:assert/strict";
import { test } from "node:test";
import { ownFrames, ownFramesOf } from "../../src/base/own_frames.ts";

test("ownFramesOf() keeps the locustfile's frames, innermost first, with function names", () => {
  const stack = `Error: boom
    at check (/home/ada/test/checks.ts:7:13)
    at async order (file:///home/ada/test/locustfile.ts:21:5)
    at /home/ada/test/locustfile.ts:30:1`;
  assert.deepEqual(ownFramesOf(stack), [
    "/home/ada/test/checks.ts:7:13 in check",
    "/home/ada/test/locustfile.ts:21:5 in order",
    "/home/ada/test/locustfile.ts:30:1",
  ]);
});

const OTHERS: readonly (readonly [frame: string, why: string])[] = [
  ["at processTicks (node:internal/process/task_queues:95:5)", "the runtime's"],
  ["at loop (ext:deno_node/timers.ts:1:2)", "Deno's"],
  ["at parseJson (/home/ada/test/node_modules/thing/index.js:1:2)", "a package's"],
  ["at loop (/$bunfs/root/thread_main.js:100:3)", "ours, in an executable without a source map"],
  ["at loop (src/user/tasks/task_loop.ts:82:13)", "ours, in an executable with its source map"],
  [`at loop (${new URL("../../src/user/tasks/task_loop.ts", import.meta.url).pathname}:82:13)`, "ours, from source"],
];

for (const [frame, why] of OTHERS) {
  test(`ownFramesOf() leaves out frames that are ${why}`, () =>
    assert.deepEqual(ownFramesOf(`Error: x\n    ${frame}`), []));
}

test("ownFramesOf() names a shipped file as it lies beside the locustfile, whatever the worker unpacked it to", () => {
  const frames = ["/tmp/locust-ts-vm-9175-k9hJO7", "/var/tmp/locust-ts-host-b.local-3-aaBB12"].map((folder) =>
    ownFramesOf(`    at t (${folder}/f93e2a7ee0b2e39d/lib/shop.ts:3:9)`)
  );
  assert.deepEqual(frames, [["lib/shop.ts:3:9 in t"], ["lib/shop.ts:3:9 in t"]]);
});

test("ownFramesOf() keeps ten frames of a recursion", () => {
  const stack = Array.from({ length: 50 }, (_, n) => `    at deep (/home/ada/locustfile.ts:${n + 1}:1)`).join("\n");
  assert.equal(ownFramesOf(stack).length, 10);
});

test("ownFrames() of what is not an error is empty", () => {
  assert.deepEqual(ownFrames("thrown text"), []);
  assert.deepEqual(ownFrames(undefined), []);
});

test("ownFramesOf() leaves out what Deno's compiler adds to a file for decorators", () => {
  const stack = "Error: x\n    at memberDec (file:///tests/locustfile.ts:76:14)\n" +
    "    at applyMemberDec (file:///tests/locustfile.ts:120:3)\n    at Shop.<static_initializer> (file:///tests/locustfile.ts:4:8)";
  assert.deepEqual(ownFramesOf(stack), ["/tests/locustfile.ts:4:8 in Shop.<static_initializer>"]);
});
