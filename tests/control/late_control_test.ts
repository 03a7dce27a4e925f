import assert from "node:assert/strict";
import { test } from "node:test";
import { ControlThread } from "../../src/control/control_thread.ts";
import { startControlLate } from "../../src/control/late_control.ts";
import type { ControlRequest, ControlUpdate, FromControl, ToControl } from "../../src/protocol/control_message.ts";
import type { LocustfileDescription } from "../../src/protocol/locustfile_description.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { DESCRIPTION } from "../support/pool_fixture.ts";
import { ScriptedThreads } from "../support/scripted_threads.ts";

const LOAD = { kind: "load", source: { files: ["/a.ts"] }, logLevel: "INFO" } as const;
const INIT = { kind: "init", options: {}, userClasses: [], mode: "local" } as const;

function setUp() {
  const clock = new FakeClock();
  const scripted = new ScriptedThreads<ToControl, FromControl>();
  const { promise: plain, resolve: tell } = Promise.withResolvers<LocustfileDescription | undefined>();
  const heard: string[] = [];
  const control = new ControlThread({
    entry: new URL("file:///control.ts"),
    startThread: startControlLate({ startControl: scripted.startThread, clock, plain }),
    clock,
    receiver: {
      userMessage: (message) => void heard.push(message.kind),
      failed: (problem) => void heard.push(`failed: ${problem}`),
    },
  });
  control.start();
  return { clock, scripted, control, tell, heard };
}

/** A run until its first user. */
async function begin({ control }: ReturnType<typeof setUp>): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const request of [LOAD, INIT, { kind: "runSetup" }, { kind: "testStart" }] as const) {
    answers.push(await control.ask<ControlRequest["kind"]>(request, 1000));
  }
  return answers;
}

function kinds(told: readonly ToControl[]): string[] {
  return told.map((message) => "id" in message ? message.request.kind : message.kind);
}

function update(userCount: number): ControlUpdate {
  return { kind: "update", state: "running", userCount, targetUserCount: 1, workers: [] };
}

/** The thread answers what it was asked last. */
function answer({ scripted }: ReturnType<typeof setUp>): void {
  const asked = scripted.at(0).told.findLast((message) => "id" in message);
  if (asked !== undefined && "id" in asked) scripted.at(0).say({ kind: "done", id: asked.id, value: null });
}

test("startControlLate() answers for a locustfile without listeners, and starts the thread when the first users run", async () => {
  const parts = setUp();
  const { clock, scripted, tell } = parts;
  tell(DESCRIPTION);
  assert.deepEqual(await begin(parts), [DESCRIPTION, null, {}, null]);
  await clock.advance(99);
  assert.equal(scripted.threads.length, 0);
  await clock.advance(1);
  assert.deepEqual(kinds(scripted.at(0).told), ["load"]);
});

test("startControlLate() asks the thread again, one after the other, and then passes on what came meanwhile", async () => {
  const parts = setUp();
  const { clock, control, scripted, tell } = parts;
  tell(DESCRIPTION);
  await begin(parts);
  control.tell(update(0));
  control.tell(update(1));
  control.tell({ kind: "observe", event: { kind: "rampCompleted", users: 1 } as never });
  assert.equal(await control.ask({ kind: "spawningComplete", userCount: 1 }, 1000), null);
  await clock.advance(100);
  const { told } = scripted.at(0);
  const stopping = control.ask({ kind: "testStopping" }, 1000);
  for (const asked of ["load", "init", "runSetup", "testStart"]) {
    assert.equal(kinds(told).at(-1), asked);
    answer(parts);
  }
  assert.deepEqual(kinds(told), ["load", "init", "runSetup", "testStart", "update", "testStopping"]);
  assert.deepEqual(told.find((message) => "kind" in message), update(1));
  answer(parts);
  assert.equal(await stopping, null);
  control.tell(update(2));
  assert.deepEqual(told.at(-1), update(2));
});

test("startControlLate() starts the thread at once where the locustfile needs it, and answers nothing for it", async () => {
  const parts = setUp();
  const { control, scripted, tell } = parts;
  const loaded = control.ask(LOAD, 1000);
  await settle();
  assert.equal(scripted.threads.length, 0);
  tell(undefined);
  await settle();
  assert.deepEqual(kinds(scripted.at(0).told), ["load"]);
  scripted.at(0).say({ kind: "done", id: 1, value: "its own" });
  assert.equal(await loaded, "its own");
});

test("startControlLate() starts the thread where the import takes long", async () => {
  const { clock, control, scripted, tell } = setUp();
  control.ask(LOAD, 10_000).catch(() => {});
  await clock.advance(500);
  assert.deepEqual(kinds(scripted.at(0).told), ["load"]);
  tell(DESCRIPTION);
  await settle();
  scripted.at(0).say({ kind: "failed", id: 1, problems: ["one"] });
  assert.equal(scripted.threads.length, 1);
});

test("startControlLate() starts the thread for a question that only it can answer", async () => {
  const parts = setUp();
  const { control, scripted, tell } = parts;
  tell(DESCRIPTION);
  await control.ask(LOAD, 1000);
  const tick = control.ask({ kind: "shapeTick", runTimeSeconds: 0, currentUsers: 0 }, 1000);
  answer(parts);
  assert.deepEqual(kinds(scripted.at(0).told), ["load", "shapeTick"]);
  answer(parts);
  assert.equal(await tick, null);
});

test("startControlLate() starts no thread for a run that ends before its time", async () => {
  const parts = setUp();
  const { clock, control, scripted, tell } = parts;
  tell(DESCRIPTION);
  await begin(parts);
  for (const request of [{ kind: "testStop" }, { kind: "runTeardown", shared: {} }, { kind: "quitting" }] as const) {
    assert.equal(await control.ask<ControlRequest["kind"]>(request, 1000), null);
  }
  control.terminate();
  await clock.advance(1000);
  assert.equal(scripted.threads.length, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("startControlLate() reports a thread that cannot load the locustfile when it is started", async () => {
  const parts = setUp();
  const { clock, scripted, tell, heard } = parts;
  tell(DESCRIPTION);
  await begin(parts);
  await clock.advance(100);
  scripted.at(0).say({ kind: "userMessage", message: { kind: "quit" } });
  scripted.at(0).say({ kind: "failed", id: 1, problems: ["Cannot load it"] });
  assert.deepEqual(heard, ["quit", "failed: Cannot load it"]);
  assert.ok(scripted.at(0).isTerminated);
});
