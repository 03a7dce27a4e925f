import assert from "node:assert/strict";
import { test } from "node:test";
import { StopTest, StopUser, UserStopped } from "../../../src/http/session/control_flow.ts";
import type { Environment } from "../../../src/user/environment.ts";
import { task } from "../../../src/user/tasks/decorators.ts";
import { TaskSet } from "../../../src/user/tasks/task_set.ts";
import { User } from "../../../src/user/user.ts";
import type { UserEnd } from "../../../src/user/running/running_user.ts";
import type { UserClass } from "../../../src/user/user_class.ts";
import { constant } from "../../../src/user/timing/wait_time.ts";
import { settle } from "../../support/fake_clock.ts";
import { countRequests, createStage, playRequest } from "../stage.ts";
import { nextTurn } from "../../support/real_time.ts";

/** A user of one task, which waits 10 s between tasks; everything it does is in `lines`. */
function createUserClass(lines: string[], work: (user: User) => unknown, stop: (user: User) => unknown = () => {}) {
  return class Person extends User {
    override waitTime = constant(10);
    override onStart() {
      lines.push("onStart");
    }
    override async onStop() {
      lines.push("onStop");
      await stop(this);
    }
    @task
    async work() {
      lines.push("work");
      await work(this);
      lines.push("done");
    }
  };
}

test("RunningUser.stop() ends a waiting user at once", async () => {
  for (const mode of ["finishRequest", "finishTask"] as const) {
    const lines: string[] = [];
    const stage = createStage();
    const user = stage.start(createUserClass(lines, () => {}));
    await stage.clock.advance(3000);
    assert.equal(user.state, "waiting");
    user.stop(mode);
    assert.equal(user.state, "stopping");
    await user.ended;
    assert.equal(user.state, "ended");
    assert.equal(stage.clock.nowMs(), 3000);
    assert.deepEqual(lines, ["onStart", "work", "done", "onStop"]);
    assert.deepEqual(stage.ends, ["stopped"]);
    assert.equal(stage.clock.pendingTimers, 0);
  }
});

test("RunningUser.stop('finishRequest') counts the request in flight and goes no further", async () => {
  const lines: string[] = [];
  const stage = createStage();
  const user = stage.start(createUserClass(lines, async (self) => {
    await playRequest(self, 1000, "/first");
    await playRequest(self, 1000, "/second");
  }));
  await stage.clock.advance(400);
  user.stop("finishRequest");
  await stage.clock.advance(500);
  assert.equal(user.state, "stopping");
  await stage.clock.advance(200);
  assert.equal(user.state, "ended");
  assert.deepEqual(lines, ["onStart", "work", "onStop"]);
  assert.deepEqual(countRequests(stage.recorder), { "/first": 1 });
});

test("RunningUser.stop('finishRequest') ends a task between requests at its next call, wait or sleep", async () => {
  const nexts = [(user: User) => playRequest(user, 1), (user: User) => user.wait(), (user: User) => user.sleep(1)];
  for (const next of nexts) {
    const lines: string[] = [];
    const gate = Promise.withResolvers<void>();
    const stage = createStage();
    const user = stage.start(createUserClass(lines, async (self) => {
      await gate.promise;
      await next(self);
    }));
    await settle();
    user.stop("finishRequest");
    await settle();
    assert.equal(user.state, "stopping");
    gate.resolve();
    await user.ended;
    assert.deepEqual(lines, ["onStart", "work", "onStop"]);
    assert.deepEqual(countRequests(stage.recorder), {});
  }
});

test("RunningUser.stop('finishRequest') ends a sleeping task and aborts user.signal; 'finishTask' does neither", async () => {
  const lines: string[] = [];
  const stage = createStage({ runContext: { stopTimeoutMs: 0 } });
  const signals: AbortSignal[] = [];
  const userClass = createUserClass(lines, async (self) => {
    signals.push(self.signal);
    await self.sleep(5);
  });
  const mild = stage.start(userClass);
  const sharp = stage.start(userClass);
  await stage.clock.advance(1000);
  mild.stop("finishTask");
  sharp.stop("finishRequest");
  await settle();
  assert.deepEqual([mild.state, sharp.state], ["stopping", "ended"]);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false, true]);
  assert.ok(signals[1]?.reason instanceof UserStopped, "what `measure()` lets pass without a sample");
  await stage.clock.advance(4000);
  assert.equal(mild.state, "ended");
  assert.deepEqual(lines.filter((line) => line === "done"), ["done"]);
});

