/** Listeners of a locustfile in a local run of the executable's own parts: who is told what, in which order, on which side. */
import assert from "node:assert/strict";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(2);

const RUN = ["run", "locustfile.ts", "--processes", "1", "--only-summary"];

function runLocustfile(source: string, args: readonly string[]) {
  const text = `import { events, LoadTestShape, task, User } from "locust-ts";\n${source}`;
  return runCli([...RUN, ...args], { cwd: writeFiles({ "locustfile.ts": text }) });
}

const IDLER = "export class Idler extends User { @task async idle() { await this.sleep(0.1); } }";

test("Events of a local run: each side hears its own from init to quit, teardown before quitting", async () => {
  const names = ["init", "runSetup", "testStart", "testStopping", "testStop", "runTeardown", "quitting", "quit"];
  const { stdout } = await runLocustfile(
    `let side = "?";
     events.init.addListener(({ runner }) => void (side = runner?.role ?? "none"));
     for (const name of ${JSON.stringify(names)}) events[name].addListener(() => console.log("heard", side, name));
     ${IDLER}`,
    ["-u", "1", "-t", "1s"],
  );
  const heard = (side: string) =>
    [...stdout.matchAll(new RegExp(`heard ${side} (\\w+)`, "g"))].map((match) => match[1]);
  assert.deepEqual(heard("master"), names, stdout);
  assert.deepEqual(heard("worker"), names.filter((name) => !name.startsWith("run")), stdout);
});

test("A locustfile prints once while it is loaded; listeners of quit hear the exit code on both sides", async () => {
  const { code, stdout, stderr } = await runLocustfile(
    `console.log("module is loaded");
     events.quitting.addListener(({ environment }) => { environment.processExitCode = 7; });
     events.quit.addListener(({ exitCode }) => console.log("quit with", exitCode));
     ${IDLER}`,
    ["-u", "1", "-t", "1s", "--processes", "2"],
  );
  assert.equal(code, 7, stderr);
  assert.equal(stdout.match(/module is loaded/g)?.length, 1, stdout);
  assert.equal(stdout.match(/quit with 7/g)?.length, 3, stdout);
});

test("-t counts from the ramp: a slow testStart listener, in the threads as in the control thread, takes nothing of it", async () => {
  const startedMs = Date.now();
  const { code, stdout, stderr } = await runLocustfile(
    `events.testStart.addListener(() => new Promise((resolve) => setTimeout(resolve, 1500)));
     export class Counter extends User {
       waitTime = () => 0.01;
       @task async count() {
         await this.environment.events.request.measure("X", "count", async () => {});
       }
     }`,
    ["-u", "1", "-t", "1s", "--processes", "2"],
  );
  assert.ok(Date.now() - startedMs >= 4000, "both sides waited for their listener, and the run had its second");
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /Run ended after 0:01/);
  assert.ok(Number(/X +count +(\d+)/.exec(stdout)?.[1]) >= 20, stdout);
});

test("Ctrl-C while testStart listeners of the threads run ends the run before its first user", async () => {
  const cwd = writeFiles({
    "locustfile.ts": `import { events, task, User } from "locust-ts";
       events.testStart.addListener(async ({ environment }) => {
         if (environment.runner?.role === "master") return;
         console.log("listener runs");
         await new Promise((resolve) => setTimeout(resolve, 25_000));
       });
       export class Idler extends User { @task async idle() { console.log("load"); await this.sleep(0.1); } }`,
  });
  const process = startCli([...RUN, "-u", "1"], { cwd });
  await process.waitFor("listener runs");
  const startedMs = Date.now();
  process.child.kill("SIGINT");
  const { stdout, stderr } = await process.ended;
  assert.ok(Date.now() - startedMs < 8000, stderr);
  assert.match(stdout, /interrupted by Ctrl-C/);
  assert.doesNotMatch(stdout, /^load$/m);
});

