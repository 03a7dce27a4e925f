/** A `Thread` in this JavaScript thread, with a fake clock, its own events, and everything it said. */
import { serveThread, type ServeThreadOptions } from "../../src/thread/serve_thread.ts";
import type { Thread } from "../../src/thread/thread.ts";
import { Events } from "../../src/user/events/events.ts";
import type { FromThread, ToThread } from "../../src/protocol/thread_message.ts";
import type { UserMessage } from "../../src/protocol/user_message.ts";
import type { RunPlan } from "../../src/protocol/worker_message.ts";
import { FakeClock, settle } from "./fake_clock.ts";
import { PLAN } from "./pool_fixture.ts";
import { ofKind } from "./scripted_threads.ts";

export class ThreadFixture {
  readonly clock = new FakeClock();
  readonly events = new Events();
  readonly said: FromThread[] = [];
  readonly cells = new Int32Array(new SharedArrayBuffer(8));
  readonly thread: Thread;
  readonly #exports: Readonly<Record<string, unknown>>;
  #receive: (message: ToThread) => void = () => {};

  /** `exports`: what the locustfile exports. */
  constructor(exports: Readonly<Record<string, unknown>>, means: Pick<ServeThreadOptions, "machineClock"> = {}) {
    this.#exports = exports;
    this.thread = serveThread({
      port: {
        post: (message) => void this.said.push(structuredClone(message)),
        listen: (receive) => {
          this.#receive = receive;
        },
        close: () => {},
      },
      clock: this.clock,
      ...means,
      events: this.events,
      modules: [{ file: "/tests/locustfile.ts", exports: { ...exports } }],
    });
  }

  async tell(message: ToThread): Promise<void> {
    this.#receive(message);
    await settle();
  }

  async prepare(): Promise<void> {
    const source = { files: ["/tests/locustfile.ts"] };
    await this.tell({ kind: "prepare", source, logLevel: "INFO", socket: "runtime" });
  }

  async load(options: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.tell({
      kind: "load",
      source: { files: ["/tests/locustfile.ts"] },
      threadIndex: 0,
      threads: 2,
      options,
      workerId: "w1",
      workerIndex: 2,
      logLevel: "INFO",
      socket: "runtime",
      activity: this.cells.buffer as SharedArrayBuffer,
    });
  }

  /** Loads, begins a run with all classes, and gives each this many users. */
  async run(users: Readonly<Record<string, number>>, plan: Partial<RunPlan> = {}): Promise<void> {
    await this.load();
    await this.tell({ kind: "startRun", plan: { ...PLAN, userClasses: Object.keys(this.#exports), ...plan } });
    let next = 0;
    const fresh = Object.fromEntries(
      Object.entries(users).map(([name, count]) => [name, Array.from({ length: count }, () => next++)]),
    );
    await this.tell({ kind: "assign", runId: "run-1", epoch: 1, users, fresh });
  }

  /** The messages of user code of one kind. */
  user<Kind extends UserMessage["kind"]>(kind: Kind): Extract<UserMessage, { kind: Kind }>[] {
    return ofKind(this.of("userMessage").map(({ message }) => message), kind);
  }

  of<Kind extends FromThread["kind"]>(kind: Kind): Extract<FromThread, { kind: Kind }>[] {
    return ofKind(this.said, kind);
  }

  /** Requests in all deltas, by `method name`. */
  requests(): Record<string, number> {
    const sum: Record<string, number> = {};
    for (const { delta } of this.of("delta")) {
      for (const { method, name, requests } of delta.entries) {
        sum[`${method} ${name}`] = (sum[`${method} ${name}`] ?? 0) + requests;
      }
    }
    return sum;
  }
}
