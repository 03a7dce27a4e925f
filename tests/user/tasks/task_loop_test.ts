import assert from "node:assert/strict";
import { test } from "node:test";
import {
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
  StopTest,
  StopUser,
} from "../../../src/http/session/control_flow.ts";
import { task } from "../../../src/user/tasks/decorators.ts";
import { TaskSet } from "../../../src/user/tasks/task_set.ts";
import { User } from "../../../src/user/user.ts";
import { between, constant, constantPacing } from "../../../src/user/timing/wait_time.ts";
import { LIFECYCLE } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { createStage } from "../stage.ts";

/** Plays the steps one after the other, each as a task: logs when it starts, and does what the step says. */
class Script {
  readonly lines: string[] = [];
  readonly #steps: (() => unknown)[];

  constructor(steps: readonly (() => unknown)[]) {
    this.#steps = [...steps];
  }

  play(owner: User | TaskSet<User>, label: string): unknown {
    const user = owner instanceof User ? owner : owner.user;
    this.lines.push(`${label}@${user[LIFECYCLE].runContext.clock.nowMs() / 1000}`);
    const step = this.#steps.shift();
    if (step === undefined) throw new StopUser();
    return step();
  }
}

const throwing = (error: unknown) => () => {
  throw error;
};
const rejecting = (error: unknown) => () => Promise.reject(error);

interface Row {
  readonly outcome: string;
  readonly step: () => unknown;
  /** What happens in the user's own tasks, and one set down: lines with the second they happen at. */
  readonly user: string;
  readonly set: string;
  readonly exceptions?: number;
}

// The user waits 10 s after each task; `inner` is the set's task, `outer` the user's. Both start at 0.
const ROWS: readonly Row[] = [
  {
    outcome: "returns",
    step: () => {},
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 inner@10 set.onStop@10 user.onStop@10",
  },
  {
    outcome: "resolves later",
    step: () => Promise.resolve(7),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 inner@10 set.onStop@10 user.onStop@10",
  },
  {
    outcome: "RescheduleTask",
    step: throwing(new RescheduleTask()),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 inner@10 set.onStop@10 user.onStop@10",
  },
  {
    outcome: "RescheduleTaskImmediately",
    step: rejecting(new RescheduleTaskImmediately()),
    user: "outer@0 outer@0 user.onStop@0",
    set: "set.onStart@0 inner@0 inner@0 set.onStop@0 user.onStop@0",
  },
  {
    outcome: "InterruptTaskSet(true)",
    step: throwing(new InterruptTaskSet(true)),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 set.onStop@0 set.onStart@0 inner@0 set.onStop@0 user.onStop@0",
    exceptions: 1,
  },
  {
    outcome: "InterruptTaskSet(false)",
    step: rejecting(new InterruptTaskSet(false)),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 set.onStop@0 set.onStart@10 inner@10 set.onStop@10 user.onStop@10",
    exceptions: 1,
  },
  {
    outcome: "StopUser",
    step: throwing(new StopUser()),
    user: "outer@0 user.onStop@0",
    set: "set.onStart@0 inner@0 set.onStop@0 user.onStop@0",
  },
  {
    outcome: "StopTest",
    step: rejecting(new StopTest("enough")),
    user: "outer@0 user.onStop@0",
    set: "set.onStart@0 inner@0 set.onStop@0 user.onStop@0",
  },
  {
    outcome: "an error",
    step: throwing(new Error("boom")),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 inner@10 set.onStop@10 user.onStop@10",
    exceptions: 1,
  },
  {
    outcome: "a thrown undefined",
    step: rejecting(undefined),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 inner@10 set.onStop@10 user.onStop@10",
    exceptions: 1,
  },
  {
    outcome: "a thrown null",
    step: throwing(null),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 inner@10 set.onStop@10 user.onStop@10",
    exceptions: 1,
  },
  {
    outcome: "a thrown string",
    step: rejecting("boom"),
    user: "outer@0 outer@10 user.onStop@10",
    set: "set.onStart@0 inner@0 inner@10 set.onStop@10 user.onStop@10",
    exceptions: 1,
  },
];

