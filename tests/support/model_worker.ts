/**
 * A worker process of a model: the real `Worker`, `ThreadPool` and `keepJoined` over one thread that is an automaton. Each of its users
 * makes one request a second; `made` counts them, as the system under test would.
 */
import type { Clock } from "../../src/base/clock.ts";
import { createLogger } from "../../src/base/logger.ts";
import { createRandom } from "../../src/base/random.ts";
import type { AbortableLink } from "../../src/link/watched_link.ts";
import type { StartThread, ThreadHostReceiver } from "../../src/platform/threads/thread_host.ts";
import type { FromThread, ToThread } from "../../src/protocol/thread_message.ts";
import type { ToMaster, ToWorker, UsersByClass } from "../../src/protocol/worker_message.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { keepJoined } from "../../src/worker/master_connection.ts";
import { openThreadPool } from "../../src/worker/pool/thread_pool.ts";
import { startThreads } from "../../src/worker/pool/start_threads.ts";
import { BEAT_CELL } from "../../src/protocol/activity_cells.ts";
import { Worker } from "../../src/worker/worker.ts";
import { ProcessClock } from "./process_clock.ts";

const SECOND_MS = 1000;
const BEAT_MS = 500;

export interface ModelWorkerOptions {
  readonly clock: Clock;
  readonly id: string;
  readonly threads: number; // as it says: its share
  readonly userClasses: readonly string[];
  readonly dial: () => AbortableLink<ToWorker, ToMaster>;
  /** A user has been started with this number. */
  readonly onStarted: (runId: string, index: number) => void;
  readonly masterTimeoutMs: number;
}

export class ModelWorker {
  readonly id: string;
  made = 0;
  users: UsersByClass = {};
  isKilled = false;
  /** It was told to leave: it ends its users, delivers and goes, or goes without when no master comes. */
  isLeaving = false;
  /** It has said goodbye. */
  hasLeft = false;
  readonly #options: ModelWorkerOptions;
  readonly #clock: ProcessClock;
  readonly #ending = new AbortController();
  #worker: Worker | undefined;

  constructor(options: ModelWorkerOptions) {
    this.#options = options;
    this.id = options.id;
    this.#clock = new ProcessClock(options.clock);
  }

  get userCount(): number {
    return Object.values(this.users).reduce((sum, count) => sum + count, 0);
  }

  async start(): Promise<void> {
    const { id, threads, dial, masterTimeoutMs } = this.#options;
    const clock = this.#clock;
    const logger = createLogger({ name: "model", level: "CRITICAL", wallMs: () => 0, sink() {} });
    const worker = new Worker({
      clock,
      logger,
      meter: { read: () => ({ cpuPercent: 1, machineCpuPercent: 1, rssBytes: 1 }) },
      limits: { read: () => ({}) },
      masterTimeoutMs,
      onLog() {},
      source: {
        own: async (receiver) => ({
          hash: "own",
          pool: await openThreadPool({
            handles: startThreads({ count: 1, entry: new URL("file:///thread.ts"), startThread: this.#startThread }),
            source: { files: ["/locustfile.ts"] },
            options: {},
            workerId: id,
            workerIndex: 0,
            logLevel: "CRITICAL",
            logger,
            clock,
            receiver,
          }),
        }),
        shipped: () => Promise.reject(new Error("it has its own")),
      },
    });
    await worker.start();
    this.#worker = worker;
    void worker.left.then(() => {
      this.hasLeft = true;
      this.#ending.abort();
    });
    void keepJoined({
      clock,
      logger,
      random: createRandom(1),
      introduction: { protocol: [1, 0], version: "model", workerId: id, host: "model", threads },
      token: undefined,
      dial: () => new Promise((resolve) => resolve(dial())),
      onJoined: (link, welcome, onEnd) => worker.attach(link, onEnd, welcome.locustfileHash),
    }, this.#ending.signal);
  }

  /** SIGTERM. */
  leave(): void {
    this.isLeaving = true;
    this.#worker?.leave("SIGTERM");
  }

  kill(): void {
    this.isKilled = true;
    this.users = {};
    this.#clock.kill();
  }

  readonly #startThread: StartThread = <Incoming, Outgoing>(
    _entry: URL,
    _name: string,
    receiver: ThreadHostReceiver<Incoming>,
  ) => {
    const clock = this.#clock;
    const say = (message: FromThread) => void clock.schedule(1, () => receiver.message(message as unknown as Incoming));
    const recorder = new Recorder({ clock });
    let runId = "";
    let isStopping = false;
    const report = () => {
      const delta = recorder.drain();
      const health = { loopLagP99Ms: 0, latenessP99Ms: 0, users: this.users };
      if (delta !== undefined) say({ kind: "delta", runId, delta, health, pace: "due" });
    };
    const second = () => {
      clock.schedule(SECOND_MS, second);
      for (const [name, count] of Object.entries(this.users)) {
        for (let i = 0; i < count; i++) recorder.record(recorder.entry("GET", name), 5, 10, undefined, 0);
        this.made += count;
      }
      report();
    };
    const heard = (message: ToThread): void => {
      switch (message.kind) {
        case "load": {
          const cells = new Int32Array(message.activity);
          const beat = () => {
            Atomics.add(cells, BEAT_CELL, 1);
            clock.schedule(BEAT_MS, beat);
          };
          beat();
          second();
          const userClasses = this.#options.userClasses.map((name) => ({
            name,
            file: "/locustfile.ts",
            weight: 1,
            fixedCount: 0,
            needsHost: false,
            tasks: [],
            json: {},
          }));
          const description = { userClasses, shapes: [], arguments: [], warnings: [], thresholds: [] };
          return say({ kind: "loaded", description, activities: [], socket: "runtime" });
        }
        case "startRun":
          runId = message.plan.runId;
          isStopping = false;
          this.users = {};
          return;
        case "assign":
          if (isStopping) return;
          for (const indexes of Object.values(message.fresh)) {
            for (const index of indexes) this.#options.onStarted(message.runId, index);
          }
          this.users = message.users;
          return say({ kind: "applied", runId, epoch: message.epoch, users: message.users });
        case "stop":
          isStopping = true;
          this.users = {};
          report();
          return say({ kind: "stopped", runId, leftBehind: 0 });
        default:
          return;
      }
    };
    return {
      post: (message: Outgoing) => {
        const told = structuredClone(message) as unknown as ToThread; // the shared cells stay shared
        void clock.schedule(1, () => heard(told));
      },
      terminate() {},
    };
  };
}
