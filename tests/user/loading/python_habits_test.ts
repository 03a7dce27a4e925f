import assert from "node:assert/strict";
import { test } from "node:test";
import { FastHttpUser, HttpUser } from "../../../src/user/http_user.ts";
import { LoadTestShape, type ShapeResult } from "../../../src/user/load_test_shape.ts";
import { type ClassKind, findPythonHabits } from "../../../src/user/loading/python_habits.ts";
import type { TaskOwner } from "../../../src/user/tasks/task_members.ts";
import { SequentialTaskSet, TaskSet } from "../../../src/user/tasks/task_set.ts";
import { between, constant } from "../../../src/user/timing/wait_time.ts";
import { User } from "../../../src/user/user.ts";

/** `waitTime: …` for each finding. */
const findings = (owner: TaskOwner, kind: ClassKind = "user") =>
  findPythonHabits(owner, kind).map(({ member, text }) => `${member}: ${text}`);

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
    'min_wait: "min_wait" does nothing here; write "waitTime = between(min, max)", in seconds',
    'max_wait: "max_wait" does nothing here; write "waitTime = between(min, max)", in seconds',
    'task_set: "task_set" does nothing here; write "static tasks = [TheSet]"',
    'wait_time: "wait_time" does nothing here; rename it to "waitTime"',
  ]);
  assert.deepEqual(findings(Set, "set"), [
    'wait_time: "wait_time" does nothing here; rename it to "waitTime"',
  ]);
});

test("findPythonHabits() tells the right name of a task set, also beside a wait time, but not beside tasks", () => {
  class Old extends User {
    override waitTime = constant(1);
    taskSet = TaskSet;
  }
  class Both extends User {
    static override tasks = [TaskSet];
    static task_set = TaskSet;
  }
  assert.deepEqual(findings(Old), ['taskSet: "taskSet" does nothing here; write "static tasks = [TheSet]"']);
  assert.deepEqual(findings(Both), []);
});

test("findPythonHabits() says that thresholds and scenarios are exports of the file", () => {
  class Judged extends User {
    static thresholds = ["p95<300"];
    scenarios = 5;
  }
  assert.deepEqual(findings(Judged), [
    'thresholds: its static "thresholds" does nothing here; write "export const thresholds"',
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

test("findPythonHabits() finds hooks and settings in snake_case, also of shapes and of inherited members", () => {
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
    'network_timeout: "network_timeout" does nothing here; rename it to "networkTimeout"',
    'on_start: "on_start" does nothing here; rename it to "onStart"',
  ]);
  assert.deepEqual(findings(Shape, "shape"), [
    'use_common_options: "use_common_options" does nothing here; rename it to "useCommonOptions"',
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
    "waitTime: its waitTime is static, which has no effect",
    "tasks: its tasks is a field of each instance, which has no effect",
    "weight: its weight is a field of each instance, which has no effect",
    "fixedCount: its fixedCount is a field of each instance, which has no effect",
    "defaultHeaders: its defaultHeaders is a field of each instance, which has no effect",
  ]);
  assert.deepEqual(findings(Sockets).map((finding) => finding.split(":")[0]), ["abstract"]);
});

test("findPythonHabits() finds our names with other capitals, where the right one is missing", () => {
  class Lower extends HttpUser {
    static fixedcount = 2;
    waittime = constant(1);
    onstart() {}
    OnStop() {}
    on_Page() {}
  }
  class Both extends User {
    onstart() {}
    override onStart() {
      this.onstart();
    }
  }
  assert.deepEqual(findings(Lower).sort(), [
    'OnStop: "OnStop" does nothing here; rename it to "onStop"',
    'fixedcount: "fixedcount" does nothing here; rename it to "fixedCount"',
    'onstart: "onstart" does nothing here; rename it to "onStart"',
    'waittime: "waittime" does nothing here; rename it to "waitTime"',
  ]);
  assert.deepEqual(findings(Both), []);
});

test("findPythonHabits() finds settings of arrivals that are no statics, are mistyped, or are another tool's", () => {
  class Buyer extends HttpUser {
    arrivalRate = "50/s";
    static maxVUs = 100;
    static freshUser = true;
    static defaultHeader = { accept: "text/html" };
    static whenlate = "drop";
    static own = 1;
    static ownSettings = {};
    thinkTime = constant(1);
    pace = 3;
  }
  assert.deepEqual(findings(Buyer).toSorted(), [
    'arrivalRate: its arrivalRate is a field of each instance, which has no effect; write "static arrivalRate"',
    'defaultHeader: its static "defaultHeader" does nothing here; did you mean "defaultHeaders"?',
    'freshUser: its static "freshUser" does nothing here; did you mean "freshUsers"?',
    'maxVUs: its static "maxVUs" does nothing here; did you mean "maxUsers"?',
    'thinkTime: "thinkTime" does nothing here; rename it to "waitTime"',
    'whenlate: "whenlate" does nothing here; rename it to "whenLate"',
  ]);
});

test("findPythonHabits() leaves statics alone that stand beside the right ones, and times of one's own", () => {
  class Buyer extends HttpUser {
    static override arrivalRate = "50/s";
    static arrivalRates = ["50/s"];
    static override maxUsers = 5;
    static maxVUs = 5;
    pause = between(1, 3);
    override waitTime = this.pause;
    iteration = 0;
  }
  assert.deepEqual(findings(Buyer), []);
});
