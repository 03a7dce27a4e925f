/**
 * The master's client of the control thread: sends it the state of the run, and the events whose listeners the master
 * waits for. The thread runs user code, so no call relies on an answer: a listener that fails or hangs is logged and
 * delays only the callers that wait for it.
 */
import { describeThrown, LocustError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { ControlThread } from "../control/control_thread.ts";
import type { ControlRequest, ControlUpdate } from "../protocol/control_message.ts";
import type { ObservedRunEvent } from "../protocol/observed_run_message.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { RunEvent } from "./run_event.ts";

/** A listener of testStart, testStop or quitting that takes longer is named in a warning and no longer waited for. */
const LISTENER_MS = 60_000;

export class ControlClient {
  readonly #control: ControlThread;
  readonly #logger: Logger;

  constructor(options: { readonly control: ControlThread; readonly logger: Logger }) {
    this.#control = options.control;
    this.#logger = options.logger;
  }

  /** Calls listeners. Resolves when they have ended, failed or taken too long; never rejects. */
  async fire(request: ControlRequest): Promise<void> {
    try {
      await this.#control.ask(request, LISTENER_MS);
    } catch (error) {
      // The end of the thread has been logged and ends the run: it is not logged again for each pending event.
      if (error instanceof LocustError && error.code === "control_gone") return;
      this.#logger.error(error instanceof Error ? error.message : describeThrown(error));
    }
  }

  /** Fires an event by its public name. No caller waits for its listeners. */
  event(name: string, fields: Readonly<Record<string, unknown>>): void {
    void this.fire({ kind: "event", name, fields });
  }

  /** The same event once for each of the fields, in one message. */
  events(name: string, each: readonly Readonly<Record<string, unknown>>[]): void {
    if (each.length > 0) void this.fire({ kind: "events", name, each });
  }

  /** The run as it is now: what `environment.runner` shows to user code. */
  update(snapshot: SnapshotMessage, ticked?: ControlUpdate["ticked"]): void {
    this.#control.tell({
      kind: "update",
      state: snapshot.state,
      userCount: snapshot.userCount,
      targetUserCount: snapshot.targetUserCount,
      workers: snapshot.workers.map(({ id, state, users }) => ({ id, state, users })),
      snapshot,
      ...(ticked === undefined ? {} : { ticked }),
    });
  }

  /** Passes on the run events that user code can observe. */
  follow(event: RunEvent): void {
    if (event.kind === "ticked") {
      return this.update(event.snapshot, event.thresholds === undefined ? {} : { thresholds: event.thresholds });
    }
    if (event.kind === "sampled" || event.kind === "traced" || event.kind === "failuresTimed") return; // much, for one output each
    this.#control.tell({ kind: "observe", event: withoutLedger(event) });
    if (event.kind === "rampCompleted") void this.fire({ kind: "spawningComplete", userCount: event.users });
    else if (event.kind === "statsReset") this.event("resetStats", {});
  }
}

/** What only the journal and reports need is large. */
function withoutLedger(event: RunEvent): ObservedRunEvent {
  if (!("ledger" in event)) return { ...event };
  const { ledger: _ledger, ...rest } = event;
  return rest;
}
