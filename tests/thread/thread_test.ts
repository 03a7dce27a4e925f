import assert from "node:assert/strict";
import { test } from "node:test";
import { constant, HttpUser, StopTest, StopUser, User } from "../../mod.ts";
import { settle } from "../support/fake_clock.ts";
import { PLAN } from "../support/pool_fixture.ts";
import { ThreadFixture } from "../support/thread_fixture.ts";

/** A user class whose one task fires a sample each second. */
function createShopper() {
  return class Shopper extends User {
    static override tasks = [function order(this: Shopper) {
      this.environment.events.request.fire({ requestType: "GET", name: "/order", responseTime: 5, responseLength: 10 });
    }];
    override waitTime = constant(1);
  };
}

test("Thread at `load` tells what the locustfile holds and what may run", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.load();
  const [loaded] = fixture.of("loaded");
  assert.deepEqual(loaded?.description.userClasses.map(({ name }) => name), ["Shopper"]);
  assert.deepEqual(loaded?.activities.includes("Shopper.order"), true);
});

test("Thread at `load` lists all problems of the locustfile", async () => {
  class Lazy extends User {}
  class Weightless extends User {
    static override weight = -1;
    static override tasks = [() => {}];
  }
  const fixture = new ThreadFixture({ Lazy, Weightless });
  await fixture.load();
  assert.equal(fixture.of("loadFailed")[0]?.problems.length, 2);
  assert.deepEqual(fixture.of("loaded"), []);
});

test("Thread at `prepare` collects the locustfile once and says what it holds; `load` uses what is there", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  let collected = 0;
  fixture.events.initCommandLineParser.addListener(() => void collected++);
  await fixture.prepare();
  await fixture.prepare(); // as soon as the file is known, and again by the owner of the thread
  const prepared = fixture.of("prepared").map(({ plain }) => plain?.userClasses.map(({ name }) => name));
  assert.deepEqual([collected, fixture.said.length, prepared], [1, 1, [["Shopper"]]]);
  await fixture.load();
  const [loaded] = fixture.of("loaded");
  assert.deepEqual([collected, loaded?.description.userClasses.map(({ name }) => name)], [1, ["Shopper"]]);
});

test("Thread at `prepare` keeps the problems of the locustfile for `load`", async () => {
  class Lazy extends User {}
  const fixture = new ThreadFixture({ Lazy });
  await fixture.prepare();
  assert.deepEqual(fixture.said, [{ kind: "prepared" }]);
  await fixture.load();
  assert.equal(fixture.of("loadFailed")[0]?.problems.length, 1);
});

test("Thread at `prepare` keeps to itself what a locustfile holds that needs the control thread", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.testStart.addListener(() => {});
  await fixture.prepare();
  assert.deepEqual(fixture.said, [{ kind: "prepared" }]);
});

test("Thread at `load` fires `init` with environment and runner, and awaits it", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  const seen: unknown[] = [];
  fixture.events.init.addListener(async ({ environment, runner }) => {
    await Promise.resolve();
    seen.push(environment.parsedOptions, runner?.role, runner?.clientId, runner?.workerIndex);
  });
  await fixture.load({ tenant: "acme" });
  assert.deepEqual(seen, [{ tenant: "acme" }, "worker", "w1", 2]);
  assert.equal(fixture.of("loaded").length, 1);
});

test("Thread at `load` tells a listener of `init` that throws", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.init.addListener(() => {
    throw new Error("no database");
  });
  await fixture.load();
  assert.match(fixture.of("loadFailed")[0]?.problems.join() ?? "", /listener of "init" threw Error: no database/);
});

test("Thread beats in its cell from `load` on", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.load();
  await fixture.clock.advance(100);
  assert.ok((fixture.cells[1] ?? 0) > 0);
});

