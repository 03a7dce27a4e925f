import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../../src/base/logger.ts";
import { createMemoryLink } from "../../src/link/memory_link.ts";
import type { FromThread, ToThread } from "../../src/protocol/thread_message.ts";
import type { ToMaster, ToWorker } from "../../src/protocol/worker_message.ts";
import { openThreadPool } from "../../src/worker/pool/thread_pool.ts";
import { startThreads } from "../../src/worker/pool/start_threads.ts";
import { Worker } from "../../src/worker/worker.ts";
import { deltaOf } from "../support/deltas.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { DESCRIPTION, PLAN } from "../support/pool_fixture.ts";
import { ofKind, ScriptedThreads } from "../support/scripted_threads.ts";

const MASTER_TIMEOUT_MS = 30_000;

/** A worker with one scripted thread, and everything that it sent to its master. */
async function openWorker() {
  const clock = new FakeClock();
  const scripted = new ScriptedThreads<ToThread, FromThread>();
  const logged: string[] = [];
  const logger = createLogger({ name: "t", wallMs: () => 0, sink: ({ message }) => void logged.push(message) });
  const worker = new Worker({
    clock,
    logger,
    meter: { read: () => ({ cpuPercent: 0, machineCpuPercent: 0, rssBytes: 0 }) },
    limits: { read: () => ({}) },
    masterTimeoutMs: MASTER_TIMEOUT_MS,
    onLog: ({ message }) => void logged.push(message),
    source: {
      own: async (receiver) => ({
        hash: "own",
        pool: await openThreadPool({
          handles: startThreads({ count: 1, entry: new URL("file:///t.ts"), startThread: scripted.startThread }),
          source: { files: ["/tests/locustfile.ts"] },
          options: {},
          workerId: "w1",
          workerIndex: 0,
          logLevel: "INFO",
          logger,
          clock,
          receiver,
        }),
      }),
      shipped: () => Promise.reject(new Error("this worker has its own file")),
    },
  });
  const started = worker.start();
  await settle();
  const thread = scripted.at(0);
  thread.say({ kind: "loaded", description: DESCRIPTION, activities: [""], socket: "runtime" });
  await started;
  const join = async () => {
    const sent: ToMaster[] = [];
    const [master, end] = createMemoryLink<ToWorker, ToMaster>();
    master.open({ message: (message) => void sent.push(message), ended() {} });
    worker.attach(end);
    await settle();
    return {
      sent,
      kinds: () => sent.map(({ kind }) => kind).filter((kind) => kind !== "heartbeat"),
      async say(message: ToWorker) {
        master.send(message);
        await settle();
      },
      async cut() {
        master.close("cut by the test");
        await settle();
      },
    };
  };
  /** Begins the run with two users, which the thread takes. */
  const run = async (master: Awaited<ReturnType<typeof join>>, epoch = 1) => {
    await master.say({ kind: "startRun", plan: PLAN });
    await master.say({ kind: "assign", runId: PLAN.runId, epoch, users: { Shopper: 2 }, fresh: { Shopper: [0, 1] } });
    const assigned = ofKind(thread.told, "assign").at(-1);
    if (assigned !== undefined) thread.say({ ...assigned, kind: "applied" });
    await settle();
  };
  const endUsers = async () => {
    thread.say({ kind: "stopped", runId: PLAN.runId, leftBehind: 0 });
    await settle();
  };
  return { clock, worker, thread, logged, join, run, endUsers };
}

test("Worker declares itself, applies an assignment, and reports the end of a run that its master stops", async () => {
  const { worker, thread, join, run, endUsers } = await openWorker();
  const master = await join();
  await run(master);
  await master.say({ kind: "stop", runId: PLAN.runId });
  assert.equal(ofKind(thread.told, "stop").length, 1);
  assert.deepEqual(master.kinds(), ["ready", "applied"]);
  await endUsers();
  assert.deepEqual(master.kinds(), ["ready", "applied", "stopped"]);
  await master.say({ kind: "assign", runId: PLAN.runId, epoch: 2, users: { Shopper: 5 }, fresh: {} });
  assert.equal(ofKind(thread.told, "assign").length, 1, "a run that has ended takes no users");
  worker.leave("SIGTERM");
  await worker.left;
});

