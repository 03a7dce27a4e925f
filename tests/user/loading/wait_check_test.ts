import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskSet } from "../../../src/user/tasks/task_set.ts";
import { User } from "../../../src/user/user.ts";
import { HttpUser } from "../../../src/user/http_user.ts";
import { task } from "../../../src/user/tasks/decorators.ts";
import { checkWaitTime } from "../../../src/user/loading/wait_check.ts";
import { between, constant, constantThroughput } from "../../../src/user/timing/wait_time.ts";

const problemOf = (owner: Parameters<typeof checkWaitTime>[0], kind: "user" | "set" = "user") =>
  checkWaitTime(owner, kind)?.problem;

test("checkWaitTime() finds fields that cannot be wait times, without making a user", () => {
  class Swapped extends HttpUser {
    override waitTime = between(5, 1);
    @task
    work() {}
  }
  class NotANumber extends User {
    name = "a;b}";
    override waitTime = () => NaN;
  }
  class Number5 extends User {
    override waitTime = 5 as never;
  }
  class Text extends User {
    override waitTime = () => "5" as never;
  }
  class Later extends User {
    // deno-lint-ignore require-await
    override waitTime = (async () => 5) as never;
  }
  class Never extends User {
    override waitTime = constantThroughput(0);
  }
  class Back extends User {
    override waitTime = () => -1;
  }
  class Heir extends Swapped {}
  const cases: [typeof checkWaitTime extends (owner: infer Owner, kind: never) => unknown ? Owner : never, RegExp][] = [
    [Swapped, /^its waitTime is between\(5, 1\): the first bound is above the second; swap them$/],
    [Heir, /^its waitTime is between\(5, 1\)/],
    [NotANumber, /^its waitTime returns NaN; return a number of seconds$/],
    [Number5, /^its waitTime is 5; assign a function/],
    [Text, /^its waitTime returns "5"/],
    [Later, /^its waitTime returns a promise/],
    [Never, /^its waitTime is constantThroughput\(0\)/],
    [Back, /^its waitTime returns -1; return a number of seconds from 0$/],
  ];
  for (const [owner, pattern] of cases) assert.match(problemOf(owner) ?? "nothing", pattern);
});

test("checkWaitTime() leaves alone what may be right when it runs", () => {
  let pause: number | undefined;
  const set = (seconds: number) => pause = seconds;
  const draw = () => Number(process());
  const process = () => "x";
  class Own extends User {
    pause = 3;
    override waitTime() {
      return this.pause;
    }
  }
  class Outer extends User {
    override waitTime = () => pause as number;
  }
  class Called extends User {
    override waitTime = draw;
  }
  class Drawn extends User {
    override waitTime = () => Math.random() * 2 - 1;
  }
  class Fine extends User {
    override waitTime = between(1, 5);
  }
  class Replaced extends Fine {
    override waitTime = constant(3);
  }
  for (const owner of [Own, Outer, Called, Drawn, Fine, Replaced, User, HttpUser]) {
    assert.equal(problemOf(owner), undefined, owner.name);
  }
  set(1);
});

test("checkWaitTime() runs no constructor and no field that does something", () => {
  let done = 0;
  const connect = () => ++done;
  class Connecting extends User {
    socket = connect();
    override waitTime = between(5, 1);
  }
  class Counting extends User {
    number = done++;
    override waitTime = between(5, 1);
  }
  class Constructed extends User {
    override waitTime = between(5, 1);
    constructor(...args: ConstructorParameters<typeof User>) {
      connect();
      super(...args);
    }
  }
  class AfterBase extends Connecting {
    override waitTime = between(1, 2);
  }
  class Inert extends User {
    seen = new Map<string, number>();
    log = (text: string) => this.seen.set(text, connect());
    override waitTime = between(5, 1);
    late = connect();
  }
  for (const owner of [Connecting, Counting, Constructed, AfterBase]) assert.equal(problemOf(owner), undefined);
  assert.match(problemOf(Inert) ?? "", /between\(5, 1\)/);
  assert.equal(done, 0);
  assert.equal(Object.getPrototypeOf(Inert), User);
});

test("checkWaitTime() looks at task sets, where no wait time means the user's", () => {
  class Hasty extends TaskSet {
    override waitTime = () => Number("abc");
  }
  class Plain extends TaskSet {
    @task
    work() {}
  }
  class Reset extends TaskSet {
    override waitTime = undefined as never;
  }
  assert.match(problemOf(Hasty, "set") ?? "", /^its waitTime returns NaN/);
  assert.equal(problemOf(Plain, "set"), undefined);
  assert.equal(problemOf(Reset, "set"), undefined);
});