test("Thread takes an assignment, tells it as applied, and reports once a second", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.run({ Shopper: 3 });
  assert.deepEqual(fixture.of("applied"), [{ kind: "applied", runId: "run-1", epoch: 1, users: { Shopper: 3 } }]);
  await fixture.clock.advance(3000);
  assert.equal(fixture.of("delta").length, 3);
  assert.ok((fixture.requests()["GET /order"] ?? 0) >= 9);
  assert.deepEqual(fixture.of("delta").at(-1)?.health.users, { Shopper: 3 });
});

test("Thread takes an assignment twice without starting anybody twice", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.run({ Shopper: 2 });
  await fixture.tell({ kind: "assign", runId: "run-1", epoch: 1, users: { Shopper: 2 }, fresh: { Shopper: [0, 1] } });
  assert.deepEqual(fixture.of("applied").at(-1)?.users, { Shopper: 2 });
});

test("Thread gives users their numbers, and the plan's host, options and frozen shared data", async () => {
  const seen: unknown[] = [];
  class Curious extends User {
    static override tasks = [() => {}];
    override waitTime = constant(10);
    override onStart(): void {
      const { environment } = this;
      seen.push(
        this.index,
        this.host,
        environment.parsedOptions["x"],
        environment.shared,
        Object.isFrozen(environment.shared),
      );
    }
  }
  const fixture = new ThreadFixture({ Curious });
  await fixture.run({ Curious: 1 }, { host: "http://plan", options: { x: 1 }, shared: { token: "t" } });
  assert.deepEqual(seen, [0, "http://plan", 1, { token: "t" }, true]);
});

test("Thread awaits `testStart` before the first user", async () => {
  const order: string[] = [];
  class Early extends User {
    static override tasks = [() => {}];
    override waitTime = constant(10);
    override onStart(): void {
      order.push("user");
    }
  }
  const fixture = new ThreadFixture({ Early });
  fixture.events.testStart.addListener(async () => {
    await fixture.clock.sleep(500);
    order.push("testStart");
  });
  await fixture.run({ Early: 1 });
  assert.deepEqual(order, []);
  await fixture.clock.advance(500);
  await settle();
  assert.deepEqual(order, ["testStart", "user"]);
});

test("Thread that joins a run later than others reports in their rhythm", async () => {
  for (const [lateMs, firstMs] of [[0, 850], [120, 730], [849, 1], [850, 1000], [2120, 730]] as const) {
    const fixture = new ThreadFixture({ Shopper: createShopper() });
    await fixture.load();
    const askedWallMs = fixture.clock.wallMs() - lateMs;
    await fixture.tell({ kind: "startRun", plan: { ...PLAN, userClasses: ["Shopper"] }, askedWallMs });
    await fixture.clock.advance(firstMs - 1);
    assert.equal(fixture.of("delta").length, 0, `${lateMs} ms late`);
    await fixture.clock.advance(1);
    assert.equal(fixture.of("delta").length, 1, `${lateMs} ms late`);
  }
});

test("Thread stops a run whose `testStart` hangs", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.testStart.addListener(() => new Promise(() => {}));
  await fixture.run({ Shopper: 1 });
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(1000);
  await settle();
  assert.equal(fixture.of("stopped").length, 1);
});

test("Thread at `stop` fires testStopping, ends the users, fires testStop, and reports before it says `stopped`", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  const order: string[] = [];
  fixture.events.testStopping.addListener(() => void order.push("testStopping"));
  fixture.events.testStop.addListener(() => void order.push("testStop"));
  await fixture.run({ Shopper: 5 });
  await fixture.clock.advance(300);
  await fixture.tell({ kind: "stop", runId: "run-1" });
  assert.deepEqual(order, ["testStopping", "testStop"]);
  assert.deepEqual(fixture.said.slice(-2).map(({ kind }) => kind), ["delta", "stopped"]);
  assert.deepEqual(fixture.of("stopped"), [{ kind: "stopped", runId: "run-1", leftBehind: 0 }]);
  assert.deepEqual(fixture.requests(), { "GET /order": 5 });
  const before = fixture.said.length;
  await fixture.clock.advance(5000);
  assert.equal(fixture.said.length, before, "nothing is reported after the end");
});

