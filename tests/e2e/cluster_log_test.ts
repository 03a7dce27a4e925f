// The logs of a cluster: each line names the node it comes from, and a worker says what it does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep } from "../support/cluster.ts";
import { freePort } from "../support/free_port.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

const LOCUSTFILE = `
import { constant, task, User } from "locust-ts";
export class Clumsy extends User {
  override waitTime = constant(0.2);
  @task stumble() {
    this.environment.events.request.fire({ requestType: "TRY", name: "walk", responseTime: 1, responseLength: 0, exception: null });
    throw new Error("over a stone");
  }
}
`;

test("log lines of a cluster name master and worker, a worker logs its activity each 10 s, and an exception once", async () => {
  const port = String(await freePort());
  const cwd = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const address = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port];
  const load = ["-u", "4", "-r", "4", "-t", "12s", "--only-summary", "--journal", "none"];
  const master = startCli(["run", "locustfile.ts", "--master", ...address, ...load], { cwd });
  const worker = startCli(["worker", "--master-port", port, "--processes", "2", "--worker-name", "w1"], {
    cwd: writeFiles({}),
  });
  const own = await worker.ended;
  const { stderr } = await master.ended;
  await sleep(0);
  for (const line of own.stderr.split("\n").filter((each) => each.startsWith("["))) {
    assert.match(line, /^\[[^\]]+\] \S+ worker w1\/[A-Z]+\/locust/);
  }
  assert.match(
    own.stderr,
    /worker w1\/INFO\/locust\.runners: 4 users, \d+ requests \(\d+\.\d\/s\) and 0 failures in the last 10 s/,
  );
  const lines = stderr.split("\n").filter((each) => each.startsWith("["));
  for (const line of lines) assert.match(line, /^\[[^\]]+\] \S+ (master|worker w1_\S+)\/[A-Z]+\/locust/);
  for (const log of [own.stderr, stderr]) {
    assert.equal(log.match(/ worker w1\S*\/ERROR\/.*Clumsy\.stumble: Error: over a stone/g)?.length, 1, log);
    assert.equal(log.match(/Clumsy: further exceptions like "Error: over a stone" are counted/g)?.length, 1, log);
  }
  assert.match(stderr, /Joined|reported as ready/);
});