test("Worker without a master keeps its users for a while, then ends them, and the same run may begin again", async () => {
  const { clock, thread, logged, join, run, endUsers } = await openWorker();
  const first = await join();
  await run(first);
  await first.cut();
  await clock.advance(MASTER_TIMEOUT_MS - 1);
  assert.equal(ofKind(thread.told, "stop").length, 0);
  await clock.advance(1);
  assert.equal(ofKind(thread.told, "stop").length, 1);
  assert.match(logged.join("\n"), /No master for 30 s: the load stops here/);
  await endUsers();
  const second = await join();
  assert.deepEqual(second.kinds(), ["ready"], "its end is not reported: no master asked for it");
  await run(second, 2);
  assert.deepEqual(second.kinds(), ["ready", "applied"]);
});

test("Worker that leaves ends its users, takes no new ones, and says goodbye after its last numbers", async () => {
  const { worker, thread, join, run, endUsers } = await openWorker();
  const master = await join();
  await run(master);
  worker.leave("SIGTERM");
  worker.leave("SIGINT");
  await master.say({ kind: "assign", runId: PLAN.runId, epoch: 2, users: { Shopper: 5 }, fresh: {} });
  assert.equal(ofKind(thread.told, "assign").length, 1);
  await endUsers();
  await worker.left;
  await settle();
  assert.deepEqual(master.kinds(), ["ready", "applied", "leaving", "stopped", "bye"]);
  assert.deepEqual(ofKind(master.sent, "bye"), [{ kind: "bye", reason: "SIGTERM" }]);
});

test("Worker says once per link that the master does not confirm what it has sent", async () => {
  const { clock, thread, logged, join, run } = await openWorker();
  const master = await join();
  await run(master);
  const delta = deltaOf([{ method: "GET", name: "/", ms: 5, bytes: 10, failure: undefined, intervalMs: 0 }]);
  const health = { loopLagP99Ms: 0, latenessP99Ms: 0, users: { Shopper: 2 } };
  thread.say({ kind: "delta", runId: PLAN.runId, delta, health, pace: "due" });
  await clock.advance(10_000);
  const lines = () => logged.filter((line) => line.startsWith("The master has not confirmed figures"));
  assert.deepEqual(lines(), []);
  await clock.advance(20_000);
  assert.equal(lines().length, 1);
  assert.match(lines()[0] ?? "", /for 1[56] s: .* keeps them until the master has them/);
  await master.cut();
  const again = await join();
  await again.say({ kind: "ack", runId: PLAN.runId, seq: 1 });
  await clock.advance(20_000);
  assert.equal(lines().length, 1);
});

test("Worker bounds the custom messages of its users and logs how many it dropped, here and at the master", async () => {
  const { clock, thread, logged, join, run } = await openWorker();
  const master = await join();
  await run(master);
  const before = master.sent.length;
  for (let data = 0; data < 20_005; data++) {
    thread.say({ kind: "userMessage", message: { kind: "custom", type: "t", data } });
  }
  await settle();
  assert.equal(master.sent.length - before, 20_000);
  await clock.advance(1000);
  assert.match(logged.join("\n"), /Dropped 5 custom messages of worker w1/);
  assert.match(JSON.stringify(master.sent.slice(before + 20_000)), /Dropped 5 custom messages of worker w1/);
});

test("Worker has what its threads say alike once in its own log", async () => {
  const { thread, logged, join, run } = await openWorker();
  const master = await join();
  const warn = () =>
    thread.say({
      kind: "userMessage",
      message: { kind: "log", level: "WARNING", logger: "u", message: "all in use", repeats: "counted" },
    });
  await run(master);
  warn();
  warn();
  await settle();
  assert.equal(logged.filter((line) => line === "all in use").length, 1);
});

test("Worker bounds the log lines that it sends and keeps all in its own log", async () => {
  const { clock, thread, logged, join, run } = await openWorker();
  const master = await join();
  await run(master);
  const before = master.sent.length;
  for (let i = 0; i < 5002; i++) {
    thread.say({ kind: "userMessage", message: { kind: "log", level: "INFO", logger: "u", message: `line ${i}` } });
  }
  await settle();
  assert.equal(master.sent.length - before, 5000);
  assert.equal(logged.filter((line) => line.startsWith("line ")).length, 5002);
  await clock.advance(1000);
  assert.match(JSON.stringify(master.sent.slice(before + 5000)), /Dropped 2 log lines of worker w1/);
});
