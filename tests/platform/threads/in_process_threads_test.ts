import assert from "node:assert/strict";
import { test } from "node:test";
import { inProcessThreads, type ServeThread } from "../../../src/platform/threads/in_process_threads.ts";
import { settle } from "../../support/fake_clock.ts";

const ENTRY = new URL("file:///unused.ts");

function start(serve: ServeThread) {
  const heard: unknown[] = [];
  const failed: string[] = [];
  const host = inProcessThreads(serve)<unknown, unknown>(ENTRY, "t", {
    message: (message) => void heard.push(message),
    failed: (problem) => void failed.push(problem),
  });
  return { host, heard, failed };
}

const echo: ServeThread = (port) => port.listen((message) => port.post(message));

test("inProcessThreads() delivers later, not within post()", async () => {
  const { host, heard } = start(echo);
  await settle();
  host.post(1);
  assert.deepEqual(heard, []);
  await settle();
  assert.deepEqual(heard, [1]);
});

test("inProcessThreads() keeps the order and what was posted before the thread serves", async () => {
  const { host, heard } = start(echo);
  host.post(1);
  host.post(2);
  await settle();
  assert.deepEqual(heard, [1, 2]);
});

test("inProcessThreads() copies messages as threads do, and shares what is shared", async () => {
  const { host, heard } = start(echo);
  const message = { list: [1], shared: new SharedArrayBuffer(4) };
  host.post(message);
  message.list.push(2);
  await settle();
  const [copy] = heard as [typeof message];
  assert.deepEqual(copy.list, [1]);
  new Int32Array(copy.shared)[0] = 9;
  assert.equal(new Int32Array(message.shared)[0], 9);
});

test("inProcessThreads() refuses what no thread could be sent", async () => {
  const { host } = start(echo);
  await settle();
  assert.throws(() => host.post(() => {}));
});

test("inProcessThreads() tells an entry that throws", async () => {
  const { failed } = start(() => {
    throw new Error("no start");
  });
  await settle();
  assert.deepEqual(failed, ["Error: no start"]);
});

test("inProcessThreads() after terminate() delivers nothing more", async () => {
  const { host, heard } = start(echo);
  host.post(1);
  host.terminate();
  await settle();
  assert.deepEqual(heard, []);
});
