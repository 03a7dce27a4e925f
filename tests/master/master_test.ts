import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import { createLogger } from "../../src/base/logger.ts";
import type { ControlThread } from "../../src/control/control_thread.ts";
import type { Link, LinkEnd } from "../../src/link/link.ts";
import { createMemoryLink } from "../../src/link/memory_link.ts";
import { Journal } from "../../src/master/journal/journal.ts";
import { Master } from "../../src/master/master.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import type { ControlRequest } from "../../src/protocol/control_message.ts";
import type { UserMessage } from "../../src/protocol/user_message.ts";
import type { ToMaster, ToWorker } from "../../src/protocol/worker_message.ts";
import { deltaOf } from "../support/deltas.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { PLAN } from "../support/pool_fixture.ts";

const ONE = { method: "GET", name: "/", ms: 5, bytes: 10, failure: undefined, intervalMs: 0 };

/** The other end of a worker's link, played by the test. */
class PlayedWorker {
  readonly heard: ToWorker[] = [];
  readonly ends: LinkEnd[] = [];
  readonly #link: Link<ToWorker, ToMaster>;

  constructor(link: Link<ToWorker, ToMaster>) {
    this.#link = link;
    link.open({ message: (message) => void this.heard.push(message), ended: (end) => void this.ends.push(end) });
  }

  async say(message: ToMaster): Promise<void> {
    this.#link.send(message);
    await settle();
  }

  async hangUp(): Promise<void> {
    this.#link.close("cable cut");
    await settle();
  }

  kinds(): string[] {
    return this.heard.map(({ kind }) => kind).filter((kind) => kind !== "heartbeat");
  }
}

function createBench() {
  const clock = new FakeClock();
  const logged: string[] = [];
  const events: RunEvent[] = [];
  const asked: ControlRequest[] = [];
  const said: [UserMessage, unknown][] = [];
  const ask = (request: ControlRequest) => (asked.push(request), Promise.resolve(null));
  const master = new Master({
    clock,
    logger: createLogger({ name: "t", wallMs: () => 0, sink: ({ message }) => void logged.push(message) }),
    control: { ask, tell() {} } as unknown as ControlThread,
    locustfile: {
      hash: "own",
      userClasses: ["Shopper"],
      message: () => Promise.resolve({ kind: "locustfile", hash: "own", source: "code", files: [] }),
    },
    events: (event) => void events.push(event),
    onUserMessage: (message, source) => void said.push([message, source]),
  });
  master.start();
  const accept = (link: Link<ToMaster, ToWorker>, workerId: string) =>
    master.accept(link, { protocol: [1, 0], version: "test", workerId, host: "h", threads: 1 });
  const dial = (workerId: string): PlayedWorker => {
    const [ours, theirs] = createMemoryLink<ToWorker, ToMaster>();
    const worker = new PlayedWorker(theirs);
    accept(ours, workerId);
    return worker;
  };
  const join = async (workerId: string): Promise<PlayedWorker> => {
    const worker = dial(workerId);
    await worker.say({ kind: "ready", locustfileHash: "own", userClasses: ["Shopper"] });
    return worker;
  };
  const begin = async (workers: readonly PlayedWorker[], journal?: Journal) => {
    const prepared = master.prepareRun({
      plan: PLAN,
      classes: [{ name: "Shopper", weight: 1, fixedCount: 0 }],
      load: { kind: "users", users: 2, spawnRate: 100 },
      locustfile: "shop.ts",
      version: "test",
    }, journal);
    const begun = master.beginRun(prepared, () => undefined, new AbortController().signal);
    await settle();
    for (const worker of workers) {
      const latest = worker.heard.findLast((message) => message.kind === "assign");
      if (latest?.kind === "assign") await worker.say({ ...latest, kind: "applied" });
    }
    await begun;
    return prepared.run;
  };
  return { clock, master, logged, events, asked, said, accept, dial, join, begin };
}

const stats = (seq: number, runId: string = PLAN.runId): ToMaster => ({
  kind: "stats",
  runId,
  seq,
  spanMs: 1000,
  delta: deltaOf([ONE, ONE]),
});

test("Master: a worker that has declared its classes is ready, is reported, and fires workerConnect", async () => {
  const { master, events, asked, join } = createBench();
  const waiting = master.waitForWorkers(1, 10_000, new AbortController().signal);
  await join("w1");
  assert.equal(await waiting, true);
  assert.deepEqual(events.map(({ kind }) => kind), ["workerJoined"]);
  assert.ok(asked.some((request) => request.kind === "event" && request.name === "workerConnect"));
});

test("Master.waitForWorkers() gives up after its time", async () => {
  const { master, clock } = createBench();
  const waiting = master.waitForWorkers(1, 5000, new AbortController().signal);
  await clock.advance(5000);
  assert.equal(await waiting, false);
});

