import assert from "node:assert/strict";
import { test } from "node:test";
import { Events, LoadTestShape, StopTest, User } from "../../mod.ts";
import { serveControl } from "../../src/control/serve_control.ts";
import type { FromControl, ToControl } from "../../src/protocol/control_message.ts";
import type { SnapshotMessage } from "../../src/protocol/snapshot_message.ts";
import { ControlFixture } from "../support/control_fixture.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

class Shopper extends User {
  static override tasks = [() => {}];
}

/** A shape whose ticks return, or throw, what a test wants. */
function shapeOf(tick: (shape: LoadTestShape) => unknown) {
  return class Stages extends LoadTestShape {
    override tick(): never {
      return tick(this) as never;
    }
  };
}

async function tickOf(tick: (shape: LoadTestShape) => unknown, runTimeSeconds = 3, currentUsers = 7) {
  const fixture = new ControlFixture({ Shopper, Stages: shapeOf(tick) });
  await fixture.init({ shape: "Stages" });
  return fixture.control.ask({ kind: "shapeTick", runTimeSeconds, currentUsers }, 1000);
}

test("Control at `load` answers with classes, shapes and custom options", async () => {
  const fixture = new ControlFixture({ Shopper, Stages: shapeOf(() => null) });
  fixture.events.initCommandLineParser.addListener(({ parser }) => parser.addArgument("--tenant", { default: "acme" }));
  const { userClasses, shapes, arguments: custom } = await fixture.load();
  assert.deepEqual(userClasses.map(({ name }) => name), ["Shopper"]);
  assert.deepEqual(shapes.map(({ name }) => name), ["Stages"]);
  assert.deepEqual(custom.map(({ flags }) => flags), [["--tenant"]]);
});

test("Control at `load` fails with all problems", async () => {
  class Lazy extends User {}
  const fixture = new ControlFixture({ Lazy });
  fixture.events.initCommandLineParser.addListener(({ parser }) => parser.addArgument("tenant"));
  await assert.rejects(fixture.load(), (error: Error & { problems?: readonly string[]; code?: string }) => {
    assert.equal(error.code, "locustfile");
    assert.equal(error.problems?.length, 2);
    return true;
  });
});

test("Control at `init` fires `init` with environment and runner, and awaits it", async () => {
  const fixture = new ControlFixture({ Shopper });
  const seen: unknown[] = [];
  fixture.events.init.addListener(async ({ environment, runner, webUi }) => {
    await Promise.resolve();
    const { host, parsedOptions, userClasses } = environment;
    seen.push(host, parsedOptions["tenant"], userClasses.map(({ name }) => name), runner?.role, webUi);
  });
  await fixture.init({ host: "http://h", options: { tenant: "x" } });
  assert.deepEqual(seen, ["http://h", "x", ["Shopper"], "master", undefined]);
});

