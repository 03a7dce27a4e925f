import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runtimeName } from "../../../src/platform/runtime.ts";
import { startThread } from "../../../src/platform/threads/threads.ts";
import type { EchoOrder } from "../../support/echo_thread.ts";

const ENTRY = new URL("../../support/echo_thread.ts", import.meta.url);

/** Starts the echo thread, sends it an order, and gives back what it says first after it was ready. */
async function answerTo(order: EchoOrder): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const thread = startThread<unknown, EchoOrder>(ENTRY, "echo", {
    message: (message) => {
      if (message !== "ready") resolve(message);
    },
    failed: (problem) => reject(new Error(problem)),
  });
  try {
    thread.post(order); // before it is ready: it must not be lost
    return await promise;
  } finally {
    thread.terminate();
  }
}

test("startThread() delivers messages both ways, also those sent before the thread is ready", async () => {
  assert.deepEqual(await answerTo({ do: "echo", data: { list: [1, new Uint8Array([2])] } }), {
    list: [1, new Uint8Array([2])],
  });
});

test("startThread() shares a SharedArrayBuffer instead of copying it", async () => {
  const shared = new SharedArrayBuffer(4);
  const back = await answerTo({ do: "echo", data: shared }) as SharedArrayBuffer;
  new Int32Array(back)[0] = 7;
  assert.equal(new Int32Array(shared)[0], 7);
});

test("watchUncaught() hears a dropped rejection and an exception in a timer, once each, and the thread lives on", async () => {
  const script = fileURLToPath(new URL("../../support/uncaught_main.ts", import.meta.url));
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, runtimeName === "deno" ? ["run", "-A", script] : [script]);
  assert.deepEqual(JSON.parse(stdout), [
    "ready",
    { uncaught: "Error: not awaited", kind: "rejection" },
    { uncaught: "Error: thrown in a timer", kind: "exception" },
    "alive",
  ]);
});

test("captureConsole() hands over what console.log prints", async () => {
  assert.deepEqual(await answerTo({ do: "print" }), { printed: "a text and { b: 1 }", level: "PRINTED" });
});

test("forbidExit() makes process.exit() an exception that says what to call", async () => {
  const { thrown } = await answerTo({ do: "exit" }) as { readonly thrown: string };
  assert.match(thrown, /Cannot leave by exit\(3\): .*environment\.runner\.quit\(\)/);
});

test("startThread() tells a thread whose module cannot be loaded", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  startThread(new URL("../support/no_such_thread.ts", import.meta.url), "gone", {
    message: () => {},
    failed: resolve,
  });
  assert.notEqual(await promise, "");
});