test("Master sends its locustfile to a worker that has none, and sends one away whose classes differ", async () => {
  const { logged, dial } = createBench();
  const empty = dial("w1");
  await empty.say({ kind: "ready", locustfileHash: "", userClasses: [] });
  assert.deepEqual(empty.kinds(), ["locustfile"]);
  const other = dial("w2");
  await other.say({ kind: "ready", locustfileHash: "other", userClasses: ["Stranger"] });
  assert.deepEqual(other.kinds(), ["refused"]);
  assert.equal(other.ends.length, 1);
  assert.match(logged.join("\n"), /Refused worker w2: /);
});

test("Master.accept(): a newer link of a worker replaces the older one, whose messages no longer count", async () => {
  const { master, join, begin } = createBench();
  const older = await join("w1");
  const run = await begin([older]);
  const newer = await join("w1");
  assert.equal(older.ends.length, 1);
  await older.say(stats(1));
  assert.equal(run.snapshot().total.requests, 0);
  await newer.say(stats(1));
  assert.equal(run.snapshot().total.requests, 2);
  assert.equal(master.roster.list().length, 1);
});

test("Master counts a repeated delta once, acknowledges both, and dismisses that of another run", async () => {
  const { clock, logged, join, begin } = createBench();
  const worker = await join("w1");
  const run = await begin([worker]);
  await worker.say(stats(1));
  await worker.say(stats(1));
  await clock.advance(1000);
  assert.equal(run.snapshot().total.requests, 2);
  assert.ok(worker.heard.some((message) => message.kind === "ack" && message.seq === 1));
  await worker.say(stats(4, "another"));
  assert.equal(run.snapshot().total.requests, 2);
  assert.ok(worker.heard.some((message) => message.kind === "ack" && message.runId === "another" && message.seq === 4));
  assert.match(
    logged.join("\n"),
    /delivered counts of run another, which is not the current run; they are not counted/,
  );
});

test("Master acknowledges what its journal does not hold yet as a run stops, so that nobody's last counts wait for the next tick", async () => {
  const folder = mkdtempSync(joinPath(tmpdir(), "master-"));
  const { clock, join, begin } = createBench();
  const logger = createLogger({ name: "j", wallMs: () => 0, sink: ({ message }) => assert.fail(message) });
  const journal = await Journal.open({ path: joinPath(folder, "run"), mode: "new", program: "test", clock, logger });
  try {
    const worker = await join("w1");
    const run = await begin([worker], journal);
    await worker.say(stats(1));
    assert.ok(!worker.kinds().includes("ack"), "while the run goes on, the journal is written with each tick");
    run.stop({ kind: "iterations", of: "all", count: 2 });
    await journal.flush();
    await settle();
    assert.ok(worker.heard.some((message) => message.kind === "ack" && message.seq === 1), "no time has passed");
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true });
  }
});

test("Master names a worker once whose link ends before it is ready, unless it has said goodbye", async () => {
  const { logged, dial, join } = createBench();
  const lines = () => logged.filter((line) => line.includes("before it was ready"));
  for (let attempt = 0; attempt < 2; attempt++) await dial("w1").hangUp();
  assert.equal(lines().length, 1);
  assert.match(
    lines()[0] ?? "",
    /^The link to worker w1 from memory ended before it was ready: cable cut; its own log/,
  );
  const leaver = dial("w2");
  await leaver.say({ kind: "leaving", reason: "SIGTERM" });
  await leaver.hangUp();
  const joined = await join("w3");
  await joined.hangUp();
  assert.equal(lines().length, 1);
});

test("Master: a worker is not silent while bytes of a large message come from it", async () => {
  const { clock, master, events, accept } = createBench();
  const [ours, theirs] = createMemoryLink<ToWorker, ToMaster>();
  let bytes = 100;
  Object.defineProperty(ours, "receivedBytes", { get: () => bytes });
  const worker = new PlayedWorker(theirs);
  accept(ours, "w1");
  await worker.say({ kind: "ready", locustfileHash: "own", userClasses: ["Shopper"] });
  for (let second = 0; second < 20; second++) {
    bytes += 1000;
    await clock.advance(1000);
  }
  assert.deepEqual(events.map(({ kind }) => kind), ["workerJoined"]);
  assert.equal(master.roster.get("w1")?.state, "ready");
  await clock.advance(6000);
  assert.equal(master.roster.get("w1")?.state, "missing");
});

