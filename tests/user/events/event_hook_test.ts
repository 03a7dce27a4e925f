import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { RescheduleTask, StopUser } from "../../../src/http/session/control_flow.ts";
import { EventHook } from "../../../src/user/events/event_hook.ts";
import { type ListenerFailure, onListenerFailure } from "../../../src/user/events/listener_failures.ts";

let failures: ListenerFailure[] = [];
onListenerFailure((failure) => failures.push(failure));
afterEach(() => {
  failures = [];
});

test("EventHook.fire() calls listeners in the order they were added, reverse on request", () => {
  const hook = new EventHook<{ readonly n: number }>();
  const calls: string[] = [];
  hook.addListener(({ n }) => calls.push(`a${n}`));
  hook(({ n }) => calls.push(`b${n}`));
  hook.fire({ n: 1 });
  hook.fire({ n: 2 }, "reverse");
  assert.deepEqual(calls, ["a1", "b1", "b2", "a2"]);
});

test("EventHook adds by a call, and returns the listener", () => {
  const hook = new EventHook<string>("named");
  const listener = () => {};
  assert.equal(hook(listener), listener);
  assert.equal(hook.addListener(listener), listener);
  assert.ok(hook instanceof EventHook);
  assert.equal(hook.eventName, "named");
});

test("EventHook.removeListener() takes one away, and does not mind one that was never added", () => {
  const hook = new EventHook<null>();
  let calls = 0;
  const listener = () => calls++;
  hook.addListener(listener);
  hook.addListener(listener);
  hook.removeListener(listener);
  hook.removeListener(() => {});
  hook.fire(null);
  assert.equal(calls, 1);
  hook.removeListener(listener);
  assert.equal(hook.hasListeners, false);
});

test("EventHook.fire() is not disturbed by listeners that come and go meanwhile", () => {
  const hook = new EventHook<null>();
  const calls: string[] = [];
  const first = () => {
    calls.push("first");
    hook.removeListener(first);
    hook.addListener(() => calls.push("late"));
  };
  hook.addListener(first);
  hook.addListener(() => calls.push("second"));
  hook.fire(null);
  assert.deepEqual(calls, ["first", "second"]);
});

test("EventHook.fire() reports a listener's error with event, file and line, and goes on", () => {
  const hook = new EventHook<null>("testStart");
  let calls = 0;
  hook.addListener(() => {
    throw new TypeError("broken");
  });
  hook.addListener(() => calls++);
  hook.fire(null);
  assert.equal(calls, 1);
  assert.equal(failures.length, 1);
  assert.equal(failures[0]?.event, "testStart");
  assert.match(failures[0]?.text ?? "", /"testStart": TypeError: broken \(.*event_hook_test\.ts:\d+:\d+/);
});

test("EventHook.fire() lets control flow through and skips the rest", () => {
  const hook = new EventHook<null>();
  let calls = 0;
  hook.addListener(() => {
    throw new RescheduleTask();
  });
  hook.addListener(() => calls++);
  assert.throws(() => hook.fire(null), RescheduleTask);
  assert.equal(calls, 0);
  assert.deepEqual(failures, []);
});

test("EventHook.fire() reports an async listener that fails later", async () => {
  const hook = new EventHook<null>("request");
  hook.addListener(() => Promise.reject(new Error("later")));
  hook.fire(null);
  await Promise.resolve();
  await Promise.resolve();
  assert.match(failures[0]?.text ?? "", /"request": Error: later/);
});

test("EventHook.fireAndWait() waits for each listener before the next", async () => {
  const hook = new EventHook<null>();
  const calls: string[] = [];
  const gate = Promise.withResolvers<void>();
  hook.addListener(async () => {
    await gate.promise;
    calls.push("slow");
  });
  hook.addListener(() => calls.push("next"));
  const fired = hook.fireAndWait(null);
  await Promise.resolve();
  assert.deepEqual(calls, []);
  gate.resolve();
  await fired;
  assert.deepEqual(calls, ["slow", "next"]);
});

test("EventHook.fireAndWait() reports errors and lets control flow of async listeners through", async () => {
  const hook = new EventHook<null>("init");
  hook.addListener(() => Promise.reject(new Error("no")));
  hook.addListener(() => Promise.reject(new StopUser()));
  await assert.rejects(hook.fireAndWait(null), StopUser);
  assert.equal(failures.length, 1);
});

test("EventHook.collect() keeps what listeners returned and threw", async () => {
  const hook = new EventHook<null>();
  hook.addListener(() => Promise.resolve({ a: 1 }));
  hook.addListener(() => {
    throw new Error("setup");
  });
  hook.addListener(() => 2);
  const { values, thrown } = await hook.collect(null);
  assert.deepEqual(values, [{ a: 1 }, 2]);
  assert.deepEqual(thrown.map(String), ["Error: setup"]);
});
