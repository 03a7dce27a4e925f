import assert from "node:assert/strict";
import { test } from "node:test";
import { ControlRunner } from "../../src/control/control_runner.ts";
import { ThreadRunner } from "../../src/thread/thread_runner.ts";
import { MasterRunner, STATE_INIT, STATE_STOPPED, WorkerRunner } from "../../src/user/runner_kinds.ts";

const say = () => {};
const control = new ControlRunner({ clientId: "master", say });
const thread = new ThreadRunner({
  clientId: "w",
  workerIndex: 0,
  threadIndex: 0,
  threads: 1,
  countUsers: () => 0,
  say,
});

test("MasterRunner and WorkerRunner tell a runner by where its code runs", () => {
  const kinds = [control, thread, undefined, {}, { role: "master" }].map((value: unknown) => [
    value instanceof MasterRunner,
    value instanceof WorkerRunner,
  ]);
  assert.deepEqual(kinds, [[true, false], [false, true], [false, false], [false, false], [false, false]]);
});

test("the states have the words that runners have", () => {
  assert.deepEqual([control.state, thread.state, STATE_STOPPED], [STATE_INIT, STATE_INIT, "stopped"]);
});

test("ControlRunner.sendMessage() refuses a worker that is not an id", () => {
  const worker: unknown = { id: "w", state: "ready", users: 0 };
  assert.throws(
    () => control.sendMessage("accounts", [], worker as string),
    /object is not a worker's id; give the id/,
  );
});

test("Locust's names of a runner's members are refused with ours", () => {
  for (const runner of [control, thread]) {
    assert.throws(() => Reflect.get(runner, "clients"), /Cannot use runner\.clients: .*write runner\.workers/);
    assert.throws(() => Reflect.get(runner, "send_message"), /write runner\.sendMessage/);
    assert.equal(Object.keys(runner).includes("clients"), false);
  }
});
