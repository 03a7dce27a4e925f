import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import {
  createLocalRunner,
  Environment,
  events as globalEvents,
  HttpUser,
  LoadTestShape,
  LocalRunner,
  type ShapeResult,
  StopTest,
  task,
  User,
} from "../../mod.ts";
import { startDemo } from "../support/demo.ts";
import { untilReally } from "../support/real_time.ts";
import { noteHooks } from "../support/session_fixture.ts";

const QUIET = { latency: { kind: "fixed", ms: 0 }, errorRate: 0 } as const;

class Visitor extends HttpUser {
  override waitTime = () => 0.01;
  browse() {
    return this.client.get("/items?page=1");
  }
}
task(Visitor.prototype.browse);

/** Counts what runs; makes no requests. */
class Idler extends User {
  static override weight = 2;
  override waitTime = () => 0.01;
  rest() {}
}
task(Idler.prototype.rest);

test("createLocalRunner() starts users, counts every request the target saw, and stops", async () => {
  await using demo = await startDemo(QUIET);
  const environment = new Environment({ userClasses: [Visitor], host: demo.url });
  await using runner = createLocalRunner(environment);
  assert.equal(environment.runner, runner);
  await runner.start(3, 100);
  await untilReally(() => runner.state === "running" && runner.userCount === 3);
  await untilReally(() => demo.requests().total >= 20);
  await runner.stop();
  assert.equal(runner.state, "stopped");
  assert.equal(runner.userCount, 0);
  assert.equal(runner.stats.total.numRequests, demo.requests().total);
  assert.equal(runner.stats.get("/items?page=1", "GET").numFailures, 0);
  assert.equal(environment.stats.total.numRequests, runner.stats.total.numRequests);
  assert.equal((await runner.whenStopped()).reason, "stopped on request");
});

test("createLocalRunner() fires each event once, in order, on the environment's own events", async () => {
  const environment = new Environment({ userClasses: [Idler] });
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(name);
  const { events } = environment;
  noteHooks(events, fired);
  events.runSetup.addListener(note("runSetup"));
  const spawned = Promise.withResolvers<number>();
  environment.events.spawningComplete.addListener(({ userCount }) => spawned.resolve(userCount));
  globalEvents.testStart.addListener(note("the global events"));
  const runner = createLocalRunner(environment);
  await runner.start(2, 100);
  assert.equal(await spawned.promise, 2);
  await runner.stop();
  await runner.whenStopped();
  await runner.quit();
  await runner.quit();
  assert.deepEqual(fired, [
    "init",
    "runSetup",
    "testStart",
    "testStopping",
    "testStop",
    "runTeardown",
    "quitting",
    "quit",
  ]);
});

test("LocalRunner.quit() of a user in its first task ends the run, with the hooks of the user", async () => {
  const ended: number[] = [];
  class Quitter extends User {
    override waitTime = () => 1;
    leave() {
      void (this.environment.runner as LocalRunner).quit();
    }
    override onStop() {
      ended.push(this.index);
    }
  }
  task(Quitter.prototype.leave);
  const runner = createLocalRunner(new Environment({ userClasses: [Quitter] }));
  await runner.start(1, 100);
  assert.equal((await runner.whenStopped()).reason, "stopped on request");
  await runner.quit();
  assert.deepEqual(ended, [0]);
});

test("LocalRunner.start() while a run is on changes the number of users; a later run begins with zeros", async () => {
  await using demo = await startDemo(QUIET);
  await using runner = createLocalRunner(new Environment({ userClasses: [Visitor, Idler], host: demo.url }));
  await runner.start(6, 100);
  await untilReally(() => runner.userCount === 6);
  await runner.start(3, 100);
  await untilReally(() => runner.userCount === 3);
  assert.equal(runner.targetUserCount, 3);
  await runner.stop();
  const first = demo.requests().total;
  assert.equal(runner.stats.total.numRequests, first);
  await runner.start(1, 100, { userClasses: [Idler] });
  await untilReally(() => runner.userCount === 1);
  await runner.stop();
  assert.equal(runner.stats.total.numRequests, 0);
  assert.equal(demo.requests().total, first);
});

test("LocalRunner.startShape() follows the environment's shape to its end", async () => {
  class Short extends LoadTestShape {
    override tick(): ShapeResult {
      return this.runTime < 0.5 ? [4, 100] : null;
    }
  }
  const shapeClass = new Short();
  const environment = new Environment({ userClasses: [Idler], shapeClass });
  await using runner = createLocalRunner(environment);
  await runner.startShape();
  assert.equal(shapeClass.runner, runner);
  assert.equal((await runner.whenStopped()).reason, "the load shape Short ended");
  assert.equal(environment.shapeClass, shapeClass);
});

test("LocalRunner.whenStopped() resolves after StopTest, with its message", async () => {
  class Quitter extends User {
    leave() {
      throw new StopTest("seen enough");
    }
  }
  task(Quitter.prototype.leave);
  await using runner = createLocalRunner(new Environment({ userClasses: [Quitter] }));
  await runner.start(1, 100);
  assert.match((await runner.whenStopped()).reason, /seen enough/);
});

