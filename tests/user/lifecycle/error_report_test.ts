import assert from "node:assert/strict";
import { test } from "node:test";
import { task } from "../../../src/user/tasks/decorators.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { User } from "../../../src/user/user.ts";
import { createStage } from "../stage.ts";

test("ErrorReport: equal exceptions are all counted, and only the first is logged", async () => {
  class Failing extends User {
    override waitTime = constant(1);
    @task
    fail() {
      throw new Error("boom");
    }
  }
  const stage = createStage();
  const user = stage.start(Failing);
  await stage.clock.advance(20_500);
  user.stop("finishRequest");
  await user.ended;
  assert.deepEqual(stage.recorder.drain()?.exceptions.map(({ count }) => count), [21]);
  assert.equal(stage.log.filter((line) => line.includes("Failing.fail: Error: boom")).length, 1);
  assert.match(
    stage.log.at(-1) ?? "",
    /^ERROR Failing: further exceptions like "Error: boom" are counted, not logged$/,
  );
});

test("ErrorReport: exceptions of one place whose texts differ are all counted, and the first few are logged", async () => {
  let id = 0;
  class Failing extends User {
    override waitTime = constant(1);
    @task
    fail() {
      throw new Error(`no order ${++id}`);
    }
  }
  const stage = createStage();
  const user = stage.start(Failing);
  await stage.clock.advance(20_500);
  user.stop("finishRequest");
  await user.ended;
  assert.equal(stage.recorder.drain()?.exceptions.length, 21);
  const lines = stage.log.filter((line) => line.startsWith("ERROR Failing.fail"));
  assert.deepEqual(lines.map((line) => /no order \d+|are counted/.exec(line)?.[0]), [
    ...[1, 2, 3, 4, 5].map((each) => `no order ${each}`),
    "are counted",
  ]);
  assert.match(
    lines[5] ?? "",
    /further exceptions at .*error_report_test\.ts:\d+:\d+.* are counted, not logged, even if/,
  );
});

test("ErrorReport: what caused an exception is behind its frames, in the log and in the row", async () => {
  class Failing extends User {
    override waitTime = constant(1);
    @task
    fail() {
      throw new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED http://ada:secret@10.0.0.7") });
    }
  }
  const stage = createStage();
  const user = stage.start(Failing);
  await stage.clock.advance(500);
  user.stop("finishRequest");
  await user.ended;
  const [exception] = stage.recorder.drain()?.exceptions ?? [];
  assert.equal(exception?.message, "TypeError: fetch failed");
  const caused = /\n(?: {4})?caused by Error: connect ECONNREFUSED http:\/\/\S*@10\.0\.0\.7$/;
  assert.match(exception?.stack ?? "", caused);
  const line = stage.log.find((each) => each.includes("Failing.fail")) ?? "";
  assert.match(line, caused);
  assert.doesNotMatch(line + exception?.stack, /secret/);
});

test("ErrorReport: equal exceptions of two tasks are two rows and one line of the log, those of two classes two lines", async () => {
  class Failing extends User {
    override waitTime = constant(1);
    @task
    first() {
      throw new Error("boom");
    }
    @task
    second() {
      throw new Error("boom");
    }
  }
  class Other extends Failing {}
  const stage = createStage();
  const users = [Failing, Other].map((each) => stage.start(each));
  await stage.clock.advance(20_500);
  for (const user of users) user.stop("finishRequest");
  assert.deepEqual(stage.recorder.drain()?.exceptions.map(({ where }) => where).sort(), [
    "Failing.first",
    "Failing.second",
    "Other.first",
    "Other.second",
  ]);
  const logged = stage.log.filter((line) => / Error: boom/.test(line));
  assert.deepEqual(logged.map((line) => /(Failing|Other)\./.exec(line)?.[1]).sort(), ["Failing", "Other"]);
});
