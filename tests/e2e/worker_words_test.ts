// What workers of other processes say arrives as one test's word: equal exceptions are one group, prints stay where they are made.
import assert from "node:assert/strict";
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
