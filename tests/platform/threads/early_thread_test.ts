import assert from "node:assert/strict";
import { test } from "node:test";
import { startEarly } from "../../../src/platform/threads/early_thread.ts";
import { settle } from "../../support/fake_clock.ts";
import { ScriptedThreads } from "../../support/scripted_threads.ts";

const CONTROL = new URL("file:///control.ts");
const OTHER = new URL("file:///thread.ts");

function setUp() {
  const scripted = new ScriptedThreads<string, string>();
  const { start, post } = startEarly(scripted.startThread, CONTROL, "locust-control");
  const heard: string[] = [];
  const receiver = {
    message: (message: string) => void heard.push(message),
    failed: (problem: string) => void heard.push(`failed: ${problem}`),
  };
  return { scripted, start, post, heard, receiver };
}

test("startEarly() starts the thread at once, and gives it out once", () => {
  const { scripted, start, receiver } = setUp();
  assert.deepEqual(scripted.threads.map(({ name }) => name), ["locust-control"]);
  start<string, string>(OTHER, "locust-thread-0", receiver).post("to the other");
  start<string, string>(CONTROL, "locust-control", receiver).post("to the early one");
  start<string, string>(CONTROL, "locust-control", receiver).post("to a later one");
  assert.deepEqual(scripted.threads.map(({ told }) => told), [["to the early one"], ["to the other"], [
    "to a later one",
  ]]);
});

test("startEarly() keeps what the thread says for its owner, in its order", async () => {
  const { scripted, start, heard, receiver } = setUp();
  scripted.at(0).say("ready");
  scripted.at(0).die("out of memory");
  const host = start<string, string>(CONTROL, "locust-control", receiver);
  assert.deepEqual(heard, [], "the owner has no host yet");
  await settle();
  assert.deepEqual(heard, ["ready", "failed: out of memory"]);
  scripted.at(0).say("later");
  assert.deepEqual(heard.at(-1), "later");
  host.terminate();
  assert.ok(scripted.at(0).isTerminated);
});

test("startEarly() has the thread begin its work before it has an owner", () => {
  const { scripted, start, post, receiver } = setUp();
  post("early");
  start<string, string>(CONTROL, "locust-control", receiver).post("late");
  assert.deepEqual(scripted.at(0).told, ["early", "late"]);
});