test("Thread at `stop` resolves although tasks hang in what cannot be aborted, and says how many", async () => {
  class Stuck extends User {
    static override tasks = [() => new Promise<void>(() => {})];
  }
  const fixture = new ThreadFixture({ Stuck });
  await fixture.run({ Stuck: 2 });
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(20_000);
  assert.deepEqual(fixture.of("stopped"), [{ kind: "stopped", runId: "run-1", leftBehind: 2 }]);
});

test("Thread at `stop` with a stop timeout lets tasks finish", async () => {
  const done: string[] = [];
  class Slow extends User {
    static override tasks = [async function work(this: Slow) {
      await this.sleep(2);
      done.push("task");
    }];
  }
  const fixture = new ThreadFixture({ Slow });
  await fixture.run({ Slow: 1 }, { stopTimeoutSeconds: 10 });
  await fixture.clock.advance(1000);
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(1500);
  await settle();
  assert.deepEqual(done, ["task"]);
  assert.equal(fixture.of("stopped").length, 1);
});

test("Thread answers a `stop` of a run that it does not know", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.load();
  await fixture.tell({ kind: "stop", runId: "run-9" });
  assert.deepEqual(fixture.of("stopped"), [{ kind: "stopped", runId: "run-9", leftBehind: 0 }]);
});

test("Thread runs a second run with fresh numbers", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.run({ Shopper: 1 });
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.tell({ kind: "startRun", plan: { ...PLAN, runId: "run-2" } });
  await fixture.tell({ kind: "assign", runId: "run-2", epoch: 1, users: { Shopper: 2 }, fresh: { Shopper: [0, 1] } });
  await fixture.clock.advance(1000);
  assert.deepEqual(fixture.of("delta").at(-1)?.health.users, { Shopper: 2 });
  assert.equal(fixture.of("delta").at(-1)?.runId, "run-2");
});

test("Thread tells a StopTest of a task", async () => {
  class Fed extends User {
    static override tasks = [() => {
      throw new StopTest("enough");
    }];
  }
  const fixture = new ThreadFixture({ Fed });
  await fixture.run({ Fed: 1 });
  assert.deepEqual(fixture.user("stopTest"), [{ kind: "stopTest", message: "enough", failed: false }]);
});

test("Thread tells a StopTest of a `testStart` listener", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.testStart.addListener(() => {
    throw new StopTest("not today");
  });
  await fixture.run({ Shopper: 1 });
  assert.equal(fixture.user("stopTest")[0]?.message, "not today");
});

test("Thread tells a plan that its locustfile cannot carry out", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.run({ Ghost: 1 }, { userClasses: ["Ghost"] });
  assert.match(fixture.user("stopTest")[0]?.message ?? "", /no such class/);
  assert.equal(fixture.user("stopTest")[0]?.failed, true);
});

test("Thread.uncaught() counts a rejection that nobody awaited, with its place", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.run({ Shopper: 1 });
  fixture.thread.uncaught(new Error("lost"), "a promise that was not awaited");
  await fixture.clock.advance(1000);
  const [exception] = fixture.of("delta").flatMap(({ delta }) => delta.exceptions);
  assert.equal(exception?.message, "Error: lost");
  assert.equal(exception?.where, "a promise that was not awaited");
  assert.match(exception?.stack ?? "", /thread_test\.ts:\d+:\d+/);
});

test("Thread.uncaught() does not count what ends a user", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.run({ Shopper: 1 });
  fixture.thread.uncaught(new StopUser(), "a promise that was not awaited");
  fixture.thread.uncaught(new StopTest("stop it"), "a promise that was not awaited");
  await fixture.clock.advance(1000);
  assert.deepEqual(fixture.of("delta").flatMap(({ delta }) => delta.exceptions), []);
  assert.equal(fixture.user("stopTest")[0]?.message, "stop it");
});