test("RunningUser.stop('finishTask') lets the task make further requests, for the stop timeout", async () => {
  const lines: string[] = [];
  const stage = createStage({ runContext: { stopTimeoutMs: 2500 } });
  const user = stage.start(createUserClass(lines, async (self) => {
    for (;;) await playRequest(self, 1000);
  }));
  await stage.clock.advance(500);
  user.stop("finishTask");
  await stage.clock.advance(2000);
  assert.equal(user.state, "stopping");
  await stage.clock.advance(600); // the timeout is at 3.0 s, the request in flight ends then too
  assert.equal(user.state, "ended");
  assert.deepEqual(countRequests(stage.recorder), { "/": 3 });
});

test("RunningUser.stop() aborts a request that outlasts the grace time, and counts it as abandoned", async () => {
  const lines: string[] = [];
  const stage = createStage({ runContext: { graceMs: 5000 } });
  const user = stage.start(createUserClass(lines, (self) => playRequest(self, 60_000)));
  await stage.clock.advance(100);
  user.stop("finishRequest");
  await stage.clock.advance(4999);
  assert.equal(user.state, "stopping");
  await stage.clock.advance(2);
  assert.equal(user.state, "ended");
  assert.deepEqual(lines, ["onStart", "work", "onStop"]);
  assert.equal(stage.recorder.drain()?.abandoned, 1);
});

test("RunningUser gives up a task stuck in a foreign await, names it, and ignores it from then on", async () => {
  const lines: string[] = [];
  const gate = Promise.withResolvers<void>();
  const stage = createStage({ runContext: { graceMs: 5000 } });
  const user = stage.start(createUserClass(lines, async (self) => {
    await gate.promise;
    await playRequest(self, 1, "/late");
  }));
  await stage.clock.advance(100);
  user.stop("finishRequest");
  await stage.clock.advance(10_000);
  assert.equal(user.state, "ended");
  await settle();
  assert.deepEqual(stage.ends, ["timedOut"]);
  assert.match(stage.log.join("\n"), /"Person\.work" did not end when its user had to stop/);
  gate.resolve();
  await stage.clock.advance(1000);
  assert.deepEqual(lines, ["onStart", "work"]);
  assert.deepEqual(countRequests(stage.recorder), {});
});

test("RunningUser runs onStop hooks that make requests, and bounds them", async () => {
  const lines: string[] = [];
  const stage = createStage({ runContext: { graceMs: 5000 } });
  const quick = stage.start(createUserClass(lines, () => {}, (self) => playRequest(self, 1000, "/logout")));
  const slow = stage.start(createUserClass(lines, () => {}, (self) => playRequest(self, 60_000, "/never")));
  await stage.clock.advance(100);
  quick.stop("finishRequest");
  slow.stop("finishRequest");
  await stage.clock.advance(1001);
  assert.equal(quick.state, "ended");
  assert.equal(slow.state, "stopping");
  await stage.clock.advance(5000);
  assert.equal(slow.state, "ended");
  const delta = stage.recorder.drain();
  assert.deepEqual(delta?.entries.map(({ name }) => name), ["/logout"]);
  assert.equal(delta?.abandoned, 1);
});

test("RunningUser parks a user that swallows its end and calls again; its hooks run, then it has ended", async () => {
  const lines: string[] = [];
  const stage = createStage();
  class Nested extends TaskSet<User> {
    override onStop() {
      lines.push("nested.onStop");
    }
    @task
    async stubborn() {
      for (;;) {
        try {
          await playRequest(this.user, 1000);
        } catch {
          lines.push("swallowed"); // what a careless locustfile does
        }
      }
    }
  }
  class Person extends User {
    static override tasks = [Nested];
    override async onStop() {
      await playRequest(this, 10, "/logout");
      lines.push("onStop");
    }
  }
  const user = stage.start(Person);
  await stage.clock.advance(500);
  user.stop("finishRequest");
  await stage.clock.advance(2000);
  assert.equal(user.state, "ended");
  assert.deepEqual(lines, ["swallowed", "nested.onStop", "onStop"]);
  assert.deepEqual(stage.ends, ["unresponsive"]);
  assert.deepEqual(countRequests(stage.recorder), { "/": 1, "/logout": 1 });
  await stage.clock.advance(60_000);
  assert.deepEqual(lines.length, 3);
});

