/** A `SessionOwner` for tests: counts what the session tells it, and can be told to stop the user. */
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { mergeTags, type SampleTags } from "../../src/base/sample_tags.ts";
import { UserStopped } from "../../src/http/session/control_flow.ts";
import type { AbortListener, RequestEvent, SessionOwner } from "../../src/http/session/session_owner.ts";
import { type DeltaMessage, EMPTY_DELTA, type EntryDelta } from "../../src/protocol/delta_message.ts";
import { Histogram } from "../../src/stats/histogram/histogram.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";

export class FakeOwner implements SessionOwner {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly warnings: string[] = [];
  readonly events: RequestEvent[] = [];
  expectedIntervalMs = 0;
  heldBackMs = 0;
  inFlight = 0;
  /** What happened, in order: `started`, `fired`, `ended`. */
  readonly calls: string[] = [];
  listener: ((event: RequestEvent) => void) | undefined;
  isStopping = false;
  userContext: Record<string, unknown> = {};
  userTags: SampleTags | undefined;
  isAborted = false;
  #listeners: AbortListener[] = [];

  constructor(options: { readonly clock?: Clock; readonly phases?: "keep" | "drop" } = {}) {
    this.clock = options.clock ?? systemClock;
    this.recorder = new Recorder({ clock: this.clock, phases: options.phases ?? "drop", failureSamples: "keep" });
  }

  onAbort(listener: AbortListener): void {
    this.#listeners.push(listener);
  }

  /** Ends requests in flight, as 5 s after a stop. */
  abort(): void {
    this.isStopping = true;
    this.isAborted = true;
    for (const listener of this.#listeners.splice(0)) listener.ownerAborted();
  }

  sampleTags(own: SampleTags | undefined): SampleTags | undefined {
    return mergeTags(this.userTags, own);
  }

  context(): Record<string, unknown> {
    return this.userContext;
  }

  beforeRequest(): Promise<never> | undefined {
    if (this.isStopping) throw new UserStopped();
    return undefined;
  }

  requestStarted(): void {
    this.inFlight++;
    this.calls.push("started");
  }

  requestEnded(): void {
    this.inFlight--;
    this.calls.push("ended");
    if (this.isStopping) throw new UserStopped();
  }

  validationOpened(): void {}

  validationEnded(): void {}

  hasRequestListeners(): boolean {
    return this.listener !== undefined;
  }

  fireRequest(event: RequestEvent): void {
    this.calls.push("fired");
    this.events.push(event);
    this.listener?.(event);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  /** Collects events from now on. */
  listen(): this {
    this.listener = () => {};
    return this;
  }

  /** What was counted since the last call. */
  drain(): DeltaMessage {
    return this.recorder.drain() ?? EMPTY_DELTA;
  }

  /** The only row counted since the last call: `GET /path 1/0` is one request, none failed. */
  drainRows(): string[] {
    return this.drain().entries.map((row) => `${row.method} ${row.name} ${row.requests}/${row.failures}`);
  }

  /** Texts of the failures counted since the last call. */
  drainFailures(): string[] {
    return this.drain().failures.map((failure) => failure.text);
  }

  /** The only row counted since the last call. */
  drainRow(): EntryDelta {
    const { entries } = this.drain();
    const [row] = entries;
    if (row === undefined || entries.length > 1) throw new Error(`${entries.length} rows were counted, not one`);
    return row;
  }
}

/** Sum of the response times of a row, in whole microseconds. */
export function sumUsOf(row: EntryDelta): number {
  return Histogram.unpack(row.times).sumUs;
}
