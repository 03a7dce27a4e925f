// A supervisor starts the master anew with the same command line: the run that was killed goes on, and one that ended starts again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../support/free_port.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { startCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const LOCUSTFILE = `
  import { constant, FastHttpUser, task } from "locust-ts";
  export class Reader extends FastHttpUser {
    override waitTime = constant(0.1);
    @task async read() { await this.client.get("/read"); }
  }
`;

test("--auto-resume goes on with the run of a killed master, and starts anew after one that ended", async () => {
  using folder = new TempFolder({ "locustfile.ts": LOCUSTFILE });
  const system = await startCountingServer();
  const port = String(await freePort());
  const startMaster = (runTime: string) =>
    startCli([
      ...[
        "-f",
        "locustfile.ts",
        "-H",
        system.url,
        "--master",
        "--headless",
        "-u",
        "2",
        "-r",
        "2",
        "-t",
        runTime,
        "--json",
      ],
      ...["--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--journal", "run.ndjson", "--auto-resume"],
    ], { cwd: folder.path });
  const worker = startCli(["worker", "--master-host", "127.0.0.1", "--master-port", port, "--processes", "1"]);
  try {
    const killed = startMaster("8s");
    await killed.waitFor(/0:0[3-7] running.* [1-9]\d* requests/);
    killed.child.kill("SIGKILL");
    await killed.ended;

    const second = startMaster("8s");
    await second.waitFor(/Resuming the run of an earlier master: [1-9]\d* requests are counted/);
    const { code, stdout, stderr } = await second.ended;
    assert.equal(code, 0, stderr);
    const [row] = JSON.parse(stdout) as { num_requests: number }[];
    assert.equal(row?.num_requests, system.total());
    assert.equal((await worker.ended).code, 0, worker.stderr());

    const third = startMaster("1m");
    await third.waitFor(/Waiting for workers to be ready, 0 of 1 connected/);
    assert.doesNotMatch(third.stderr() + third.stdout(), /Resuming/);
    third.child.kill("SIGKILL");
    await third.ended;
  } finally {
    worker.child.kill("SIGKILL");
    await system.close();
  }
});

test("--auto-resume goes on with a killed run on one machine, and counts what comes after", async () => {
  using folder = new TempFolder({ "locustfile.ts": LOCUSTFILE });
  const system = await startCountingServer();
  const start = () =>
    startCli([
      ...["run", "locustfile.ts", "-H", system.url, "-u", "2", "-r", "2", "-t", "8s", "--processes", "1", "--json"],
      ...["--journal", "run.ndjson", "--auto-resume"],
    ], { cwd: folder.path });
  try {
    const killed = start();
    await killed.waitFor(/0:0[3-7] running.* [1-9]\d* requests/);
    const before = system.total();
    killed.child.kill("SIGKILL");
    await killed.ended;
    const lost = system.total() - before; // its last second was not in the journal yet

    const { code, stdout, stderr } = await start().ended;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /has no effect/);
    const [row] = JSON.parse(stdout) as { num_requests: number }[];
    const requests = row?.num_requests ?? 0;
    assert.ok(requests > before, `${requests} requests are counted, ${before} were before`);
    assert.ok(system.total() - requests <= lost + 40, `${requests} of ${system.total()} requests are counted`);
  } finally {
    await system.close();
  }
});
