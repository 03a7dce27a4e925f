import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MasterQuestions } from "../../../src/control/master_questions.ts";
import { leaseOf } from "../../../src/user/cluster/lease.ts";
import { AskCluster } from "../../support/ask_cluster.ts";
import { settle } from "../../support/fake_clock.ts";

const NAME = "rows";

/** Users that draw numbers until all are used up. */
class Drawers {
  readonly drawn: number[] = [];
  ended = 0;
  readonly #cluster: AskCluster;
  readonly #size: number | undefined;

  constructor(cluster: AskCluster, size: number | undefined) {
    this.#cluster = cluster;
    this.#size = size;
  }

  lease(master: MasterQuestions) {
    return leaseOf({ name: NAME, size: this.#size, master, what: "get a row" });
  }

  async draw(master: MasterQuestions, pauseMs: number): Promise<void> {
    const lease = this.lease(master);
    for (;;) {
      const number = await lease.next();
      if (number === undefined) break;
      this.drawn.push(number);
      await this.#cluster.clock.sleep(pauseMs);
    }
    this.ended++;
  }
}

test("Lease.next() gives each number once over all threads and workers, at once where one is at hand", async () => {
  const cluster = new AskCluster({ workers: 2, threads: 2 });
  const drawers = new Drawers(cluster, 500);
  for (const thread of cluster.threads) for (let user = 0; user < 5; user++) void drawers.draw(thread, 20);
  await cluster.clock.advance(10_000);
  assert.equal(drawers.ended, 20);
  assert.deepEqual(drawers.drawn.toSorted((a, b) => a - b), Array.from({ length: 500 }, (_, index) => index));
  const [progress] = cluster.master.progress();
  assert.deepEqual(progress, { name: NAME, size: 500, used: 500, left: 0, unsure: 0 });
});

test("Lease.next() gives each number once, and all of them, whatever the links lose", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 300 })), {
        maxLength: 12,
      }),
      fc.integer({ min: 1, max: 300 }),
      async (breaks, size) => {
        const cluster = new AskCluster({ workers: 3, threads: 2, delayMs: 7 });
        const drawers = new Drawers(cluster, size);
        for (const thread of cluster.threads) for (let user = 0; user < 2; user++) void drawers.draw(thread, 30);
        for (const [index, afterMs, awayMs] of breaks) {
          await cluster.clock.advance(afterMs);
          const worker = cluster.workers[index];
          if (worker === undefined) continue;
          cluster.disconnect(worker);
          await cluster.clock.advance(awayMs);
          cluster.connect(worker);
        }
        await cluster.clock.advance(60_000);
        assert.equal(drawers.ended, 12);
        assert.deepEqual(drawers.drawn.toSorted((a, b) => a - b), Array.from({ length: size }, (_, number) => number));
      },
    ),
    { numRuns: 30 },
  );
});

test("Lease gives back what nobody asked for: at the end of the run, and after a second without a caller", async () => {
  const cluster = new AskCluster({ workers: 2, threads: 1 });
  const [first, second] = cluster.threads as [MasterQuestions, MasterQuestions];
  const drawers = new Drawers(cluster, 40);
  const lease = drawers.lease(first);
  const burst = Array.from({ length: 10 }, () => Promise.resolve(lease.next()));
  await cluster.clock.advance(10);
  assert.deepEqual((await Promise.all(burst)).toSorted((a, b) => Number(a) - Number(b)), [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
  ]);
  await cluster.clock.advance(3000);
  assert.deepEqual(cluster.master.progress()[0]?.used, 10, "the rest went back");
  void drawers.draw(second, 10);
  await cluster.clock.advance(5000);
  assert.equal(drawers.drawn.length, 30);
  assert.equal(drawers.ended, 1);
});

test("Lease tells its owner once what nobody asked for has gone back, and not at the end of the run", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [thread] = cluster.threads as [MasterQuestions];
  let given = 0;
  const lease = leaseOf({ name: NAME, size: 40, master: thread, what: "get a row", onGivenBack: () => given++ });
  const burst = Array.from({ length: 10 }, () => Promise.resolve(lease.next()));
  await cluster.clock.advance(10);
  await Promise.all(burst);
  await cluster.clock.advance(500);
  assert.equal(given, 0);
  await cluster.clock.advance(3000);
  assert.equal(given, 1);
  assert.ok(lease.isEmpty);
  lease.close();
  assert.equal(given, 1);
});

