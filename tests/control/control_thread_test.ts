import assert from "node:assert/strict";
import { test } from "node:test";
import { openControlThread } from "../../src/control/control_thread.ts";
import type { FromControl, ToControl } from "../../src/protocol/control_message.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { ScriptedThreads } from "../support/scripted_threads.ts";

function open() {
  const clock = new FakeClock();
  const scripted = new ScriptedThreads<ToControl, FromControl>();
  const heard: string[] = [];
  const control = openControlThread({
    entry: new URL("file:///control.ts"),
    startThread: scripted.startThread,
    clock,
    receiver: {
      userMessage: (message) => void heard.push(message.kind),
      failed: (problem) => void heard.push(`failed: ${problem}`),
    },
  });
  return { clock, control, heard, thread: scripted.at(0) };
}

/** The id of the last question. */
function lastId(told: readonly ToControl[]): number {
  const last = told.at(-1);
  return last !== undefined && "id" in last ? last.id : -1;
}

test("ControlThread.ask() resolves with the answer to its own question", async () => {
  const { control, thread } = open();
  const first = control.ask({ kind: "runSetup" }, 1000);
  const firstId = lastId(thread.told);
  const second = control.ask({ kind: "quitting" }, 1000);
  thread.say({ kind: "done", id: lastId(thread.told), value: 7 });
  thread.say({ kind: "done", id: firstId, value: { token: "t" } });
  assert.equal(await second, 7);
  assert.deepEqual(await first, { token: "t" });
});

test("ControlThread.ask() that was answered leaves no timer", async () => {
  const { clock, control, thread } = open();
  const answer = control.ask({ kind: "testStart" }, 1000);
  thread.say({ kind: "done", id: lastId(thread.told), value: null });
  await answer;
  assert.equal(clock.pendingTimers, 0);
});

test("ControlThread.ask() names the shape whose tick() hangs", async () => {
  const { clock, control } = open();
  const init = { kind: "init", options: {}, userClasses: [], shape: "Stages", mode: "local" } as const;
  control.ask(init, 10_000).catch(() => {});
  const tick = control.ask({ kind: "shapeTick", runTimeSeconds: 0, currentUsers: 0 }, 5000);
  tick.catch(() => {});
  await clock.advance(5000);
  await assert.rejects(tick, {
    code: "control_timeout",
    message: /tick\(\) of shape "Stages" has not returned for 5 s; look for a loop/,
  });
});

test("ControlThread.ask() names the event whose listener hangs", async () => {
  const { clock, control } = open();
  const asked = control.ask({ kind: "event", name: "workerReport", fields: {} }, 2000);
  asked.catch(() => {});
  await clock.advance(2000);
  await assert.rejects(asked, /a listener of "workerReport" has not returned for 2 s/);
});

test("ControlThread ignores an answer that comes after its time limit", async () => {
  const { clock, control, thread, heard } = open();
  const asked = control.ask({ kind: "testStop" }, 2000);
  asked.catch(() => {});
  const id = lastId(thread.told);
  await clock.advance(2000);
  thread.say({ kind: "done", id, value: null });
  await assert.rejects(asked, { code: "control_timeout" });
  assert.deepEqual(heard, []);
});

test("ControlThread.ask() to load rejects with a UsageError that lists the problems", async () => {
  const { control, thread } = open();
  const load = control.ask({ kind: "load", source: { files: ["/a.ts"] }, logLevel: "INFO" }, 1000);
  thread.say({ kind: "failed", id: lastId(thread.told), problems: ["one", "two"] });
  await assert.rejects(load, { name: "UsageError", code: "locustfile", problems: ["one", "two"] });
});

test("ControlThread fails open and later questions when the thread dies", async () => {
  const { control, thread, heard } = open();
  const open1 = control.ask({ kind: "testStart" }, 1000);
  thread.die("boom");
  await assert.rejects(open1, {
    code: "control_gone",
    message: /a listener of "testStart": the control thread died: boom/,
  });
  await assert.rejects(control.ask({ kind: "testStop" }, 1000), { code: "control_gone" });
  assert.deepEqual(heard, ["failed: boom"]);
});

test("ControlThread.terminate() ends the thread and fails open questions", async () => {
  const { control, thread } = open();
  const asked = control.ask({ kind: "testStop" }, 1000);
  control.terminate();
  await assert.rejects(asked, { code: "control_gone" });
  assert.ok(thread.isTerminated);
});

test("ControlThread hands on heard", () => {
  const { thread, heard } = open();
  thread.say({ kind: "userMessage", message: { kind: "quit" } });
  thread.say({ kind: "userMessage", message: { kind: "log", level: "INFO", logger: "x", message: "m" } });
  assert.deepEqual(heard, ["quit", "log"]);
});

test("ControlThread.ask() after a question ran into its limit: a thread that answers nothing more is ended, and the rest fails at once", async () => {
  const { clock, control, heard } = open();
  const tick = control.ask({ kind: "shapeTick", runTimeSeconds: 0, currentUsers: 0 }, 5000);
  tick.catch(() => {});
  await clock.advance(5000);
  const stopping = control.ask({ kind: "testStopping" }, 60_000);
  stopping.catch(() => {});
  await clock.advance(2000);
  await assert.rejects(stopping, { code: "control_gone" });
  await assert.rejects(control.ask({ kind: "quitting" }, 60_000), { code: "control_gone" });
  assert.equal(heard.length, 1);
  assert.match(heard[0] ?? "", /^failed: it is blocked by tick\(\) of shape/);
  assert.equal(clock.pendingTimers, 0);
});

test("ControlThread.ask() after a listener ran into its limit: a thread that still answers is kept", async () => {
  const { clock, control, heard, thread } = open();
  const hung = control.ask({ kind: "testStart" }, 5000);
  hung.catch(() => {});
  await clock.advance(5000);
  thread.say({ kind: "done", id: lastId(thread.told), value: null });
  await clock.advance(2000);
  const answer = control.ask({ kind: "quitting" }, 1000);
  thread.say({ kind: "done", id: lastId(thread.told), value: 0 });
  assert.equal(await answer, 0);
  assert.deepEqual(heard, []);
});
