import assert from "node:assert/strict";
import { test } from "node:test";
import { FastHttpUser, HttpUser } from "../../../src/user/http_user.ts";
import { LoadTestShape, type ShapeResult } from "../../../src/user/load_test_shape.ts";
import { type ClassKind, findPythonHabits } from "../../../src/user/loading/python_habits.ts";
import type { TaskOwner } from "../../../src/user/tasks/task_members.ts";
import { SequentialTaskSet, TaskSet } from "../../../src/user/tasks/task_set.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { User } from "../../../src/user/user.ts";

/** `problem waitTime: …` for each finding. */
const findings = (owner: TaskOwner, kind: ClassKind = "user") =>
  findPythonHabits(owner, kind).map(({ severity, member, text }) => `${severity} ${member}: ${text}`);

test("findPythonHabits() finds nothing in classes as they should be", () => {
  class Fine extends HttpUser {
    static override weight = 3;
    static override host = "http://system";
    static override tasks = [() => {}];
    override waitTime = constant(1);
    last_seen = 0;
    override onStart() {}
    on_page() {}
  }
  class Browse extends SequentialTaskSet {
    override waitTime = constant(1);
  }
  assert.deepEqual([...findings(Fine), ...findings(Browse, "set"), ...findings(User), ...findings(FastHttpUser)], []);
});

test("findPythonHabits() tells the right name of a wait time, in a user and in a set", () => {
  class Waiter extends User {
    wait_time = constant(1);
    static min_wait = 500;
    static max_wait = 1000;
    static task_set = TaskSet;
  }
  class Set extends TaskSet {
    wait_time() {
      return 1;
    }
  }
  assert.deepEqual(findings(Waiter), [
    'problem min_wait: "min_wait" does nothing here; write "waitTime = between(min, max)", in seconds',
    'problem max_wait: "max_wait" does nothing here; write "waitTime = between(min, max)", in seconds',
    'problem task_set: "task_set" does nothing here; write "static tasks = [TheSet]"',
    'problem wait_time: "wait_time" does nothing here; rename it to "waitTime"',
  ]);
  assert.deepEqual(findings(Set, "set"), [
    'problem wait_time: "wait_time" does nothing here; rename it to "waitTime"',
  ]);
});

test("findPythonHabits() leaves a Python name alone where the right one is there as well", () => {
  class Both extends User {
    wait_time = constant(1);
    override waitTime() {
      return this.wait_time();
    }
    on_start() {}
    override onStart() {
      this.on_start();
    }
  }
  assert.deepEqual(findings(Both), []);
});

test("findPythonHabits() warns of hooks and settings in snake_case, also of shapes and of inherited members", () => {
  class Base extends HttpUser {
    on_start() {}
    static network_timeout = 5;
  }
  class Derived extends Base {}
  class Shape extends LoadTestShape {
    use_common_options = true;
    override tick(): ShapeResult {
      return null;
    }
  }
  assert.deepEqual(findings(Derived).sort(), [
    'warning network_timeout: "network_timeout" does nothing here; rename it to "networkTimeout"',
    'warning on_start: "on_start" does nothing here; rename it to "onStart"',
  ]);
  assert.deepEqual(findings(Shape, "shape"), [
    'warning use_common_options: "use_common_options" does nothing here; rename it to "useCommonOptions"',
  ]);
});

test("findPythonHabits() finds what is on the wrong side of static", () => {
  class Mixed extends HttpUser {
    static waitTime = constant(1);
    weight = 3;
    fixedCount = 1;
    tasks = [];
    defaultHeaders = { "x-a": "b" };
  }
  class Sockets extends User {
    proxy = "mine"; // no setting: this user has no client
    abstract = true;
  }
  assert.deepEqual(findings(Mixed).map((finding) => finding.split(";")[0]), [
    "problem waitTime: its waitTime is static, which has no effect",
    "problem tasks: its tasks is a field of each instance, which has no effect",
    "problem weight: its weight is a field of each instance, which has no effect",
    "problem fixedCount: its fixedCount is a field of each instance, which has no effect",
    "problem defaultHeaders: its defaultHeaders is a field of each instance, which has no effect",
  ]);
  assert.deepEqual(findings(Sockets).map((finding) => finding.split(":")[0]), ["problem abstract"]);
});