test("Thread delivers custom messages to registered listeners, and sends theirs", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.init.addListener(({ runner }) => {
    runner?.registerMessage("accounts", ({ data, workerId, environment, msg }) => {
      assert.equal(environment, runner.environment);
      assert.deepEqual(msg, { type: "accounts", data, nodeId: workerId });
      runner.sendMessage("thanks", { data, workerId });
    });
  });
  await fixture.load();
  await fixture.tell({ kind: "custom", type: "accounts", data: [1, 2] });
  await fixture.tell({ kind: "custom", type: "unheard", data: 0 });
  assert.deepEqual(fixture.user("custom"), [{
    kind: "custom",
    type: "thanks",
    data: { data: [1, 2], workerId: { $: ["undefined"] } },
  }]);
});

test("Thread delivers a custom message while `testStart` waits for it", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  let arrived: (data: unknown) => void = () => {};
  const data = new Promise((resolve) => arrived = resolve);
  fixture.events.init.addListener(({ runner }) => runner?.registerMessage("go", (message) => arrived(message.data)));
  fixture.events.testStart.addListener(async () => void await data);
  await fixture.run({ Shopper: 1 });
  assert.deepEqual(fixture.of("applied"), []);
  await fixture.tell({ kind: "custom", type: "go", data: 1 });
  assert.equal(fixture.of("applied").length, 1);
});

test("ThreadRunner.sendMessage() refuses data that cannot leave the thread, and names the message", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  let thrown: unknown;
  fixture.events.init.addListener(({ runner }) => {
    try {
      runner?.sendMessage("bad", { call: () => {} });
    } catch (error) {
      thrown = error;
    }
  });
  await fixture.load();
  assert.match(String(thrown), /Cannot send message "bad": data\.call is a function; send plain data/);
});

test("runner.sendMessage() and registerMessage() refuse a type that is not text", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  const refused: string[] = [];
  fixture.events.init.addListener(({ runner }) => {
    for (const type of [5, undefined, null, { a: 1 }, Symbol("x"), "x".repeat(3000)]) {
      for (const call of ["sendMessage", "registerMessage"] as const) {
        try {
          runner?.[call](type as string, () => {});
        } catch (error) {
          refused.push(String(error));
        }
      }
    }
  });
  await fixture.load();
  assert.equal(refused.length, 12);
  for (const message of refused) assert.match(message, /Cannot (send|register) a message whose type is .*; use a text/);
});

test("Thread sends what listeners of `reportToMaster` add", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.reportToMaster.addListener(({ clientId, data }) => {
    data["queue"] = clientId;
  });
  await fixture.run({ Shopper: 1 });
  await fixture.clock.advance(1000);
  assert.deepEqual(fixture.user("report"), [{ kind: "report", data: { queue: "w1" } }]);
});

test("Thread counts each failure of a listener, logs a few, and continues", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.request.addListener(() => {
    throw new Error("bad listener");
  });
  await fixture.run({ Shopper: 1 });
  await fixture.clock.advance(20_000);
  const failures = fixture.user("listenerFailed").reduce((sum, { times }) => sum + times, 0);
  assert.equal(failures, fixture.requests()["GET /order"], "each failure is counted");
  const lines = fixture.user("log").filter(({ message }) => message.includes("bad listener"));
  assert.ok(lines.length >= 1 && lines.length <= 4, "of 20 equal errors a few are logged");
  assert.ok((fixture.requests()["GET /order"] ?? 0) >= 20);
});

test("Thread fires events by name, and `spawningComplete` with the run's users", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  const seen: unknown[] = [];
  fixture.events.cpuWarning.addListener(({ cpuUsage }) => void seen.push(cpuUsage));
  fixture.events.spawningComplete.addListener(({ userCount }) => void seen.push(userCount));
  await fixture.run({ Shopper: 1 });
  await fixture.tell({ kind: "event", name: "cpuWarning", fields: { cpuUsage: 97 } });
  await fixture.tell({ kind: "event", name: "toString", fields: {} });
  await fixture.tell({ kind: "spawningComplete", userCount: 40 });
  assert.deepEqual(seen, [97, 40]);
});