test("LocalRunner.whenStopped() and stop() reject when the run could not do what was asked", async () => {
  const quiet = { debug() {}, info() {}, warning() {}, error() {}, critical() {} };
  await using runner = createLocalRunner(new Environment({ userClasses: [Visitor], logger: quiet }));
  await runner.start(1, 100);
  await assert.rejects(runner.whenStopped(), /Cannot request "[^"]+": it has no host/);
  await assert.rejects(runner.stop(), /Cannot request "[^"]+": it has no host/);
});

test("LocalRunner.start() rejects with what is wrong with the classes, and with numbers that are none", async () => {
  class Empty extends User {}
  await using runner = createLocalRunner(new Environment({ userClasses: [Empty] }));
  await assert.rejects(runner.start(1, 1), /Empty.*no tasks/);
  await assert.rejects(runner.start(1.5, 1), /Cannot start 1\.5 users/);
  await assert.rejects(runner.start(1, 0), /Cannot start users at 0 per second/);
  await assert.rejects(runner.startShape(), /the environment has none/);
  await assert.rejects(runner.whenStopped(), /none was started/);
});

test("createLocalRunner() refuses an environment that has a runner; a runner that has quit does not start", async () => {
  const environment = new Environment({ userClasses: [Idler] });
  const runner = createLocalRunner(environment);
  assert.throws(() => createLocalRunner(environment), /the environment has one/);
  await runner.quit();
  await assert.rejects(runner.start(1, 1), /has quit/);
});

test("LocalRunner.sendMessage() reaches the listeners of registerMessage() with a copy of the data", async () => {
  await using runner = createLocalRunner(new Environment({ userClasses: [Idler] }));
  const heard = Promise.withResolvers<unknown>();
  runner.registerMessage("accounts", (message) => heard.resolve(message));
  const data = { names: ["ada"] };
  runner.sendMessage("accounts", data);
  data.names.push("later");
  assert.deepEqual(await heard.promise, { type: "accounts", data: { names: ["ada"] }, workerId: "local" });
});

test("an exception of a task is counted and logged by the environment's logger", async () => {
  class Broken extends User {
    override waitTime = () => 0.01;
    boom() {
      throw new TypeError("no such thing");
    }
  }
  task(Broken.prototype.boom);
  const errors: string[] = [];
  const logger = {
    debug() {},
    info() {},
    warning() {},
    error: (line: string) => void errors.push(line),
    critical() {},
  };
  await using runner = createLocalRunner(new Environment({ userClasses: [Broken], logger }));
  await runner.start(1, 100);
  await untilReally(() => errors.length > 0);
  await runner.stop();
  assert.match(errors[0] ?? "", /Broken\.boom: TypeError: no such thing/);
  assert.ok((runner.stats.snapshot?.exceptions[0]?.count ?? 0) >= 1);
});

test("examples/library.ts runs to its end and leaves nothing that keeps the process alive", async () => {
  await using demo = await startDemo(QUIET);
  const args = process.versions["bun"] === undefined ? ["run", "-A", "--no-check"] : [];
  const child = spawn(process.execPath, [...args, "examples/library.ts"], { env: { ...process.env, HOST: demo.url } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => output += String(bytes));
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, output);
  assert.match(output, /^the users are gone\n\d+ requests, 0 failed, median /);
});

test("Environment.createLocalRunner() makes the environment's runner, and quit() ends whenStopped()", async () => {
  const environment = new Environment({ userClasses: [Idler] });
  const runner = environment.createLocalRunner();
  assert.equal(environment.runner, runner);
  assert.equal(runner.threads, 1);
  assert.throws(() => environment.createLocalRunner(), /the environment has one/);
  await runner.start(2, 100);
  await untilReally(() => runner.userCount === 2);
  const left = runner.quit();
  assert.equal((await runner.whenStopped()).reason, "stopped on request");
  await left;
});

test("A setup that failed in a program: start() rejects, and the teardown has run", async () => {
  const environment = new Environment({ userClasses: [Idler] });
  const cleaned: unknown[] = [];
  environment.events.runSetup.addListener(() => {
    throw new Error("no database");
  });
  environment.events.runSetup.addListener(() => ({ made: 1 }));
  environment.events.runTeardown.addListener(({ shared }) => void cleaned.push(shared));
  await using runner = environment.createLocalRunner();
  await assert.rejects(runner.start(1, 1), /no database/);
  assert.deepEqual(cleaned, [{ made: 1 }]);
});

test("createLocalRunner() refuses what is no Environment", () => {
  for (const wrong of [undefined, null, {}, Visitor, { userClasses: [Visitor] }]) {
    assert.throws(
      () => createLocalRunner(wrong as unknown as Environment),
      /^LocustError: Cannot create a runner: .* is not an Environment/,
    );
  }
});

test("LocalRunner and start() refuse what is no Environment, and options that are none", async () => {
  assert.throws(() => new LocalRunner({} as never), /^LocustError: Cannot create a runner: .* is not an Environment/);
  await using runner = createLocalRunner(new Environment());
  for (const options of [null, [], { userClasses: Environment }]) {
    await assert.rejects(runner.start(1, 1, options as never), /^LocustError: Cannot start users: /);
  }
});