test("Control at `init` fails when a listener throws, with its place", async () => {
  const fixture = new ControlFixture({ Shopper });
  fixture.events.init.addListener(() => {
    throw new Error("no database");
  });
  await assert.rejects(fixture.init(), {
    code: "control_failed",
    message: /a listener of "init" threw Error: no database \(.*control_test\.ts:\d+:\d+/,
  });
});

test("Control at `init` names a shape that is not there, and those that are", async () => {
  const fixture = new ControlFixture({ Shopper, Stages: shapeOf(() => null) });
  await assert.rejects(fixture.init({ shape: "Ghost" }), /Cannot use shape "Ghost": .*; it has Stages/);
});

test("Control at `init` lists the mistakes in --stages", async () => {
  const fixture = new ControlFixture({ Shopper });
  await assert.rejects(
    fixture.init({ stages: "30s10,x:y" }),
    /Cannot read stage "30s10"[\s\S]*Cannot read stage "x:y"/,
  );
});

test("Control at `shapeTick` sets runTime, currentUsers and runner, and answers with the target", async () => {
  let seen: unknown[] = [];
  const answer = await tickOf((shape) => {
    seen = [shape.runTime, shape.currentUsers, shape.runner?.role];
    return [20, 5, [Shopper]];
  });
  assert.deepEqual(seen, [3, 7, "master"]);
  assert.deepEqual(answer, { users: 20, spawnRate: 5, userClasses: ["Shopper"] });
});

test("Control at `shapeTick` awaits an async tick and passes on its end", async () => {
  assert.equal(await tickOf(() => Promise.resolve(null)), null);
});

test("Control at `shapeTick` fails with what tick() threw and where", async () => {
  const tick = tickOf(() => {
    throw new TypeError("oops");
  });
  await assert.rejects(tick, {
    code: "control_failed",
    message: /^Cannot continue with shape "Stages": tick\(\) threw TypeError: oops \(.*control_test\.ts:\d+:\d+/,
  });
});

test("Control at `shapeTick` fails with what tick() returned", async () => {
  await assert.rejects(tickOf(() => [10]), /shape "Stages": tick\(\) returned \[ 10 \]/);
});

test("Control at `shapeTick` keeps a rate of 0 legal for the target of the tick before", async () => {
  const fixture = new ControlFixture({ Shopper, Stages: shapeOf((shape) => [10, shape.runTime === 0 ? 5 : 0]) });
  await fixture.init({ shape: "Stages" });
  await fixture.control.ask({ kind: "shapeTick", runTimeSeconds: 0, currentUsers: 0 }, 1000);
  const tick = await fixture.control.ask({ kind: "shapeTick", runTimeSeconds: 1, currentUsers: 9 }, 1000);
  assert.deepEqual(tick, { users: 10, spawnRate: 0 });
});

test("Control at `shapeTick` turns a StopTest into the end of the test", async () => {
  const fixture = new ControlFixture({
    Shopper,
    Stages: shapeOf(() => {
      throw new StopTest("enough");
    }),
  });
  await fixture.init({ shape: "Stages" });
  assert.equal(await fixture.control.ask({ kind: "shapeTick", runTimeSeconds: 0, currentUsers: 0 }, 1000), null);
  assert.deepEqual(fixture.said, [{ kind: "stopTest", message: "enough", failed: false }]);
});

test("Control at `shapeTick` follows --stages", async () => {
  const fixture = new ControlFixture({ Shopper });
  await fixture.init({ stages: "10s:20,10s:0" });
  const at = (runTimeSeconds: number) =>
    fixture.control.ask({ kind: "shapeTick", runTimeSeconds, currentUsers: 0 }, 1000);
  assert.deepEqual(await at(0), { users: 20, spawnRate: 2 });
  assert.deepEqual(await at(12), { users: 0, spawnRate: 2 });
  assert.equal(await at(20), null);
});

test("Control at `runSetup` answers with the merged results and shows them as environment.shared", async () => {
  const fixture = new ControlFixture({ Shopper });
  let shared: unknown;
  fixture.events.runSetup.addListener(async () => ({ token: await Promise.resolve("t") }));
  fixture.events.runSetup.addListener(() => ({ ids: [1, 2] }));
  fixture.events.testStart.addListener(({ environment }) => {
    shared = environment.shared;
  });
  await fixture.init();
  assert.deepEqual(await fixture.control.ask({ kind: "runSetup" }, 1000), { token: "t", ids: [1, 2] });
  await fixture.control.ask({ kind: "testStart" }, 1000);
  assert.deepEqual(shared, { token: "t", ids: [1, 2] });
});

test("Control at `runSetup` fails with all that went wrong", async () => {
  const fixture = new ControlFixture({ Shopper });
  fixture.events.runSetup.addListener(() => ({ call: () => {} }));
  fixture.events.runSetup.addListener(() => {
    throw new Error("no accounts");
  });
  await fixture.init();
  const setup = fixture.control.ask({ kind: "runSetup" }, 1000);
  await assert.rejects(setup, /no accounts[\s\S]*shared\.call/);
});

test("Control at `runTeardown` hands over what the setup returned", async () => {
  const fixture = new ControlFixture({ Shopper });
  let given: unknown;
  fixture.events.runTeardown.addListener(({ shared }) => {
    given = shared;
  });
  await fixture.init();
  await fixture.control.ask({ kind: "runTeardown", shared: { token: "t" } }, 1000);
  assert.deepEqual(given, { token: "t" });
});

test("Control awaits the listeners of testStart, testStopping and testStop", async () => {
  for (const kind of ["testStart", "testStopping", "testStop"] as const) {
    const fixture = new ControlFixture({ Shopper });
    let isDone = false;
    fixture.events[kind].addListener(async () => {
      await settle();
      isDone = true;
    });
    await fixture.init();
    await fixture.control.ask({ kind }, 1000);
    assert.ok(isDone, kind);
  }
});

test("Control tells a listener that threw, and answers all the same", async () => {
  const fixture = new ControlFixture({ Shopper });
  fixture.events.testStart.addListener(() => {
    throw new Error("bad listener");
  });
  await fixture.init();
  assert.equal(await fixture.control.ask({ kind: "testStart" }, 1000), null);
  assert.deepEqual(fixture.said.map(({ kind }) => kind), ["log", "listenerFailed"]);
});

test("Control shows the snapshot that the master tells, under Locust's names", async () => {
  const fixture = new ControlFixture({ Shopper });
  let seen: unknown;
  fixture.events.quitting.addListener(({ environment }) => {
    const { total } = environment.stats;
    const { runner } = environment;
    seen = [total.failRatio, total.numRequests, runner?.state, runner?.userCount, runner?.workers];
    environment.processExitCode = total.failRatio > 0.1 ? 9 : 0;
  });
  await fixture.init();
  const total = { requests: 200, failures: 50, percentilesMs: [10, 11, 12, 13, 14, 95, 98, 99, 100, 101, 102] };
  const snapshot = { total, entries: [], failures: [] } as unknown as SnapshotMessage;
  const workers = [{ id: "w1", state: "running", users: 5 }];
  fixture.control.tell({ kind: "update", state: "running", userCount: 5, targetUserCount: 6, workers, snapshot });
  assert.equal(await fixture.control.ask({ kind: "quitting" }, 1000), 9);
  assert.deepEqual(seen, [0.25, 200, "running", 5, workers]);
});

test("Control has zeros as statistics before the first second", async () => {
  const fixture = new ControlFixture({ Shopper });
  let ratio: unknown;
  fixture.events.init.addListener(({ environment }) => {
    ratio = environment.stats.total.failRatio;
  });
  await fixture.init();
  assert.equal(ratio, 0);
});

test("Control at `quitting` without a decision answers null; `quit` gets the exit code", async () => {
  const fixture = new ControlFixture({ Shopper });
  let code: unknown;
  fixture.events.quit.addListener(({ exitCode }) => {
    code = exitCode;
  });
  await fixture.init();
  assert.equal(await fixture.control.ask({ kind: "quitting" }, 1000), null);
  await fixture.control.ask({ kind: "quit", exitCode: 3 }, 1000);
  assert.equal(code, 3);
});

test("Control delivers custom messages with the worker's id and sends those of its listeners", async () => {
  const fixture = new ControlFixture({ Shopper });
  fixture.events.init.addListener(({ runner }) => {
    runner?.registerMessage("hello", ({ data, workerId }) => runner.sendMessage("welcome", data, workerId));
  });
  await fixture.init();
  await fixture.control.ask({ kind: "custom", type: "hello", data: 1, workerId: "w3" }, 1000);
  assert.deepEqual(fixture.said, [{ kind: "custom", type: "welcome", data: 1, workerId: "w3" }]);
});

test("Control fires events by name with the environment", async () => {
  const fixture = new ControlFixture({ Shopper });
  const seen: unknown[] = [];
  fixture.events.workerReport.addListener(({ clientId, data }) => void seen.push(clientId, data));
  await fixture.init();
  const fields = { clientId: "w1", data: { queue: 4 } };
  await fixture.control.ask({ kind: "event", name: "workerReport", fields }, 1000);
  await fixture.control.ask({ kind: "event", name: "constructor", fields }, 1000);
  assert.deepEqual(seen, ["w1", { queue: 4 }]);
});

test("ControlRunner asks the master to quit, stop and start", async () => {
  const fixture = new ControlFixture({ Shopper });
  let refused: unknown;
  fixture.events.init.addListener(({ runner }) => {
    runner?.start?.(10, 2);
    runner?.stop();
    runner?.quit();
    try {
      runner?.start?.(1.5, 1);
    } catch (error) {
      refused = error;
    }
  });
  await fixture.init();
  assert.deepEqual(fixture.said, [{ kind: "start", users: 10, spawnRate: 2 }, {
    kind: "stopTest",
    message: "",
    failed: false,
  }, {
    kind: "quit",
  }]);
  assert.match(String(refused), /Cannot start 1.5 users/);
});

test("Control refuses to fire before it is initialised", async () => {
  const fixture = new ControlFixture({ Shopper });
  await assert.rejects(fixture.control.ask({ kind: "testStart" }, 1000), /has not been initialised/);
});

test("Control at `configure` shows user code the options, host and classes of the next run, and makes its shape anew", async () => {
  let made = 0;
  class Stages extends LoadTestShape {
    number = ++made;
    override tick(): [number, number] {
      return [this.number, 1];
    }
  }
  class Other extends User {
    static override tasks = [() => {}];
  }
  const fixture = new ControlFixture({ Shopper, Other, Stages });
  const seen: unknown[] = [];
  fixture.events.runSetup.addListener(({ environment: { parsedOptions, host, userClasses } }) => {
    seen.push([parsedOptions["tenant"], host, userClasses.map(({ name }) => name)]);
  });
  await fixture.init({ options: { tenant: "acme" }, host: "http://first.test", shape: "Stages" });
  await fixture.control.ask({ kind: "runSetup" }, 1000);
  const madeBefore = made;
  await fixture.control.ask({
    kind: "configure",
    options: { tenant: "umbrella" },
    host: "http://second.test",
    userClasses: ["Other"],
    shape: "Stages",
  }, 1000);
  await fixture.control.ask({ kind: "runSetup" }, 1000);
  fixture.control.tell({ kind: "observe", event: { kind: "hostChanged", host: "http://third.test" } });
  await fixture.control.ask({ kind: "runSetup" }, 1000);
  assert.deepEqual(seen, [
    ["acme", "http://first.test", ["Shopper", "Other"]],
    ["umbrella", "http://second.test", ["Other"]],
    ["umbrella", "http://third.test", ["Other"]],
  ]);
  const tick = await fixture.control.ask({ kind: "shapeTick", runTimeSeconds: 0, currentUsers: 0 }, 1000);
  assert.equal(tick?.users, madeBefore + 1);
});

test("Control imports the locustfile once, also when it has been told to ahead of the request to load it", async () => {
  const events = new Events();
  let imports = 0;
  events.initCommandLineParser.addListener(() => void imports++);
  const said: FromControl[] = [];
  let receive: (message: ToControl) => void = () => {};
  serveControl({
    port: { post: (message) => void said.push(message), listen: (listener) => receive = listener, close: () => {} },
    clock: new FakeClock(),
    events,
    modules: [{ file: "/tests/locustfile.ts", exports: { Shopper } }],
  });
  const source = { files: ["/tests/locustfile.ts"] };
  receive({ kind: "prepare", source, logLevel: "INFO", socket: "auto" });
  receive({ id: 1, request: { kind: "load", source, logLevel: "INFO" } });
  await settle();
  assert.deepEqual(said.map((message) => "id" in message && [message.id, message.kind]), [[1, "done"]]);
  assert.equal(imports, 1);
});