test("RunningUser waits for requests that run beside the task before it has ended", async () => {
  const lines: string[] = [];
  const stage = createStage();
  const user = stage.start(createUserClass(lines, async (self) => {
    await Promise.all([playRequest(self, 1000, "/a"), playRequest(self, 3000, "/b")]);
  }));
  await stage.clock.advance(100);
  user.stop("finishRequest");
  await stage.clock.advance(1000);
  assert.equal(user.state, "stopping");
  await stage.clock.advance(2000);
  assert.equal(user.state, "ended");
  assert.deepEqual(countRequests(stage.recorder), { "/a": 1, "/b": 1 });
});

test("RunningUser.abort() ends a user whatever it does", async () => {
  const works = [
    (user: User) => playRequest(user, 60_000),
    () => new Promise(() => {}),
    (user: User) => user.sleep(60),
  ];
  for (const work of works) {
    const stage = createStage();
    const user = stage.start(createUserClass([], work));
    await stage.clock.advance(10);
    user.abort();
    await stage.clock.advance(1);
    assert.equal(user.state, "ended");
    assert.equal(stage.clock.pendingTimers, 0);
  }
});

test("RunningUser.stop() during onStart ends the user after its request, and runs onStop", async () => {
  const lines: string[] = [];
  const stage = createStage();
  class Slow extends User {
    override async onStart() {
      await playRequest(this, 1000, "/login");
      lines.push("never");
    }
    override onStop() {
      lines.push("onStop");
    }
    @task
    work() {
      lines.push("work");
    }
  }
  const user = stage.start(Slow);
  await stage.clock.advance(100);
  user.stop("finishRequest");
  await stage.clock.advance(2000);
  assert.equal(user.state, "ended");
  assert.deepEqual(lines, ["onStop"]);
  assert.deepEqual(countRequests(stage.recorder), { "/login": 1 });
});

test("startUser() counts a constructor that throws as a failed start, with class, file and line", async () => {
  class Broken extends User {
    constructor(environment: Environment) {
      super(environment);
      throw new TypeError("no database");
    }
    @task
    work() {}
  }
  const stage = createStage();
  const user = stage.start(Broken);
  await user.ended;
  assert.deepEqual(stage.ends, ["failedStart"]);
  const delta = stage.recorder.drain();
  assert.equal(delta?.failedStarts, 1);
  assert.equal(delta?.exceptions[0]?.where, "Broken.constructor");
  assert.match(
    stage.log[0] ?? "",
    /^ERROR Broken\.constructor: TypeError: no database\n {4}at .*user_run_test\.ts:\d+:\d+/,
  );
});

test("startUser() counts an onStart that throws as a failed start, without onStop", async () => {
  const lines: string[] = [];
  class Broken extends User {
    override onStart(): Promise<void> {
      return Promise.reject(new Error("no login"));
    }
    override onStop() {
      lines.push("onStop");
    }
    @task
    work() {}
  }
  const stage = createStage();
  await stage.start(Broken).ended;
  assert.deepEqual(lines, []);
  assert.deepEqual(stage.ends, ["failedStart"]);
  assert.equal(stage.recorder.drain()?.failedStarts, 1);
});

test("startUser(): StopUser in onStart runs onStop and is not a failed start", async () => {
  const lines: string[] = [];
  class Picky extends User {
    override onStart() {
      throw new StopUser();
    }
    override onStop() {
      lines.push("onStop");
    }
    @task
    work() {}
  }
  const stage = createStage();
  await stage.start(Picky).ended;
  assert.deepEqual(lines, ["onStop"]);
  assert.deepEqual(stage.ends, ["stoppedItself"]);
  const { failedStarts, quitUsers } = stage.recorder.drain() ?? {};
  assert.deepEqual([failedStarts, quitUsers], [0, 1]);
});

test("StopTest stops the test with its message from the constructor, onStart, a task, and onStop", async () => {
  const throwers: Record<string, UserClass> = {
    constructor: class A extends User {
      constructor(environment: Environment) {
        super(environment);
        throw new StopTest("from constructor");
      }
    },
    onStart: class B extends User {
      override onStart() {
        throw new StopTest("from onStart");
      }
    },
    task: class C extends User {
      static override tasks = [() => Promise.reject(new StopTest("from task"))];
    },
    onStop: class D extends User {
      static override tasks = [() => Promise.reject(new StopUser())];
      override onStop() {
        throw new StopTest("from onStop");
      }
    },
  };
  for (const [place, userClass] of Object.entries(throwers)) {
    const stage = createStage();
    await stage.start(userClass).ended;
    assert.deepEqual(stage.stopTests, [{ message: `from ${place}`, cause: "asked" }]);
    assert.equal(stage.recorder.drain()?.exceptions.length ?? 0, 0);
  }
});

