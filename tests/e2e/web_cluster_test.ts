/** The web UI of a master whose workers are processes of their own: they join, one is lost, one leaves, runs are edited meanwhile. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { type CliProcess, startCli } from "../support/run_cli.ts";
import { openWeb, type WebRunState } from "../support/web_process.ts";

interface Worker {
  readonly id: string;
  readonly state: string;
  readonly users: number;
  readonly requests: number;
  readonly incidents: readonly string[];
}

/** A master with the web UI, and a way to start workers for it. */
async function openMaster(args: readonly string[]) {
  const web = await openWeb(["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", "0", ...args]);
  await web.cli.waitFor(/Waiting for workers|[Ll]istening|port \d+/).catch(() => {});
  const workers: CliProcess[] = [];
  const port = /(?:127\.0\.0\.1:|port )(\d+)/g;
  const masterPort = [...web.cli.stderr().matchAll(port)].map(([, digits]) => Number(digits))
    .find((each) => each !== Number(new URL(web.url).port));
  return {
    ...web,
    addWorker(name: string): CliProcess {
      const worker = startCli(
        ["--worker", "--master-host", "127.0.0.1", "--master-port", String(masterPort), "--worker-name", name],
        { cwd: web.cwd },
      );
      workers.push(worker);
      return worker;
    },
    async workers(isThere: (workers: readonly Worker[]) => boolean): Promise<readonly Worker[]> {
      for (let i = 0; i < 300; i++) {
        const { workers: list } = await (await web.ask("GET", "/api/v1/workers")).json() as { workers: Worker[] };
        if (isThere(list)) return list;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error("the workers did not get there");
    },
    async count(): Promise<number> {
      const answer = await (await web.ask("GET", "/worker-count")).json() as { worker_count: number };
      return answer.worker_count;
    },
    async close() {
      const result = await web.end();
      for (const worker of workers) worker.child.kill("SIGKILL");
      return result;
    },
  };
}

const usersOf = (workers: readonly Worker[]) => workers.reduce((sum, { users }) => sum + users, 0);

test("workers join before and during a run; edits reach all of them", async () => {
  const master = await openMaster(["--journal", "none"]);
  assert.equal(await master.count(), 0);
  master.addWorker("w1");
  while (await master.count() < 1) await new Promise((resolve) => setTimeout(resolve, 50));
  // before the first run
  const [waiting] = await master.workers((list) => list.length === 1);
  assert.match(waiting?.id ?? "", /w1/);
  const locust = await (await master.ask("GET", "/stats/requests")).json() as { workers: { id: string }[] };
  assert.equal(locust.workers[0]?.id, waiting?.id);
  const { readyWorkers } = await (await master.ask("GET", "/api/v1/run")).json() as { readyWorkers: number };
  assert.equal(readyWorkers, 1);
  await master.ask("POST", "/api/v1/run", { users: 4, spawnRate: 50 });
  await master.until(({ state, users }) => state === "running" && users === 4);
  master.addWorker("w2");
  const shared = await master.workers((list) => list.length === 2 && list.every(({ users }) => users === 2));
  assert.equal(usersOf(shared), 4);
  await master.ask("PATCH", "/api/v1/run", { users: 9, spawnRate: 50 });
  await master.until(({ users }) => users === 9);
  await master.workers((list) => usersOf(list) === 9 && list.every(({ users }) => users >= 4));
  const { markers } = await (await master.ask("GET", "/api/v1/snapshot")).json() as {
    markers: { kind: string; text: string }[];
  };
  assert.ok(markers.some(({ kind, text }) => kind === "worker" && /w2.*joined/.test(text)));
  await master.ask("POST", "/api/v1/run/stop");
  const after = await master.workers((list) => list.every(({ requests }) => requests > 0));
  const { total } = await (await master.ask("GET", "/api/v1/snapshot")).json() as { total: { requests: number } };
  assert.equal(after.reduce((sum, { requests }) => sum + requests, 0), total.requests);
  assert.equal((await master.close()).code, 0);
});

test("a worker that is killed is missing, its users go to the other, and the run says so", async () => {
  const master = await openMaster(["--journal", "none", "--expect-workers", "2"]);
  const first = master.addWorker("w1");
  master.addWorker("w2");
  await master.ask("POST", "/api/v1/run", { users: 6, spawnRate: 50 });
  await master.until(({ state, users }) => state === "running" && users === 6);
  const events = await fetch(`${master.url}/api/v1/events`);
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
  first.child.kill("SIGKILL");
  let text = "";
  while (!/event: worker\ndata: \{[^\n]*w1[^\n]*"change":"(?:missing|left)"/.test(text)) {
    const { value, done } = await reader.read();
    assert.equal(done, false);
    text += value ?? "";
  }
  await reader.cancel();
  const left = await master.workers((list) => list.some(({ id, users }) => id.includes("w2") && users === 6));
  assert.notEqual(left.find(({ id }) => id.includes("w1"))?.state, "running");
  await master.ask("POST", "/api/v1/run/stop");
  const { verdict } = await master.until(({ state }) => state === "stopped");
  assert.notEqual(verdict?.kind, "valid");
  await master.close();
});

test("a start without workers waits for them; a stop ends the wait", async () => {
  const master = await openMaster(["--journal", "none"]);
  await master.ask("POST", "/api/v1/run", { users: 1 });
  await master.until(({ state }) => state === "spawning");
  const stop = async () => {
    const { state, exitCode } = await (await master.ask("POST", "/api/v1/run/stop")).json() as WebRunState;
    assert.deepEqual([state, exitCode], ["stopped", 0]);
  };
  await stop();
  for (let i = 0; i < 5; i++) { // at once: the run opens its files, and waits for nobody yet
    await master.ask("POST", "/api/v1/run", { users: 1 });
    await stop();
  }
  master.addWorker("w1");
  while (await master.count() < 1) await new Promise((resolve) => setTimeout(resolve, 50));
  await master.ask("POST", "/api/v1/run", { users: 1, runTime: 2 });
  await master.until(({ state, exitCode }) => state === "stopped" && exitCode === 0);
  await master.close();
});
