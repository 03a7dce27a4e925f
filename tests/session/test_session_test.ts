import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpUser, task } from "../../mod.ts";
import { startDemo } from "../support/demo.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import type { TestRun } from "../../src/session/test_session.ts";
import { noteHooks, SessionFixture } from "../support/session_fixture.ts";

const QUIET = { latency: { kind: "fixed", ms: 0 }, errorRate: 0 } as const;

class Visitor extends HttpUser {
  override waitTime = () => 0.01;
  browse() {
    return this.client.get("/items?page=1");
  }
}
task(Visitor.prototype.browse);

/** Starts a run, lets it make some requests, and ends it. */
async function runOnce(fixture: SessionFixture, runId: string, host: string, users: number) {
  const outputs: RunEvent[] = [];
  const testRun: TestRun = await fixture.session.startRun(() => fixture.settings(runId, host, users), {
    outputs: (event) => {
      outputs.push(event);
      if (event.kind === "ticked" && event.snapshot.total.requests >= 20) testRun.run.stop({ kind: "requested" });
    },
  });
  return { outcome: await testRun.ended, outputs };
}

for (const form of ["local", "tcp"] as const) {
  test(`TestSession.startRun() can be called again, each run with its own numbers, id and outputs (${form})`, async () => {
    await using demo = await startDemo(QUIET);
    const fixture = new SessionFixture({ Visitor });
    const fired: string[] = [];
    noteHooks(fixture.events, fired);
    let setups = 0;
    const shared: unknown[] = [];
    fixture.events.runSetup.addListener(() => ({ setup: ++setups }));
    fixture.events.runTeardown.addListener((fields) => void shared.push(fields.shared));
    await fixture.open(form);

    const first = await runOnce(fixture, "run-1", demo.url, 2);
    const firstRequests = demo.requests().total;
    const second = await runOnce(fixture, "run-2", demo.url, 3);
    const secondRequests = demo.requests().total - firstRequests;

    assert.equal(first.outcome.snapshot.total.requests, firstRequests);
    assert.equal(second.outcome.snapshot.total.requests, secondRequests);
    assert.ok(firstRequests >= 20 && secondRequests >= 20);
    const ids = (events: readonly RunEvent[]) => events.flatMap((each) => each.kind === "runStarted" ? each.runId : []);
    assert.deepEqual(ids(first.outputs), ["run-1"]);
    assert.deepEqual(ids(second.outputs), ["run-2"]);
    assert.deepEqual(ids(fixture.seen), ["run-1", "run-2"]);
    for (const { outputs } of [first, second]) {
      assert.equal(outputs.filter(({ kind }) => kind === "runEnded").length, 1);
      assert.equal(outputs.at(-1)?.kind, "runEnded");
    }
    assert.equal(second.outcome.verdict.doubts.find(({ kind }) => kind === "users-missing"), undefined);

    assert.equal(await fixture.session.quit((code) => code ?? 7), 7);
    await fixture.session[Symbol.asyncDispose]();
    const run = ["testStart", "testStopping", "testStop", "runTeardown"];
    assert.deepEqual(fired, ["init", ...run, ...run, "quitting", "quit"]);
    assert.deepEqual(shared, [{ setup: 1 }, { setup: 2 }]);
    assert.equal(fixture.session.failures, 0);
  });
}

test("TestSession.startRun() rejects while a run is on, and leaves that run alone", async () => {
  await using demo = await startDemo(QUIET);
  const fixture = new SessionFixture({ Visitor });
  await fixture.open("local");
  const inputs = { outputs: () => {} };
  const { run, ended } = await fixture.session.startRun(() => fixture.settings("run-1", demo.url, 1), inputs);
  await assert.rejects(fixture.session.startRun(() => fixture.settings("run-2", demo.url, 1), inputs), {
    code: "run_on",
  });
  run.stop({ kind: "requested" });
  assert.equal((await ended).reason.kind, "requested");
  assert.equal(fixture.session.isOccupied, false);
  await fixture.session[Symbol.asyncDispose]();
});

test("TestSession counts an output that throws as a failure, and the run continues", async () => {
  await using demo = await startDemo(QUIET);
  const fixture = new SessionFixture({ Visitor });
  await fixture.open("local");
  const { run, ended } = await fixture.session.startRun(() => fixture.settings("run-1", demo.url, 1), {
    outputs: ({ kind }) => {
      if (kind === "runEnded") throw new TypeError("no such column");
    },
  });
  run.stop({ kind: "requested" });
  await ended;
  assert.equal(fixture.session.failures, 1);
  assert.match(fixture.logged.join("\n"), /ERROR An output failed at "runEnded": TypeError: no such column/);
  await fixture.session[Symbol.asyncDispose]();
});

test("TestSession.stop() ends a run that is being prepared before its first user", async () => {
  await using demo = await startDemo(QUIET);
  const fixture = new SessionFixture({ Visitor });
  fixture.events.runSetup.addListener(() => fixture.session.stop({ kind: "stopTest", message: "no data" }));
  await fixture.open("local");
  const { ended } = await fixture.session.startRun(() => fixture.settings("run-1", demo.url, 1), { outputs: () => {} });
  assert.deepEqual((await ended).reason, { kind: "stopTest", message: "no data" });
  assert.equal(demo.requests().total, 0);
  await fixture.session[Symbol.asyncDispose]();
});

test("TestSession.startRun() ends a run that was to end before it was started, without a user", async () => {
  await using demo = await startDemo(QUIET);
  const fixture = new SessionFixture({ Visitor });
  await fixture.open("local");
  const { ended } = await fixture.session.startRun(() => fixture.settings("run-1", demo.url, 1), {
    outputs: () => {},
    early: { kind: "requested" },
  });
  assert.deepEqual((await ended).reason, { kind: "requested" });
  assert.equal(demo.requests().total, 0);
  await fixture.session[Symbol.asyncDispose]();
});