async function playAt(level: "user" | "set", step: () => unknown, catchExceptions = true) {
  const script = new Script([step]);
  class Inner extends TaskSet<User> {
    static override tasks = [(set: Inner) => script.play(set, "inner")];
    override onStart() {
      script.lines.push(`set.onStart@${this.user[LIFECYCLE].runContext.clock.nowMs() / 1000}`);
    }
    override onStop() {
      script.lines.push(`set.onStop@${this.user[LIFECYCLE].runContext.clock.nowMs() / 1000}`);
    }
  }
  class Outer extends User {
    static override tasks = level === "user" ? [(user: Outer) => script.play(user, "outer")] : [Inner];
    override waitTime = constant(10);
    override onStop() {
      script.lines.push(`user.onStop@${this[LIFECYCLE].runContext.clock.nowMs() / 1000}`);
    }
  }
  const stage = createStage({ environment: { catchExceptions } });
  const user = stage.start(Outer);
  await stage.clock.advance(60_000);
  assert.equal(user.state, "ended");
  const delta = stage.recorder.drain();
  return { lines: script.lines.join(" "), exceptions: delta?.exceptions ?? [], stage };
}

for (const row of ROWS) {
  for (const level of ["user", "set"] as const) {
    test(`task loop: a task that ${row.outcome}, in a ${level}`, async () => {
      const { lines, exceptions, stage } = await playAt(level, row.step);
      assert.equal(lines, row[level]);
      const isCounted = row.exceptions === 1 && !(level === "set" && row.outcome.startsWith("Interrupt"));
      assert.equal(exceptions.reduce((sum, { count }) => sum + count, 0), isCounted ? 1 : 0);
      assert.deepEqual(stage.stopTests.map(({ message }) => message), row.outcome === "StopTest" ? ["enough"] : []);
    });
  }
}

test("task loop: without catchExceptions an error is counted once on its way out, and the user dies without onStop", async () => {
  for (const level of ["user", "set"] as const) {
    const { lines, exceptions, stage } = await playAt(level, throwing(new Error("boom")), false);
    assert.equal(lines, level === "user" ? "outer@0" : "set.onStart@0 inner@0");
    assert.deepEqual(exceptions.map(({ count }) => count), [1]);
    assert.deepEqual(stage.ends, ["died"]);
  }
});

test("task loop: no wait precedes the first task, and the innermost set's wait time counts", async () => {
  const times: string[] = [];
  class Quick extends TaskSet<User> {
    override waitTime = constant(2);
    @task
    note() {
      times.push(`quick@${this.user[LIFECYCLE].runContext.clock.nowMs() / 1000}`);
      if (times.length === 3) this.interrupt(false);
      if (times.length > 4) throw new StopUser();
    }
  }
  class Slow extends User {
    override waitTime = constant(30);
    static override tasks = [Quick];
  }
  const stage = createStage();
  stage.start(Slow);
  await stage.clock.advance(120_000);
  assert.equal(times.join(" "), "quick@0 quick@2 quick@4 quick@34 quick@36");
});

test("task loop: a set without a wait time of its own waits by the user's, not by an outer set's", async () => {
  const times: number[] = [];
  class Inner extends TaskSet<User> {
    @task
    note() {
      times.push(this.user[LIFECYCLE].runContext.clock.nowMs() / 1000);
      if (times.length === 3) throw new StopUser();
    }
  }
  class Middle extends TaskSet<User> {
    override waitTime = constant(99);
    static override tasks = [Inner];
  }
  class Outer extends User {
    override waitTime = constant(5);
    static override tasks = [Middle];
  }
  const stage = createStage();
  stage.start(Outer);
  await stage.clock.advance(60_000);
  assert.deepEqual(times, [0, 5, 10]);
});

