/** A thread pool over scripted threads, with a fake clock and everything it told. */
import { createLogger } from "../../src/base/logger.ts";
import type { MachineClock } from "../../src/platform/machine/machine_clock.ts";
import type { LocustfileDescription } from "../../src/protocol/locustfile_description.ts";
import type { FromThread, ToThread } from "../../src/protocol/thread_message.ts";
import type { RunPlan, UsersByClass } from "../../src/protocol/worker_message.ts";
import type { LeftBehind } from "../../src/worker/pool/pool_run.ts";
import { openThreadPool, type ThreadPool, type ThreadPoolReceiver } from "../../src/worker/pool/thread_pool.ts";
import { createThreads } from "../../src/worker/pool/start_threads.ts";
import { FakeClock, settle } from "./fake_clock.ts";
import { ofKind, ScriptedThreads } from "./scripted_threads.ts";

export const DESCRIPTION: LocustfileDescription = {
  userClasses: [],
  shapes: [],
  arguments: [],
  warnings: [],
  thresholds: [],
};

export const PLAN: RunPlan = {
  runId: "run-1",
  seed: 1,
  stopTimeoutSeconds: 0,
  tags: [],
  excludeTags: [],
  userClasses: ["Shopper"],
  classSettings: [],
  equalWeights: false,
  options: {},
  shared: {},
  phases: false,
};

export class PoolFixture {
  readonly clock = new FakeClock();
  readonly scripted = new ScriptedThreads<ToThread, FromThread>();
  readonly applied: { readonly epoch: number; readonly users: UsersByClass }[] = [];
  readonly stopped: (readonly LeftBehind[])[] = [];
  readonly held: (readonly [hold: number, atMs: number])[] = [];
  readonly failed: string[] = [];
  readonly said: string[] = [];
  readonly logged: string[] = [];
  readonly opening: Promise<ThreadPool>;
  /** How often compilers were told to stand back. */
  stoodBack = 0;

  /** `late`: so many of the threads are started later. */
  constructor(threads: number, machineClock?: MachineClock, late = 0) {
    const receiver: ThreadPoolReceiver = {
      delta: (runId) => void this.said.push(`delta of ${runId}`),
      applied: (_runId, epoch, users) => void this.applied.push({ epoch, users }),
      arrivalsHeld: (_runId, hold, atMs) => void this.held.push([hold, atMs]),
      stopped: (_runId, leftBehind) => void this.stopped.push(leftBehind),
      userMessage: (message) => void this.said.push(JSON.stringify(message)),
      threadGone: (runId, thread) => void this.said.push(`${runId}: thread ${thread} is gone`),
      failed: (problem) => void this.failed.push(problem),
    };
    const { startThread } = this.scripted;
    const handles = createThreads({ count: threads, entry: new URL("file:///thread.ts"), startThread });
    for (const handle of handles.slice(threads - late)) handle.postpone();
    for (const handle of handles) if (handle.state !== "waiting") handle.start();
    this.opening = openThreadPool({
      handles,
      source: { files: ["/tests/locustfile.ts"] },
      options: {},
      workerId: "w1",
      workerIndex: 0,
      logLevel: "INFO",
      logger: createLogger({ name: "t", wallMs: () => 0, sink: ({ message }) => void this.logged.push(message) }),
      clock: this.clock,
      machineClock,
      compilers: { standBack: () => void this.stoodBack++ },
      receiver,
    });
    this.opening.catch(() => {}); // a test that expects it awaits it
  }

  /** Opens the pool, begins a run and gives it this many users, which the threads take. */
  async running(users: number): Promise<ThreadPool> {
    for (const thread of this.scripted.threads) this.load(thread);
    const pool = await this.opening;
    pool.startRun(PLAN);
    pool.assign("run-1", 1, { Shopper: users }, { Shopper: Array.from({ length: users }, (_, index) => index) });
    for (let thread = 0; thread < this.scripted.threads.length; thread++) this.apply(thread);
    await settle();
    return pool;
  }

  load(thread: { say(message: FromThread): void }): void {
    thread.say({ kind: "loaded", description: DESCRIPTION, activities: ["", "Shopper.order"], socket: "runtime" });
  }

  /** The thread does what its last assignment says. */
  apply(thread: number): void {
    const assign = ofKind(this.scripted.at(thread).told, "assign").at(-1);
    if (assign === undefined) return;
    const { runId, epoch, users } = assign;
    this.scripted.at(thread).say({ kind: "applied", runId, epoch, users });
  }

  /** Time passes while these threads beat. */
  async live(ms: number, beating: readonly number[]): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      for (const thread of beating) this.beat(thread);
      await this.clock.advance(100);
    }
  }

  beat(thread: number): void {
    const load = ofKind(this.scripted.at(thread).told, "load").at(-1);
    if (load !== undefined) Atomics.add(new Int32Array(load.activity), 1, 1);
  }

  /** Writes into the cell that says what runs. */
  showActivity(thread: number, activity: number): void {
    const load = ofKind(this.scripted.at(thread).told, "load").at(-1);
    if (load !== undefined) new Int32Array(load.activity)[0] = activity;
  }
}