test("Master: a worker that falls silent is reported missing, and its users go to the others", async () => {
  const { clock, events, join, begin } = createBench();
  const [first, second] = [await join("w1"), await join("w2")];
  await begin([first, second]);
  const shopperOf = (worker: PlayedWorker) => {
    const latest = worker.heard.findLast((message) => message.kind === "assign");
    return latest?.kind === "assign" ? latest.users["Shopper"] ?? 0 : undefined;
  };
  await clock.advance(100);
  assert.deepEqual([shopperOf(first), shopperOf(second)], [1, 1]);
  const health = { cpuPercent: 0, machineCpuPercent: 0, rssBytes: 0, loopLagP99Ms: 0, latenessP99Ms: 0, hung: [] };
  for (let second = 0; second < 7; second++) {
    await first.say({ kind: "heartbeat", state: "running", users: 1, usersByClass: { Shopper: 1 }, health });
    await clock.advance(1000);
  }
  assert.ok(events.some(({ kind }) => kind === "workerMissing"), events.map(({ kind }) => kind).join());
  assert.equal(shopperOf(first), 2);
});

test("Master: a worker that was silent while it joined, or for over a minute, and is heard again, gets its link closed and joins on another", async () => {
  const { clock, master, logged, dial, join } = createBench();
  const slow = dial("w1");
  await clock.advance(6000); // its machine is busy: it loads the locustfile
  await slow.say({ kind: "ready", locustfileHash: "own", userClasses: ["Shopper"] });
  assert.equal(slow.ends.length, 1, "it would wait for a run, and the master for it, for ever");
  assert.match(logged.join("\n"), /Worker w1 was silent for too long and was given up; it must join again/);
  const again = await join("w1");
  assert.deepEqual([master.roster.readyCount, again.ends], [1, []]);
  const asleep = await join("w2");
  await clock.advance(70_000);
  assert.deepEqual([master.roster.get("w2")?.state, asleep.ends], ["gone", []]);
  await asleep.say({ kind: "ready", locustfileHash: "own", userClasses: ["Shopper"] });
  assert.equal(asleep.ends.length, 1);
  await join("w2");
  assert.equal(master.roster.get("w2")?.state, "ready");
});

test("Master: what comes behind a goodbye closes no link", async () => {
  const { master, join } = createBench();
  const worker = await join("w1");
  await worker.say({ kind: "bye", reason: "SIGTERM" });
  await worker.say(stats(1));
  assert.deepEqual([master.roster.get("w1")?.state, worker.ends], ["gone", []]);
});

test("Master passes messages of user code on with their source, and an exception of two workers once", async () => {
  const { said, join, begin } = createBench();
  const workers = [await join("w1"), await join("w2")];
  await begin(workers);
  const line = { kind: "log", level: "ERROR", logger: "locust.user", message: "A.x: no", repeats: "counted" } as const;
  for (const worker of workers) await worker.say({ kind: "userMessage", message: line });
  await workers[1]?.say({ kind: "userMessage", message: { kind: "custom", type: "hello", data: 1 } });
  assert.deepEqual(said, [
    [line, { kind: "worker", id: "w1" }],
    [{ kind: "custom", type: "hello", data: 1 }, { kind: "worker", id: "w2" }],
  ]);
});

test("Master gives each worker a sign of life a second, and says goodbye when it closes", async () => {
  const { master, clock, join } = createBench();
  const worker = await join("w1");
  await clock.advance(3000);
  assert.equal(worker.heard.filter(({ kind }) => kind === "heartbeat").length, 3);
  master.close("the run is over");
  await settle();
  assert.deepEqual(worker.heard.at(-1), { kind: "quit", reason: "the run is over" });
  assert.equal(worker.ends.length, 1);
});

test("Master: a worker that joins after the end, because it started slowly, is sent away as the others were", async () => {
  const { master } = createBench();
  master.close("the run is over");
  const [ours, theirs] = createMemoryLink<ToWorker, ToMaster>();
  const late = new PlayedWorker(theirs);
  master.accept(ours, { protocol: [1, 0], version: "test", workerId: "w1", host: "h", threads: 1 });
  ours.send({ kind: "welcome", workerIndex: 0, protocol: [1, 0], locustfileHash: "own" }); // as the handshake does then
  await settle();
  assert.deepEqual(
    late.kinds(),
    ["welcome", "quit"],
    "a worker that has no welcome yet would take the quit for a mistake",
  );
  assert.equal(late.ends.length, 1);
  assert.equal(master.roster.get("w1"), undefined);
});

test("Master: a link that breaks is reported with its reason", async () => {
  const { clock, events, master, join } = createBench();
  const worker = await join("w1");
  await worker.hangUp();
  await clock.advance(10_000);
  assert.equal(master.roster.get("w1")?.state === "ready", false);
  assert.ok(events.length > 1, events.map(({ kind }) => kind).join());
});
