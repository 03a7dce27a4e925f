/** Tasks that fail, and the pace of the user meanwhile: what the task loop makes of mistakes in a locustfile. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { InterruptTaskSet, StopUser } from "../../../src/http/session/control_flow.ts";
import { LIFECYCLE } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { countFailure, pauseAfterFailuresMs } from "../../../src/user/tasks/failure_pause.ts";
import { task } from "../../../src/user/tasks/decorators.ts";
import { TaskSet } from "../../../src/user/tasks/task_set.ts";
import { constant, constantPacing } from "../../../src/user/timing/wait_time.ts";
import { User } from "../../../src/user/user.ts";
import { createStage, playRequest } from "../stage.ts";

test("task loop: interrupt() in a user's own task is counted with what to do, and the user stays", async () => {
  let tasks = 0;
  class Person extends User {
    override waitTime = constant(10);
    @task
    leave() {
      if (++tasks === 3) throw new StopUser();
      throw new InterruptTaskSet(tasks === 1);
    }
  }
  const stage = createStage();
  stage.start(Person);
  await stage.clock.advance(60_000);
  const exceptions = stage.recorder.drain()?.exceptions ?? [];
  assert.deepEqual(exceptions.map(({ count }) => count), [2]);
  assert.match(
    exceptions[0]?.message ?? "",
    /^LocustError: interrupt\(\) was called where there is no task set to leave; /,
  );
  assert.deepEqual(stage.ends, ["stoppedItself"]);
});

test("task loop: a user that fails at once each time is slowed down, and says so once", async () => {
  for (const thrown of [new Error("broken"), new InterruptTaskSet(), undefined]) {
    class Broken extends User {
      @task
      fail() {
        throw thrown;
      }
    }
    const stage = createStage();
    const user = stage.start(Broken);
    await stage.clock.advance(60_000);
    user.stop("finishRequest");
    await user.ended;
    const count = stage.recorder.drain()?.exceptions.reduce((sum, each) => sum + each.count, 0) ?? 0;
    assert.ok(count > 60 && count < 90, `${count} exceptions in a minute`);
    assert.equal(stage.log.filter((line) => line.includes("fails at once each time")).length, 1);
  }
});

test("task loop: a user that leaves a set as soon as it enters it is slowed down, and says so once", async () => {
  let entered = 0;
  class Empty extends TaskSet<User> {
    override onStart() {
      entered++;
      this.interrupt();
    }
    @task
    never() {}
  }
  class Short extends TaskSet<User> {
    @task
    leave() {
      entered++;
      this.interrupt();
    }
  }
  for (const [set, where] of [[Empty, "Person.Empty"], [Short, "Person.Short"]] as const) {
    entered = 0;
    class Person extends User {
      static override tasks = [set];
      override waitTime = constant(1);
    }
    const stage = createStage();
    const user = stage.start(Person);
    await stage.clock.advance(60_000);
    user.stop("finishRequest");
    await user.ended;
    assert.ok(entered > 60 && entered < 90, `${entered} times in a minute`);
    const warnings = stage.log.filter((line) => line.includes("is left at once each time"));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", new RegExp(`"${where}" is left at once`));
  }
});

test("task loop: a set that takes time, makes requests or does its tasks may be left as often as it likes", async () => {
  const ways: Record<string, (set: TaskSet<User>) => unknown> = {
    waits: (set) => set.user.sleep(0.02),
    requests: (set) => playRequest(set.user, 1),
  };
  for (const [name, work] of Object.entries(ways)) {
    let entered = 0;
    class Visit extends TaskSet<User> {
      override async onStart() {
        entered++;
        await work(this);
        this.interrupt();
      }
      @task
      never() {}
    }
    class Person extends User {
      static override tasks = [Visit];
    }
    const stage = createStage();
    const user = stage.start(Person);
    await stage.clock.advance(2000);
    user.stop("finishRequest");
    await stage.clock.advance(100);
    await user.ended;
    assert.ok(entered >= 90, `${name}: ${entered} times`);
    assert.deepEqual(stage.log.filter((line) => line.includes("at once")), []);
  }
});

test("task loop: a wait time that throws slows its user down as a task does", async () => {
  class Broken extends TaskSet<User> {
    override waitTime = (): number => {
      throw new Error("broken");
    };
    @task
    work() {}
  }
  class InSet extends User {
    static override tasks = [Broken];
  }
  class Stray extends User {
    override waitTime = (): number => {
      throw new InterruptTaskSet();
    };
    @task
    work() {}
  }
  for (const userClass of [InSet, Stray]) {
    const stage = createStage();
    const user = stage.start(userClass);
    await stage.clock.advance(60_000);
    user.stop("finishRequest");
    await user.ended;
    const count = stage.recorder.drain()?.exceptions.reduce((sum, each) => sum + each.count, 0) ?? 0;
    assert.ok(count > 60 && count < 90, `${userClass.name}: ${count} exceptions in a minute`);
  }
});

test("task loop: an exception while the next task is chosen is counted there, not in the task before", async () => {
  class Choosy extends TaskSet<User> {
    override getNextTask(): never {
      throw new Error("none is good enough");
    }
    @task
    work() {}
  }
  class Person extends User {
    static override tasks = [Choosy];
    override waitTime = constant(10);
  }
  const stage = createStage();
  const user = stage.start(Person);
  await stage.clock.advance(5000);
  user.stop("finishRequest");
  await user.ended;
  assert.deepEqual(stage.recorder.drain()?.exceptions.map(({ where }) => where), ["Person.Choosy.executeNextTask"]);
});

test("task loop: a user whose tasks fail after a request, or after a while, keeps its pace", async () => {
  let tasks = 0;
  class Failing extends User {
    @task
    async fail() {
      tasks++;
      if (tasks % 2 === 0) await playRequest(this, 1);
      else await this.sleep(0.02);
      throw new Error("as always");
    }
  }
  const stage = createStage();
  const user = stage.start(Failing);
  await stage.clock.advance(2100);
  user.stop("finishRequest");
  await stage.clock.advance(100);
  await user.ended;
  assert.ok(tasks >= 195, `${tasks} tasks`);
});

test("task loop: a paced user starts its second task a whole interval after the first, however long onStart took", async () => {
  const starts: number[] = [];
  class Browse extends TaskSet<User> {
    override waitTime = constantPacing(10);
    override async onStart() {
      await this.sleep(25);
    }
    @task
    note() {
      starts.push(this.user[LIFECYCLE].runContext.clock.nowMs() / 1000);
    }
  }
  class InSet extends User {
    static override tasks = [Browse];
  }
  class Paced extends User {
    override waitTime = constantPacing(10);
    override async onStart() {
      await this.wait();
      await this.sleep(25);
    }
    @task
    note() {
      starts.push(this[LIFECYCLE].runContext.clock.nowMs() / 1000);
    }
  }
  for (const [userClass, expected] of [[InSet, [25, 35, 45]], [Paced, [35, 45, 55]]] as const) {
    starts.length = 0;
    const stage = createStage();
    const user = stage.start(userClass);
    await stage.clock.advance(59_000);
    user.stop("finishRequest");
    await user.ended;
    assert.deepEqual(starts.slice(0, 3), expected);
  }
});

test("pauseAfterFailuresMs() is 0 for the first ten, then doubles up to a second", () => {
  const rows = [[0, 0], [1, 0], [10, 0], [11, 10], [12, 20], [13, 40], [17, 640], [18, 1000], [5000, 1000]] as const;
  for (const [failures, ms] of rows) assert.equal(pauseAfterFailuresMs(failures), ms, `${failures} failures`);
});

test("countFailure() ends the row with a task that took time or made a request", () => {
  assert.equal(countFailure(3, 0.2, 0), 4);
  assert.equal(countFailure(3, 25, 0), 0);
  assert.equal(countFailure(3, 0.2, 1), 0);
});

test("task loop: an exception in a field of a task set is counted at its constructor", async () => {
  class Browse extends TaskSet<User> {
    readonly broken = failWith("no");
    @task
    work() {}
  }
  class Person extends User {
    static override tasks = [Browse];
    override waitTime = constant(10);
  }
  const stage = createStage();
  const user = stage.start(Person);
  await stage.clock.advance(5000);
  user.stop("finishRequest");
  await user.ended;
  assert.deepEqual(stage.recorder.drain()?.exceptions.map(({ where, count }) => [where, count]), [
    ["Person.Browse.constructor", 1],
  ]);
});

function failWith(message: string): never {
  throw new Error(message);
}
