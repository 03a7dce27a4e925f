import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../../src/base/logger.ts";
import { TestLifecycle } from "../../src/session/test_lifecycle.ts";
import { HttpUser, task } from "../../mod.ts";
import { ControlFixture } from "../support/control_fixture.ts";
import { noteHooks } from "../support/session_fixture.ts";

class Visitor extends HttpUser {
  browse() {}
}
task(Visitor.prototype.browse);

async function openLifecycle() {
  const fixture = new ControlFixture({ Visitor });
  const fired: string[] = [];
  const logger = createLogger({
    name: "test",
    level: "INFO",
    wallMs: () => 0,
    sink: ({ message }) => fired.push(message),
  });
  await fixture.init();
  noteHooks(fixture.events, fired);
  return { fixture, fired, lifecycle: new TestLifecycle({ control: fixture.control, clock: fixture.clock, logger }) };
}

/** A load that writes down what happens to it, and ends at once: by itself, or because of a problem. */
function loadThat(fired: string[], problem?: Error) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return () =>
    Promise.resolve({
      begin() {
        fired.push("(begin)");
        if (problem === undefined) resolve();
        else reject(problem);
      },
      stopping: promise,
      drained: promise,
      conclude: () => void fired.push("(conclude)"),
    });
}

test("TestLifecycle.start() calls every hook once, in order, around the load", async () => {
  const { fired, lifecycle } = await openLifecycle();
  const { ended } = await lifecycle.start(loadThat(fired));
  await ended;
  assert.equal(await lifecycle.quit(() => 3), 3);
  const run = ["testStart", "(begin)", "testStopping", "testStop", "(conclude)", "runTeardown"];
  assert.deepEqual(fired, [...run, "quitting", "quit"]);
});

test("TestLifecycle.start() logs that the run waits for listeners of testStop", async () => {
  const { fixture, fired, lifecycle } = await openLifecycle();
  const { promise, resolve } = Promise.withResolvers<void>();
  fixture.events.testStop.addListener(() => promise);
  const { ended } = await lifecycle.start(loadThat(fired));
  while (!fired.includes("testStop")) await Promise.resolve();
  await fixture.clock.advance(1999);
  assert.ok(!fired.includes("Waiting for listeners of testStop to end"));
  await fixture.clock.advance(1);
  resolve();
  await ended;
  assert.deepEqual(fired.slice(-4), [
    "testStop",
    "Waiting for listeners of testStop to end",
    "(conclude)",
    "runTeardown",
  ]);
});

test("TestLifecycle.start() tears down a run whose preparation failed", async () => {
  const { fired, lifecycle } = await openLifecycle();
  await assert.rejects(lifecycle.start(() => Promise.reject(new Error("no workers"))), /no workers/);
  assert.deepEqual(fired, ["runTeardown"]);
});

test("TestLifecycle.start() tears down once when the load breaks, and `ended` rejects", async () => {
  const { fired, lifecycle } = await openLifecycle();
  const { ended } = await lifecycle.start(loadThat(fired, new Error("the thread died")));
  await assert.rejects(ended, /the thread died/);
  assert.deepEqual(fired, ["testStart", "(begin)", "runTeardown"]);
});

test("TestLifecycle.start() of a resumed run has no `runSetup`, and its teardown gets what was shared before", async () => {
  const { fixture, fired, lifecycle } = await openLifecycle();
  fixture.events.runSetup.addListener(() => void fired.push("runSetup"));
  const shared: unknown[] = [];
  fixture.events.runTeardown.addListener((fields) => void shared.push(fields.shared));
  const { ended } = await lifecycle.start(loadThat(fired), { shared: { order: 17 } });
  await ended;
  assert.ok(!fired.includes("runSetup"));
  assert.deepEqual(shared, [{ order: 17 }]);
});

test("TestLifecycle counts a hook that fails, reports it, and continues with the next", async () => {
  const { fixture, fired, lifecycle } = await openLifecycle();
  fixture.events.runTeardown.addListener(() => {
    throw new Error("the database is away");
  });
  const { ended } = await lifecycle.start(loadThat(fired));
  await ended;
  assert.equal(lifecycle.failures, 1);
  assert.match(fired.join("\n"), /a listener of "runTeardown" threw Error: the database is away/);
  assert.equal(await lifecycle.quit((code) => code ?? 0), 0);
});
