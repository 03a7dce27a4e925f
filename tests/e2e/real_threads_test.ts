/**
 * The pool with real Web Workers and locustfiles on disk: what only real threads can show (a task that blocks its loop, imports,
 * errors that nobody caught). Runs under Bun and Deno alike.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { createLogger } from "../../src/base/logger.ts";
import { startThread } from "../../src/platform/threads/threads.ts";
import type { DeltaMessage } from "../../src/protocol/delta_message.ts";
import { DeltaAccumulator } from "../../src/stats/recording/delta_accumulator.ts";
import type { LeftBehind } from "../../src/worker/pool/pool_run.ts";
import { openThreadPool, type ThreadPool } from "../../src/worker/pool/thread_pool.ts";
import { startThreads } from "../../src/worker/pool/start_threads.ts";
import { PLAN } from "../support/pool_fixture.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ENTRY = new URL("../../src/thread/thread_main.ts", import.meta.url);
/** Hanging is noticed after 2 s and ended after 6: `bun test` gives 5. */
const PATIENT = { timeout: 60_000 };
const API = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);

/** Real threads, what they told, and a way to await it. */
class RealPool {
  readonly logged: string[] = [];
  requests = 0;
  readonly #counts = new DeltaAccumulator({});
  readonly #stopped = Promise.withResolvers<readonly LeftBehind[]>();
  #pool: ThreadPool | undefined;

  async open(file: string, threads: number): Promise<ThreadPool> {
    const log = (message: string) => void this.logged.push(message);
    this.#pool = await openThreadPool({
      handles: startThreads({ count: threads, entry: ENTRY, startThread }),
      source: { files: [file] },
      options: {},
      workerId: "w1",
      workerIndex: 0,
      logLevel: "INFO",
      logger: createLogger({ name: "t", wallMs: () => 0, sink: ({ message }) => log(message) }),
      clock: systemClock,
      receiver: {
        delta: (_runId, delta) => {
          this.#counts.add(delta, 0);
          for (const { requests } of delta.entries) this.requests += requests;
        },
        applied: () => {},
        arrivalsHeld: () => {},
        stopped: (_runId, leftBehind) => this.#stopped.resolve(leftBehind),
        userMessage: (message) => message.kind === "log" ? log(message.message) : undefined,
        threadGone: () => {},
        failed: (problem) => log(problem),
      },
    });
    return this.#pool;
  }

  /** Begins a run with this many users of a class. */
  start(className: string, users: number): void {
    this.#pool?.startRun({ ...PLAN, userClasses: [className] });
    const indexes = Array.from({ length: users }, (_, index) => index);
    this.#pool?.assign("run-1", 1, { [className]: users }, { [className]: indexes });
  }

  /** Ends the run; resolves with what was left behind and all that was counted. */
  async stop(): Promise<{ leftBehind: readonly LeftBehind[]; counts: DeltaMessage | undefined }> {
    this.#pool?.stop("run-1");
    const leftBehind = await this.#stopped.promise;
    return { leftBehind, counts: this.#counts.take(0) };
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await systemClock.sleep(20);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]();
  }
}

test("ThreadPool in real threads runs users on every thread and counts what each of them did", PATIENT, async () => {
  using folder = new TempFolder({
    "locustfile.ts": `
      import { constant, StopUser, User, task } from ${API};
      export class Counter extends User {
        override waitTime = constant(0);
        done = 0;
        @task work() {
          this.environment.events.request.fire({ requestType: "GET", name: "/n", responseTime: 1, responseLength: 1 });
          if (++this.done === 10) throw new StopUser();
        }
      }`,
  });
  await using real = new RealPool();
  const pool = await real.open(folder.at("locustfile.ts"), 2);
  assert.deepEqual(pool.description.userClasses.map(({ name }) => name), ["Counter"]);
  real.start("Counter", 30);
  await real.until(() => real.requests >= 300);
  const { leftBehind, counts } = await real.stop();
  assert.deepEqual(leftBehind, []);
  assert.deepEqual(counts?.entries.map(({ name, requests }) => [name, requests]), [["/n", 300]]);
});

test(
  "ThreadPool in real threads names the task that never awaits, and ends the run without its thread",
  PATIENT,
  async () => {
    using folder = new TempFolder({
      "locustfile.ts": `
      import { constant, User, task } from ${API};
      export class Spinner extends User {
        override waitTime = constant(0.05);
        @task spin() { if (this.index === 0) for (;;); }
      }`,
    });
    await using real = new RealPool();
    const pool = await real.open(folder.at("locustfile.ts"), 2);
    real.start("Spinner", 4);
    await real.until(() => pool.takeHealth().hung.length > 0);
    assert.equal(pool.takeHealth().hung[0]?.doing, "Spinner.spin");
    const { leftBehind } = await real.stop();
    assert.deepEqual(leftBehind.map(({ users, doing }) => [users, doing]), [[2, "Spinner.spin"]]);
    assert.ok(real.logged.some((line) => line.includes("Spinner.spin never awaits")));
  },
);

test("openThreadPool() in real threads rejects with the locustfile's error and its code frame", async () => {
  using folder = new TempFolder({ "locustfile.ts": "const a = 1;\nconst b = = 2;\n" });
  await using real = new RealPool();
  await assert.rejects(real.open(folder.at("locustfile.ts"), 2), {
    name: "UsageError",
    message: /syntax error: [^]*locustfile\.ts:2:11\)[^]*> 2 \| const b = = 2;/,
  });
});
