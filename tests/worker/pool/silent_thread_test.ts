import assert from "node:assert/strict";
import { test } from "node:test";
import { ownThreadNumber, readThreadState, type ThreadReading } from "../../../src/platform/linux/own_threads.ts";
import { ThreadHandle } from "../../../src/worker/pool/thread_handle.ts";
import type { FromThread, ToThread } from "../../../src/protocol/thread_message.ts";
import { DESCRIPTION } from "../../support/pool_fixture.ts";
import { ScriptedThreads } from "../../support/scripted_threads.ts";

const LOOK_MS = 250;

/** A thread that is silent for 2.5 s, with the CPU time of each look and whether it could run. */
function watchSilent(read: (look: number) => ThreadReading | undefined): ThreadHandle {
  const scripted = new ScriptedThreads<ToThread, FromThread>();
  let look = 0;
  const handle = new ThreadHandle({
    index: 0,
    entry: new URL("file:///thread.ts"),
    startThread: scripted.startThread,
    readThread: () => read(look++),
  });
  handle.start();
  scripted.at(0).say({ kind: "loaded", description: DESCRIPTION, activities: [], socket: "epoll" });
  for (let i = 0; i < 10; i++) handle.watch(LOOK_MS);
  return handle;
}

const CASES: readonly (readonly [string, (look: number) => ThreadReading | undefined, "hung" | "starved"])[] = [
  ["that computes hangs", (look) => ({ isRunnable: true, cpuMs: look * LOOK_MS }), "hung"],
  ["that shares a core with one other and computes hangs", (look) => ({ isRunnable: true, cpuMs: look * 125 }), "hung"],
  ["that sleeps in a call hangs", () => ({ isRunnable: false, cpuMs: 40 }), "hung"],
  ["of which nothing is known hangs", () => undefined, "hung"],
  ["that gets no core is starved", (look) => ({ isRunnable: true, cpuMs: look * 10 }), "starved"],
];

for (const [what, read, trouble] of CASES) {
  test(`ThreadHandle: a silent thread ${what}`, () => {
    const handle = watchSilent(read);
    assert.deepEqual([handle.hung, handle.starved], [trouble === "hung", trouble === "starved"]);
  });
}

test("readThreadState() sees that this thread runs, and its CPU time grow", { skip: ownThreadNumber() === 0 }, () => {
  const before = readThreadState(ownThreadNumber());
  const spin = process.cpuUsage();
  while (process.cpuUsage(spin).user + process.cpuUsage(spin).system < 100_000);
  const after = readThreadState(ownThreadNumber());
  assert.equal(before?.isRunnable, true);
  assert.ok((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0) >= 40, `${before?.cpuMs} ms, then ${after?.cpuMs} ms`);
  assert.equal(readThreadState(0), undefined);
});
