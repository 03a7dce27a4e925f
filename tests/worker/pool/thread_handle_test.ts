import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromThread, ToThread } from "../../../src/protocol/thread_message.ts";
import { ThreadHandle, type ThreadReceiver } from "../../../src/worker/pool/thread_handle.ts";
import { DESCRIPTION } from "../../support/pool_fixture.ts";
import { ScriptedThreads } from "../../support/scripted_threads.ts";

const LINE: FromThread = {
  kind: "userMessage",
  message: { kind: "log", level: "INFO", logger: "locustfile", message: "imported", during: "load" },
};

function startHandle() {
  const scripted = new ScriptedThreads<ToThread, FromThread>();
  const handle = new ThreadHandle({ index: 0, entry: new URL("file:///thread.ts"), startThread: scripted.startThread });
  handle.start();
  const heard: string[] = [];
  const receiver: ThreadReceiver = {
    message: (_handle, message) => void heard.push(message.kind),
    failed: (_handle, problem) => void heard.push(problem),
  };
  return { handle, thread: scripted.at(0), scripted, receiver, heard };
}

test("ThreadHandle.prepare() has the thread import the locustfile", () => {
  const { handle, thread } = startHandle();
  handle.prepare({ source: { files: ["/a.ts"] }, logLevel: "INFO", socket: "auto" });
  assert.deepEqual(thread.told, [{
    kind: "prepare",
    source: { files: ["/a.ts"] },
    logLevel: "INFO",
    socket: "auto",
  }]);
});

test("ThreadHandle.prepared is what the locustfile holds, unless it has printed something or the thread died", async () => {
  const plain = startHandle();
  plain.thread.say({ kind: "prepared", plain: DESCRIPTION });
  assert.equal(await plain.handle.prepared, DESCRIPTION);
  plain.handle.listen(plain.receiver);
  assert.deepEqual(plain.heard, [], "it is said to the handle");

  const printing = startHandle();
  printing.thread.say(LINE);
  printing.thread.say({ kind: "prepared", plain: DESCRIPTION });
  assert.equal(await printing.handle.prepared, undefined);

  const dead = startHandle();
  dead.thread.die("out of memory");
  assert.equal(await dead.handle.prepared, undefined);
});

test("ThreadHandle.listen() hands over once what the thread said before", () => {
  const { handle, thread, receiver, heard } = startHandle();
  thread.say(LINE);
  handle.listen(receiver);
  assert.deepEqual(heard, ["userMessage"]);
  thread.say(LINE);
  handle.listen(receiver);
  assert.deepEqual(heard, ["userMessage", "userMessage"]);
});

test("ThreadHandle.listen() says how many early lines were too many", () => {
  const { handle, thread, receiver } = startHandle();
  for (let line = 0; line < 1002; line++) thread.say(LINE);
  const heard: FromThread[] = [];
  handle.listen({ ...receiver, message: (_handle, message) => void heard.push(message) });
  assert.equal(heard.length, 1001);
  assert.match(JSON.stringify(heard.at(-1)), /Thread 0 printed more than 1000 lines .*; 2 are not shown/);
});

test("ThreadHandle.listen() reports a thread that died before", () => {
  const { handle, thread, receiver, heard } = startHandle();
  thread.die("it ended with an error");
  assert.equal(handle.state, "gone");
  handle.listen(receiver);
  assert.deepEqual(heard, ["it ended with an error"]);
});

test("ThreadHandle.start() after a death forgets what the dead thread said", () => {
  const { handle, thread, scripted, receiver, heard } = startHandle();
  thread.say(LINE);
  thread.die("it ended with an error");
  handle.start();
  handle.listen(receiver);
  assert.deepEqual(heard, []);
  scripted.at(1).say(LINE);
  assert.deepEqual(heard, ["userMessage"]);
});