test("task loop: a wait time that throws is counted, then ends the user", async () => {
  class Odd extends User {
    override waitTime(): number {
      throw new RangeError("no idea");
    }
    @task
    work() {}
  }
  const stage = createStage();
  stage.start(Odd);
  await stage.clock.advance(1000);
  assert.deepEqual(stage.ends, ["died"]);
  const delta = stage.recorder.drain();
  assert.match(delta?.exceptions[0]?.message ?? "", /RangeError: no idea/);
  assert.equal(delta?.exceptions[0]?.where, "Odd.waitTime");
  assert.equal(delta?.lostUsers, 1);
});

test("task loop: a wait time that a constructor cannot make ends the test as failed", async () => {
  class Narrow extends TaskSet<User> {
    constructor(parent: User) {
      super(parent);
      this.waitTime = between(2, 1);
    }
    @task
    work() {}
  }
  class Swapped extends User {
    constructor(...args: ConstructorParameters<typeof User>) {
      super(...args);
      this.waitTime = between(5, 1);
    }
    @task
    work() {}
  }
  class HasNarrow extends User {
    static override tasks = [Narrow];
  }
  for (const [userClass, name, call] of [[Swapped, "Swapped", "5, 1"], [HasNarrow, "Narrow", "2, 1"]] as const) {
    const stage = createStage();
    stage.start(userClass);
    await stage.clock.advance(1000);
    assert.deepEqual(stage.stopTests, [{
      message: `Cannot run "${name}": it cannot wait between(${call}): the first bound is above the second; swap them`,
      cause: "failed",
    }]);
  }
});

test("task loop: a wait time that is not a number ends the test as failed and names the class", async () => {
  for (
    const [value, said] of [[Number.NaN, "NaN"], [Infinity, "Infinity"], ["5", "a string"], [
      Promise.resolve(1),
      "a promise",
    ]] as const
  ) {
    class Odd extends User {
      override waitTime = () => value as number;
      @task
      work() {}
    }
    const stage = createStage();
    stage.start(Odd);
    await stage.clock.advance(1000);
    assert.deepEqual(stage.stopTests, [{
      message: `Cannot run "Odd": its wait time returned ${said}; return a number of seconds`,
      cause: "failed",
    }]);
  }
});

test("task loop: onStart of a set that interrupts leaves it without onStop", async () => {
  for (const reschedule of [true, false]) {
    const lines: string[] = [];
    class Closed extends TaskSet<User> {
      override onStart() {
        lines.push(`start@${this.user[LIFECYCLE].runContext.clock.nowMs() / 1000}`);
        if (lines.length > 1) throw new StopUser();
        this.interrupt(reschedule);
      }
      override onStop() {
        lines.push("stop");
      }
      @task
      never() {
        lines.push("never");
      }
    }
    class Outer extends User {
      override waitTime = constant(10);
      static override tasks = [Closed];
    }
    const stage = createStage();
    stage.start(Outer);
    await stage.clock.advance(60_000);
    assert.deepEqual(lines, ["start@0", reschedule ? "start@0" : "start@10"]);
    assert.deepEqual(stage.ends, ["stoppedItself"]);
  }
});

test("task loop: an error in a set's onStart is a failed task of its parent", async () => {
  let starts = 0;
  class Broken extends TaskSet<User> {
    override onStart() {
      if (++starts === 3) throw new StopUser();
      throw new Error("no session");
    }
    @task
    never() {}
  }
  class Outer extends User {
    override waitTime = constant(1);
    static override tasks = [Broken];
  }
  const stage = createStage();
  stage.start(Outer);
  await stage.clock.advance(10_000);
  const [exception] = stage.recorder.drain()?.exceptions ?? [];
  assert.equal(exception?.count, 2);
  assert.equal(exception?.where, "Outer.Broken.onStart");
});

