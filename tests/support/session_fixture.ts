/**
 * A `TestSession` whose control thread and user thread live in this JavaScript thread, with real time: what a run counts comes from
 * real requests. The load source is local, or a worker that dials the session's master over TCP.
 */
import { systemClock } from "../../src/base/clock.ts";
import { createLogger } from "../../src/base/logger.ts";
import { createRandom } from "../../src/base/random.ts";
import { openMasterPort } from "../../src/cli/run/cluster/master_port.ts";
import { serveControl } from "../../src/control/serve_control.ts";
import { dialTcp } from "../../src/link/tcp_dial.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import type { RunSettings } from "../../src/master/run_settings.ts";
import { inProcessThreads } from "../../src/platform/threads/in_process_threads.ts";
import { createProcessMeter } from "../../src/platform/machine/process_stats.ts";
import type { ThreadPort } from "../../src/platform/threads/threads.ts";
import type { FromControl, ToControl } from "../../src/protocol/control_message.ts";
import { OUR_PROTOCOL } from "../../src/protocol/negotiate.ts";
import type { FromThread, ToThread } from "../../src/protocol/thread_message.ts";
import type { LoadSource } from "../../src/session/load_source.ts";
import { openLocalLoad } from "../../src/session/local_load.ts";
import { TestSession } from "../../src/session/test_session.ts";
import { serveThread } from "../../src/thread/serve_thread.ts";
import { Events } from "../../src/user/events/events.ts";
import { keepJoined } from "../../src/worker/master_connection.ts";
import { openThreadPool } from "../../src/worker/pool/thread_pool.ts";
import { startThreads } from "../../src/worker/pool/start_threads.ts";
import { Worker } from "../../src/worker/worker.ts";
import { PLAN } from "./pool_fixture.ts";

const FILE = "/tests/locustfile.ts";
const ENTRY = new URL("file:///thread.ts");

/** Writes down each hook of the test that is called, but for `runSetup`. */
export function noteHooks(events: Events, fired: string[]): void {
  const note = (name: string) => () => void fired.push(name);
  events.init.addListener(note("init"));
  events.testStart.addListener(note("testStart"));
  events.testStopping.addListener(note("testStopping"));
  events.testStop.addListener(note("testStop"));
  events.runTeardown.addListener(note("runTeardown"));
  events.quitting.addListener(note("quitting"));
  events.quit.addListener(note("quit"));
}

export class SessionFixture {
  readonly clock = systemClock;
  /** Those of the control thread: the events of the test. */
  readonly events = new Events();
  readonly seen: RunEvent[] = [];
  readonly logged: string[] = [];
  readonly session: TestSession;
  readonly #logger = createLogger({
    name: "test",
    level: "INFO",
    wallMs: () => 0,
    sink: ({ level, message }) => this.logged.push(`${level} ${message}`),
  });
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #ending = new AbortController();

  constructor(exports: Readonly<Record<string, unknown>>) {
    this.#exports = exports;
    this.session = new TestSession({
      clock: this.clock,
      logger: this.#logger,
      runnersLogger: this.#logger,
      controlEntry: ENTRY,
      startThread: inProcessThreads((port) => {
        serveControl({
          port: port as ThreadPort<ToControl, FromControl>,
          clock: this.clock,
          events: this.events,
          modules: [{ file: FILE, exports: { ...exports } }],
        });
      }),
      receiver: {
        event: (event) => void this.seen.push(event),
        log: ({ level, message }) => this.logged.push(`${level} ${message}`),
      },
    });
  }

  async open(form: "local" | "tcp"): Promise<void> {
    this.session.start();
    await this.session.load([FILE], "INFO");
    await this.session.open(
      { options: {}, userClasses: this.#classes(), mode: form === "tcp" ? "master" : "local" },
      () => form === "local" ? this.#openLocal() : Promise.resolve(this.#openTcp()),
    );
  }

  settings(runId: string, host: string, users: number): RunSettings {
    return {
      plan: { ...PLAN, runId, host, userClasses: this.#classes() },
      classes: this.#classes().map((name) => ({ name, weight: 1, fixedCount: 0 })),
      load: { kind: "users", users, spawnRate: 100 },
      locustfile: "locustfile.ts",
      version: "test",
    };
  }

  #classes(): string[] {
    return Object.keys(this.#exports);
  }

  #startHandles() {
    return startThreads({
      count: 1,
      entry: ENTRY,
      startThread: inProcessThreads((port) => {
        serveThread({
          port: port as ThreadPort<ToThread, FromThread>,
          clock: this.clock,
          events: new Events(),
          modules: [{ file: FILE, exports: { ...this.#exports } }],
        });
      }),
    });
  }

  #openLocal(): Promise<LoadSource> {
    return openLocalLoad({
      handles: this.#startHandles(),
      files: [FILE],
      userClasses: this.#classes(),
      options: {},
      logLevel: "INFO",
      logger: this.#logger,
      clock: this.clock,
      hostName: "here",
      version: "test",
      onLog: ({ level, message }) => this.logged.push(`${level} ${message}`),
    });
  }

  #openTcp(): LoadSource {
    const worker = this.#createWorker();
    let close = () => Promise.resolve();
    let joined: Promise<unknown> = Promise.resolve();
    return {
      locustfile: { hash: "own", userClasses: this.#classes(), message: () => Promise.reject(new Error("not asked")) },
      join: async (master) => {
        const listener = await openMasterPort({
          options: {
            masterBindHost: "127.0.0.1",
            masterBindPort: 0,
            masterToken: "secret",
            masterTls: {},
          },
          deps: { clock: this.clock, version: "test" },
          logger: this.#logger,
          master,
          locustfileHash: "own",
        });
        close = () => listener.close();
        await worker.start();
        joined = this.#dial(worker, listener.port).catch(() => {});
      },
      expectWorkers: 1,
      maxWaitMs: 10_000,
      announceExitCode() {},
      [Symbol.asyncDispose]: async () => {
        await worker.left.catch(() => {});
        this.#ending.abort();
        await joined;
        await worker[Symbol.asyncDispose]();
        await close();
      },
    };
  }

  #createWorker(): Worker {
    return new Worker({
      clock: this.clock,
      logger: this.#logger,
      meter: createProcessMeter({ threads: 1, nowMs: () => this.clock.nowMs() }),
      limits: { read: () => ({}) },
      masterTimeoutMs: 10_000,
      onLog() {},
      source: {
        own: async (receiver) => ({
          hash: "own",
          pool: await openThreadPool({
            handles: this.#startHandles(),
            source: { files: [FILE] },
            options: {},
            workerId: "w1",
            workerIndex: 0,
            logLevel: "INFO",
            logger: this.#logger,
            clock: this.clock,
            receiver,
          }),
        }),
        shipped: () => Promise.reject(new Error("not asked")),
      },
    });
  }

  #dial(worker: Worker, port: number): Promise<void> {
    return keepJoined({
      clock: this.clock,
      logger: this.#logger,
      random: createRandom(1),
      introduction: { protocol: OUR_PROTOCOL, version: "test", workerId: "w1", host: "here", threads: 1 },
      token: "secret",
      dial: (signal) =>
        dialTcp({ address: { host: "127.0.0.1", port }, clock: systemClock, onUnsendable() {} }, signal),
      onJoined: (link, welcome, onEnd) => worker.attach(link, onEnd, welcome.locustfileHash),
    }, this.#ending.signal);
  }
}