test("Lease of a worker that is lost: none of its numbers twice, those that it may not have used are counted", async () => {
  const cluster = new AskCluster({ workers: 2, threads: 1 });
  const [lost] = cluster.workers;
  assert.ok(lost !== undefined);
  const drawers = new Drawers(cluster, 400);
  for (const thread of cluster.threads) for (let user = 0; user < 4; user++) void drawers.draw(thread, 20);
  await cluster.clock.advance(400);
  const before = drawers.drawn.length;
  cluster.lose(lost);
  const drawnByLost = new Set(drawers.drawn);
  await cluster.clock.advance(20_000);
  assert.equal(new Set(drawers.drawn).size, drawers.drawn.length);
  assert.ok(drawers.drawn.length > before && drawnByLost.size > 0);
  const [progress] = cluster.master.progress();
  const missing = 400 - drawers.drawn.length;
  assert.equal(progress?.left, 0);
  assert.ok(progress !== undefined && progress.unsure >= missing, `${missing} are missing, ${progress?.unsure} unsure`);
});

test("Lease of a feed without end continues for ever, in blocks of about a second", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [thread] = cluster.threads as [MasterQuestions];
  const drawers = new Drawers(cluster, undefined);
  void drawers.draw(thread, 1);
  await cluster.clock.advance(3000);
  assert.ok(drawers.drawn.length > 2900, String(drawers.drawn.length));
  const [progress] = cluster.master.progress();
  assert.ok(progress !== undefined && progress.used - drawers.drawn.length < 1500, JSON.stringify(progress));
});

test("Lease.next() rejects with the reason of its signal, and its number is left for others", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [thread] = cluster.threads as [MasterQuestions];
  const lease = new Drawers(cluster, 1).lease(thread);
  const stop = new AbortController();
  const drawn = Promise.resolve(lease.next(stop.signal));
  drawn.catch(() => {});
  stop.abort(new Error("stopped"));
  await assert.rejects(drawn, /stopped/);
  const next = Promise.resolve(lease.next());
  await cluster.clock.advance(50);
  assert.equal(await next, 0);
});

test("MasterQuestions reject at their time limit with what is the case, and when the run is over", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [worker] = cluster.workers;
  const [thread] = cluster.threads as [MasterQuestions];
  assert.ok(worker !== undefined);
  const lease = { kind: "lease", name: "one", size: 1, want: 1, used: 0 } as const;
  await settle();
  cluster.disconnect(worker);
  const away = assert.rejects(thread.ask(lease, { what: "get a row", timeoutMs: 2000 }), {
    code: "master_away",
    message: "Cannot get a row: the master is not connected; try again when it is back",
  });
  await cluster.clock.advance(2500);
  await away;
  const over = assert.rejects(thread.ask(lease, { what: "get a row" }), { code: "run_over" });
  thread.end();
  await over;
  await assert.rejects(thread.ask(lease, { what: "get a row" }), { code: "run_over" });
});

test("PendingAsks refuse a question where the master is of an older version", async () => {
  const cluster = new AskCluster({ workers: 1, threads: 1 });
  const [worker] = cluster.workers;
  const [thread] = cluster.threads as [MasterQuestions];
  worker?.pending.repeat(1);
  await assert.rejects(
    thread.ask({ kind: "lease", name: "one", size: 1, want: 1, used: 0 }, { what: "get a row" }),
    /Cannot get a row: the master is of an older version/,
  );
});

test("Lease.next() gives each number once, and all of them, also while masters are killed and resumed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2000 })), { maxLength: 6 }),
      fc.integer({ min: 1, max: 300 }),
      async (kills, size) => {
        const cluster = new AskCluster({ workers: 2, threads: 2, delayMs: 3, journalMs: 11 });
        const drawers = new Drawers(cluster, size);
        for (const thread of cluster.threads) for (let user = 0; user < 2; user++) void drawers.draw(thread, 25);
        for (const [afterMs, awayMs] of kills) {
          await cluster.clock.advance(afterMs);
          cluster.killMaster();
          await cluster.clock.advance(awayMs);
          cluster.resumeMaster();
        }
        await cluster.clock.advance(60_000);
        assert.equal(drawers.ended, 8);
        assert.deepEqual(drawers.drawn.toSorted((a, b) => a - b), Array.from({ length: size }, (_, number) => number));
      },
    ),
    { numRuns: 30 },
  );
});