test("task loop: an error in a set's onStop is counted, and the set is left all the same", async () => {
  const lines: string[] = [];
  class Leaky extends TaskSet<User> {
    @task
    leave() {
      lines.push("leave");
      this.interrupt();
    }
    override onStop() {
      throw new Error("leak");
    }
  }
  class Outer extends User {
    static override tasks = [Leaky];
    @task
    next() {
      lines.push("next");
    }
    override waitTime() {
      if (lines.length > 40) throw new StopUser();
      return 1;
    }
  }
  const stage = createStage();
  stage.start(Outer);
  await stage.clock.advance(100_000);
  assert.ok(lines.includes("next") && lines.includes("leave"));
  assert.equal(stage.recorder.drain()?.exceptions[0]?.where, "Outer.Leaky.onStop");
});

test("task loop: nested sets stop from the inside out", async () => {
  const lines: string[] = [];
  class Third extends TaskSet<User> {
    @task
    leave() {
      throw new StopUser();
    }
    override onStop() {
      lines.push("third");
    }
  }
  class Second extends TaskSet<User> {
    static override tasks = [Third];
    override async onStop() {
      await Promise.resolve();
      lines.push("second");
    }
  }
  class First extends User {
    static override tasks = [Second];
    override onStop() {
      lines.push("user");
    }
  }
  const stage = createStage();
  await stage.start(First).ended;
  assert.deepEqual(lines, ["third", "second", "user"]);
});

test("task loop: interrupt() of an outer set leaves all sets within it", async () => {
  const lines: string[] = [];
  class Inner extends TaskSet<User> {
    @task
    leaveBoth() {
      lines.push("inner");
      (this.parent as TaskSet<User>).interrupt();
    }
    override onStop() {
      lines.push("inner.onStop");
    }
  }
  class Outer extends TaskSet<User> {
    static override tasks = [Inner];
    override onStop() {
      lines.push("outer.onStop");
    }
  }
  class Person extends User {
    static override tasks = [Outer];
    override waitTime(): number {
      throw new StopUser();
    }
  }
  const stage = createStage();
  const user = stage.start(Person);
  await stage.clock.advance(0);
  user.stop("finishRequest");
  await user.ended;
  // As in Locust, the exception leaves the innermost set first: that is where it is caught.
  assert.deepEqual(lines.slice(0, 2), ["inner", "inner.onStop"]);
});

test("task loop: userError gets the user, the set and the frames of the locustfile", async () => {
  const seen: unknown[] = [];
  class Inner extends TaskSet<User> {
    @task
    fail() {
      throw new Error("boom");
    }
  }
  class Outer extends User {
    static override tasks = [Inner];
  }
  const stage = createStage();
  stage.environment.events.userError.addListener(({ userInstance, taskSet, exception, tb }) => {
    seen.push(userInstance instanceof Outer, taskSet instanceof Inner, String(exception));
    seen.push(/task_loop_test\.ts:\d+:\d+/.test(tb[0] ?? ""));
    throw new StopUser();
  });
  await stage.start(Outer).ended;
  assert.deepEqual(seen, [true, true, "Error: boom", true]);
  assert.deepEqual(stage.ends, ["stoppedItself"]);
});

test("task loop: paced waits tell the expected interval of the set that runs", async () => {
  const seen: number[] = [];
  class Paced extends TaskSet<User> {
    override waitTime = constantPacing(3);
    @task
    note() {
      seen.push(this.user[LIFECYCLE].requests.expectedIntervalMs);
      this.interrupt();
    }
  }
  class Outer extends User {
    override waitTime = constantPacing(5);
    static override tasks = [Paced];
    @task
    own() {
      seen.push(this[LIFECYCLE].requests.expectedIntervalMs);
      if (seen.length > 30) throw new StopUser();
    }
  }
  const stage = createStage();
  stage.start(Outer);
  await stage.clock.advance(500_000);
  assert.deepEqual(new Set(seen), new Set([3000, 5000]));
});