test("A failed setup: no load, teardown gets what the other listeners made, exit code 2", async () => {
  const { code, stdout, stderr } = await runLocustfile(
    `events.runSetup.addListener(() => { throw new Error("no database"); });
     events.runSetup.addListener(() => ({ made: 1 }));
     events.runTeardown.addListener(({ shared }) => console.log("clean up", JSON.stringify(shared)));
     export class Idler extends User { @task idle() { console.log("load"); } }`,
    ["-u", "1", "-t", "1s"],
  );
  assert.equal(code, 2, stderr);
  assert.match(stderr, /listener of "runSetup" threw Error: no database \(.*locustfile\.ts:2:/);
  assert.match(stdout, /clean up \{"made":1\}/);
  assert.doesNotMatch(stdout, /^load$/m);
});

test("A message that a thread sends in init reaches the control thread, whose answer reaches the thread", async () => {
  const { stdout } = await runLocustfile(
    `events.init.addListener(({ runner }) => {
       if (runner?.role === "master") runner.registerMessage("hello", ({ workerId }) => runner.sendMessage("answer", 1, workerId));
       else {
         runner?.registerMessage("answer", ({ data }) => console.log("answered", data));
         runner?.sendMessage("hello");
       }
     });
     ${IDLER}`,
    ["-u", "1", "-t", "1s"],
  );
  assert.match(stdout, /answered 1/);
});

test("StopTest ends the test from any listener: no load before its first user", async () => {
  const places = {
    testStart:
      `events.testStart.addListener(({ environment }) => { if (environment.runner?.role === "master") halt(); });`,
    runSetup: "events.runSetup.addListener(halt);",
    spawningComplete: "events.spawningComplete.addListener(halt);",
    message: `events.init.addListener(({ runner }) => { runner?.registerMessage("end", halt); });
      events.spawningComplete.addListener(() => console.log("all there"));
      export class Sender extends User { @task async send() { this.environment.runner?.sendMessage("end"); await this.sleep(9); } }`,
  };
  await Promise.all(
    Object.entries(places).map(async ([place, source]) => {
      const { code, stdout, stderr } = await runLocustfile(
        `import { StopTest } from "locust-ts";
       const halt = () => { throw new StopTest("enough"); };
       ${source}
       ${
          place === "message"
            ? ""
            : 'export class Idler extends User { @task async idle() { console.log("load"); await this.sleep(0.1); } }'
        }`,
        ["-u", "1", "-t", "20s"],
      );
      const isEarly = place === "testStart" || place === "runSetup";
      // Without load there is nothing to doubt; load without a request is an invalid run.
      assert.equal(code, isEarly ? 0 : 4, `${place}: ${stdout}${stderr}`);
      assert.match(stdout, /the locustfile stopped the test: enough/, place);
      if (isEarly) assert.doesNotMatch(stdout, /^load$/m, place);
    }),
  );
});

test("runTeardown that throws: named with its line, exit code 2", async () => {
  const { code, stderr } = await runLocustfile(
    `events.runTeardown.addListener(() => { throw new Error("left behind"); });\n${IDLER}`,
    ["-u", "1", "-t", "1s"],
  );
  assert.equal(code, 2, stderr);
  assert.match(stderr, /listener of "runTeardown" threw Error: left behind \(.*locustfile\.ts:2:/);
});

test("LoadTestShape.tick() that never returns ends the run by name, and the program soon after", async () => {
  const { code, stderr } = await runLocustfile(
    `export class Stuck extends LoadTestShape { override tick(): null { for (;;); } }\n${IDLER}`,
    [],
  );
  assert.equal(code, 2, stderr);
  assert.match(stderr, /tick\(\) of shape "Stuck" has not returned for 10 s/);
  assert.match(stderr, /blocked by tick\(\) of shape "Stuck"/);
});

test("testStart knows the workers and how many users are wanted, so that data can be split among them", async () => {
  const { stdout, stderr } = await runLocustfile(
    `events.testStart.addListener(({ environment: { runner } }) => {
       if (runner?.role === "master") {
         console.log("wanted", runner.targetUserCount, "of", runner.workers.map(({ id, state }) => id + " " + state).join());
       }
     });
     ${IDLER}`,
    ["-u", "7", "-r", "7", "-t", "1s"],
  );
  assert.match(stdout, /wanted 7 of local ready/, stderr);
});

test("testStart finds the workers, and can hand each of them its share by a message", async () => {
  const { stdout, stderr } = await runLocustfile(
    `events.init.addListener(({ runner }) => {
       if (runner?.role === "worker") runner.registerMessage("share", ({ msg }) => console.log("heard share", msg.data));
     });
     events.testStart.addListener(({ environment: { runner } }) => {
       if (runner?.role !== "master") return;
       for (const [index, { id }] of runner.workers.entries()) runner.sendMessage("share", [index, runner.workerCount], id);
     });
     ${IDLER}`,
    ["-u", "1", "-t", "1s"],
  );
  assert.match(stdout, /heard share \[ 0, 1 \]/, stderr);
});
