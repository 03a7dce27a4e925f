// What workers of other processes say arrives as one test's word: equal exceptions are one group, prints stay where they are made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../support/free_port.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

const LOCUSTFILE = `
import { constant, events, task, User } from "locust-ts";
events.testStart.addListener(() => console.log("the test begins"));
export class Clumsy extends User {
  override waitTime = constant(0.2);
  @task stumble() { throw new Error("over a stone"); }
}
`;

test("an exception of several workers is one group, and what a worker prints is on its own output only", async () => {
  const port = String(await freePort());
  const cwd = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const address = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--expect-workers", "2"];
  const load = ["-u", "4", "-r", "4", "-t", "2s", "--only-summary", "--journal", "none"];
  const master = startCli(["run", "locustfile.ts", "--master", ...address, ...load], { cwd });
  const workers = [1, 2].map(() =>
    startCli(["worker", "--master-port", port, "--processes", "1"], { cwd: writeFiles({}) })
  );
  const { code, stdout } = await master.ended;
  assert.equal(code, 4); // no request was counted
  assert.equal(
    stdout.match(/over a stone, in Clumsy\.stumble \(on 2 workers\)\n +locustfile\.ts:6:\d+ in stumble/g)?.length,
    1,
    stdout,
  );
  assert.equal(stdout.match(/the test begins/g)?.length, 1, stdout);
  for (const worker of workers) {
    assert.equal((await worker.ended).stdout.match(/the test begins/g)?.length, 1);
  }
});

const WITH_OPTION = `
import { constant, events, task, User } from "locust-ts";
events.initCommandLineParser.addListener(({ parser }) => void parser.addArgument("--tenant", { type: "string", default: "none" }));
const say = (name) => ({ environment }) => {
  if (environment.runner.role === "worker") console.log(name, environment.parsedOptions.tenant, environment.host);
};
events.init.addListener(say("init"));
events.testStart.addListener(say("testStart"));
events.quitting.addListener(say("quitting"));
export class Idle extends User {
  override waitTime = constant(0.2);
  @task idle() {}
}
`;
const LOAD = ["-H", "http://system.invalid", "-u", "1", "-t", "1s", "--only-summary", "--journal", "none"];

test("init of a worker knows the master's options, or those of its own command line where it has the file", async () => {
  const port = String(await freePort());
  const cwd = writeFiles({ "locustfile.ts": WITH_OPTION });
  const address = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--expect-workers", "2"];
  const master = startCli(["run", "locustfile.ts", "--master", ...address, ...LOAD, "--tenant", "acme"], { cwd });
  const [shipped, own] = [[], ["-f", "locustfile.ts", "--tenant", "mine"]].map((args) =>
    startCli(["worker", "--master-port", port, "--processes", "1", ...args], {
      cwd: args.length === 0 ? writeFiles({}) : cwd,
    })
  );
  await master.ended;
  const later = ["testStart acme http://system.invalid", "quitting acme http://system.invalid", ""];
  assert.equal((await shipped?.ended)?.stdout, ["init acme http://system.invalid", ...later].join("\n"));
  assert.equal((await own?.ended)?.stdout, ["init mine undefined", ...later].join("\n"));
});

test("what workers of --workers print before they have joined and after they have left is shown", async () => {
  const run = startCli(["run", "locustfile.ts", "--workers", "1", "--processes", "1", ...LOAD, "--tenant", "acme"], {
    cwd: writeFiles({ "locustfile.ts": WITH_OPTION }),
  });
  const { stdout } = await run.ended;
  for (const name of ["init", "testStart", "quitting"]) {
    assert.equal(stdout.split(`${name} acme http://system.invalid\n`).length, 2, stdout);
  }
});

test("a worker refuses an option that nobody knows, and says where those of a locustfile are given", async () => {
  const refused = async (args: readonly string[]) =>
    await startCli(["worker", ...args], { cwd: writeFiles({ "locustfile.ts": WITH_OPTION }) }).ended;
  const without = await refused(["--tenant", "acme"]);
  assert.equal(without.code, 2);
  assert.match(
    without.stderr,
    /Cannot use --tenant: .*an option of the locustfile is given to the master, which passes it on/,
  );
  const own = await refused(["-f", "locustfile.ts", "--tenat", "acme"]);
  assert.equal(own.code, 2);
  assert.match(own.stderr, /Cannot use --tenat: .*Did you mean "--tenant"\?/);
});

test("workers of --workers log to the --logfile of their master, and nowhere with --skip-log-setup", async () => {
  const cwd = writeFiles({ "locustfile.ts": WITH_OPTION });
  const run = async (...args: readonly string[]) =>
    await startCli(["run", "locustfile.ts", "--workers", "1", "--processes", "1", ...LOAD, ...args], { cwd }).ended;
  const logged = await run("--logfile", "run.log");
  assert.equal(logged.stderr, "");
  const log = readFileSync(join(cwd, "run.log"), "utf8");
  for (const line of [/ master\/INFO.*All users spawned/, / worker \S+\/INFO.*Joined the master/]) {
    assert.equal(log.split("\n").filter((each) => line.test(each)).length, 1, log);
  }
  const { stdout, stderr } = await run("--skip-log-setup");
  assert.equal(stderr, "");
  assert.match(stdout, /^init none http:\/\/system\.invalid$/m);
});

test("a worker that dials what is no master says which port it needs", async () => {
  const stranger = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  const address = stranger.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const worker = startCli(["worker", "--master-port", String(port), "--processes", "1"], { cwd: writeFiles({}) });
  try {
    await worker.waitFor("check that --master-port is its port for workers (5557), not that of the web UI");
  } finally {
    worker.child.kill("SIGKILL");
    stranger.close();
  }
});