test("Thread at `quit` fires `quitting` in reverse order, then `quit`, then leaves", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  const order: string[] = [];
  fixture.events.quitting.addListener(() => void order.push("first"));
  fixture.events.quitting.addListener(() => void order.push("second"));
  fixture.events.quit.addListener(({ exitCode }) => void order.push(`quit ${exitCode}`));
  await fixture.load();
  await fixture.tell({ kind: "quit", exitCode: 3 });
  assert.deepEqual(order, ["second", "first", "quit 3"]);
  assert.equal(fixture.said.at(-1)?.kind, "left");
  assert.equal(fixture.clock.pendingTimers, 0);
});

test("ThreadRunner.quit() and stop() ask for the end of the test", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  fixture.events.init.addListener(({ runner }) => {
    runner?.quit();
    runner?.stop();
  });
  await fixture.load();
  assert.deepEqual(fixture.user("stopTest").map(({ message }) => message), [
    "runner.quit() was called",
    "runner.stop() was called",
  ]);
});

test("Thread says that a smaller assignment is applied when the users it stops have ended", async () => {
  const fixture = new ThreadFixture({ Shopper: createShopper() });
  await fixture.run({ Shopper: 5 });
  const said = fixture.of("applied").length;
  await fixture.tell({ kind: "assign", runId: "run-1", epoch: 2, users: { Shopper: 2 }, fresh: {} });
  await fixture.clock.advance(20);
  assert.deepEqual(fixture.of("applied").slice(said), [{
    kind: "applied",
    runId: "run-1",
    epoch: 2,
    users: { Shopper: 2 },
  }]);
});

test("Thread at `changeOptions` gives users that run and users to come the new values, and keeps the others", async () => {
  class Shopper extends User {
    static override tasks = [() => {}];
    override waitTime = constant(1);
    override onStart() {
      shoppers.push(this);
    }
  }
  const shoppers: Shopper[] = [];
  const fixture = new ThreadFixture({ Shopper });
  await fixture.run({ Shopper: 1 }, { options: { tenant: "acme", region: "eu" } });
  const options = () => shoppers.map(({ environment: { parsedOptions } }) => ({ ...parsedOptions }));
  await fixture.tell({ kind: "changeOptions", runId: "run-0", options: { tenant: "of another run" } });
  assert.deepEqual(options(), [{ tenant: "acme", region: "eu" }]);
  await fixture.tell({ kind: "changeOptions", runId: "run-1", options: { tenant: "umbrella" } });
  await fixture.tell({ kind: "assign", runId: "run-1", epoch: 2, users: { Shopper: 2 }, fresh: { Shopper: [1] } });
  assert.deepEqual(options(), Array(2).fill({ tenant: "umbrella", region: "eu" }));
  assert.ok(Object.isFrozen(shoppers[0]?.environment.parsedOptions));
});

test("Thread at `changeHost` gives users that run and users to come the new host, and leaves a base URL of their own", async () => {
  class Shopper extends HttpUser {
    static override host = "http://class.test";
    static override tasks = [() => {}];
    override waitTime = constant(1);
    override onStart() {
      if (this.index === 1) this.client.baseUrl = "http://own.test";
      shoppers.push(this);
    }
  }
  const shoppers: Shopper[] = [];
  const fixture = new ThreadFixture({ Shopper });
  await fixture.run({ Shopper: 2 }, { host: "http://ada:pw@first.test/" });
  await fixture.tell({ kind: "changeHost", runId: "run-0", host: "http://other-run.test" });
  await fixture.tell({ kind: "changeHost", runId: "run-1", host: "http://second.test" });
  await fixture.tell({ kind: "assign", runId: "run-1", epoch: 2, users: { Shopper: 3 }, fresh: { Shopper: [2] } });
  const bases = () => shoppers.map(({ client }) => client.baseUrl);
  assert.deepEqual(bases(), ["http://second.test", "http://own.test", "http://second.test"]);
  assert.equal(shoppers[0]?.host, "http://second.test");
  await fixture.tell({ kind: "changeHost", runId: "run-1" });
  assert.deepEqual(bases(), ["http://class.test", "http://own.test", "http://class.test"]);
});