test("User.stop() ends the user after its task; with 'force' at its next call", async () => {
  for (const force of [undefined, "force"] as const) {
    const lines: string[] = [];
    const stage = createStage();
    const user = stage.start(createUserClass(lines, async (self) => {
      self.stop(force);
      await playRequest(self, 10);
    }));
    await stage.clock.advance(1000);
    assert.equal(user.state, "ended");
    assert.deepEqual(lines, ["onStart", "work", ...(force ? [] : ["done"]), "onStop"]);
  }
});

test("an exception in onStop is counted and does not keep the user from ending", async () => {
  const stage = createStage();
  const user = stage.start(createUserClass([], () => {}, () => Promise.reject(new Error("logout failed"))));
  await stage.clock.advance(100);
  user.stop("finishRequest");
  await user.ended;
  assert.equal(stage.recorder.drain()?.exceptions[0]?.where, "Person.onStop");
});

test("a user's random numbers depend on the seed and its index only", async () => {
  const draw = async (seed: number, index: number) => {
    const numbers: number[] = [];
    const stage = createStage({ runContext: { seed } });
    class Drawer extends User {
      @task
      draw() {
        numbers.push(this.random.float());
        if (numbers.length === 3) throw new StopUser();
      }
    }
    await stage.start(Drawer, index).ended;
    return numbers;
  };
  assert.deepEqual(await draw(7, 3), await draw(7, 3));
  assert.notDeepEqual(await draw(7, 3), await draw(7, 4));
  assert.notDeepEqual(await draw(7, 3), await draw(8, 3));
});

test("startUser() tells how late a user woke and shows what runs", async () => {
  const late: number[] = [];
  const activity = new Int32Array(2);
  const stage = createStage({ runContext: { onWoke: (ms) => late.push(ms), activity } });
  const user = stage.start(createUserClass([], () => {}));
  await stage.clock.advance(0);
  stage.clock.skip(10_040);
  await stage.clock.advance(0);
  assert.deepEqual(late, [40]);
  user.abort();
  await stage.clock.advance(1);
});

test("tasks that never wait still let timers fire", async () => {
  class Spinner extends User {
    @task
    async spin() {}
  }
  const stage = createStage();
  const user = stage.start(Spinner);
  await nextTurn();
  user.stop("finishRequest");
  await user.ended;
  assert.deepEqual(stage.ends, ["stopped"]);
});

/** Ways for a user to end while the run goes on, and what is counted of it. */
const OWN_ENDS: readonly [string, (user: User) => unknown, Environment["catchExceptions"], UserEnd, number, number][] =
  [
    ["an exception without catchExceptions", () => Promise.reject(new Error("x")), false, "died", 1, 0],
    ["StopUser in a task", () => Promise.reject(new StopUser()), true, "stoppedItself", 0, 1],
    ["user.stop()", (user) => user.stop(), true, "stoppedItself", 0, 1],
    ['user.stop("force")', (user) => user.stop("force"), true, "stoppedItself", 0, 1],
    ["StopTest, which ends the run", () => Promise.reject(new StopTest("enough")), true, "stoppedItself", 0, 0],
  ];

for (const [what, act, catchExceptions, end, lost, quit] of OWN_ENDS) {
  test(`startUser() counts a user that ends by ${what}: ${lost} lost, ${quit} quit`, async () => {
    class Ending extends User {
      override waitTime = constant(1);
      @task
      work() {
        return act(this);
      }
    }
    const stage = createStage({ environment: { catchExceptions } });
    await stage.start(Ending).ended;
    await Promise.resolve();
    assert.deepEqual(stage.ends, [end]);
    const { lostUsers = 0, quitUsers = 0 } = stage.recorder.drain() ?? {};
    assert.deepEqual([lostUsers, quitUsers], [lost, quit]);
  });
}

test("startUser() counts nothing for a user that the run stops, even if its task throws then", async () => {
  for (const catchExceptions of [true, false]) {
    class Late extends User {
      @task
      async work() {
        await this.sleep(1);
        throw new Error("too late");
      }
    }
    const stage = createStage({ environment: { catchExceptions }, runContext: { stopTimeoutMs: 5000 } });
    const user = stage.start(Late);
    await stage.clock.advance(500);
    user.stop("finishTask");
    await stage.clock.advance(1000);
    await user.ended;
    const { lostUsers = 0, quitUsers = 0 } = stage.recorder.drain() ?? {};
    assert.deepEqual([lostUsers, quitUsers], [0, 0]);
  }
});
