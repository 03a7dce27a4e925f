/** A `Control` behind the master's handle, in this JavaScript thread, with a fake clock and its own events. */
import { ControlThread } from "../../src/control/control_thread.ts";
import { serveControl } from "../../src/control/serve_control.ts";
import { inProcessThreads } from "../../src/platform/threads/in_process_threads.ts";
import type { ThreadPort } from "../../src/platform/threads/threads.ts";
import type { ControlRequest, FromControl, ToControl } from "../../src/protocol/control_message.ts";
import type { ControlUserMessage } from "../../src/protocol/user_message.ts";
import { Events } from "../../src/user/events/events.ts";
import { FakeClock } from "./fake_clock.ts";

type InitRequest = Extract<ControlRequest, { kind: "init" }>;

export class ControlFixture {
  readonly clock = new FakeClock();
  readonly events = new Events();
  readonly said: ControlUserMessage[] = [];
  readonly control: ControlThread;

  /** `exports`: what the locustfile exports. */
  constructor(exports: Readonly<Record<string, unknown>>) {
    const startThread = inProcessThreads((port) => {
      serveControl({
        port: port as ThreadPort<ToControl, FromControl>,
        clock: this.clock,
        events: this.events,
        modules: [{ file: "/tests/locustfile.ts", exports: { ...exports } }],
      });
    });
    this.control = new ControlThread({
      entry: new URL("file:///control.ts"),
      startThread,
      clock: this.clock,
      receiver: { userMessage: (message) => void this.said.push(message), failed: () => {} },
    });
    this.control.start();
  }

  load() {
    return this.control.ask({ kind: "load", source: { files: ["/tests/locustfile.ts"] }, logLevel: "INFO" }, 1000);
  }

  /** Loads and initialises. */
  async init(request: Partial<InitRequest> = {}): Promise<void> {
    const { userClasses } = await this.load();
    const names = userClasses.map(({ name }) => name);
    await this.control.ask({ kind: "init", options: {}, userClasses: names, mode: "local", ...request }, 1000);
  }
}
