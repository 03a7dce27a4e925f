/**
 * The interface between an HTTP session and the user it belongs to. The engine knows no users, tasks or events: this is
 * its only view of them. `src/user` implements it; a session made by hand has the detached owner.
 */
import type { Clock } from "../../base/clock.ts";
import { detachedClock } from "../../base/detached_clock.ts";
import { mergeTags, type SampleTags } from "../../base/sample_tags.ts";
import type { NextTrace } from "../../base/trace_share.ts";
import { Recorder } from "../../stats/recording/recorder.ts";
import type { RequestScope } from "./request_scope.ts";
import type { ResponseValidation } from "./response_validation.ts";
import type { EngineWatch } from "../engine/engine_options.ts";
import type { WireTap } from "../engine/tapped_engine.ts";

/** One finished sample, as listeners of `events.request` get it. Built only if there are any. */
export interface RequestEvent {
  requestType: string;
  name: string;
  responseTime: number | null; // ms
  responseLength: number; // bytes
  exception: Error | null;
  context: Record<string, unknown>;
  response: unknown;
  startTime: number; // seconds since the Unix epoch
  url: string;
  /** The trace id of a request with a trace context (`--trace-share`): 32 hexadecimal digits. */
  traceId?: string;
  /** The tags of the sample, if it has any: its own and those of its user. */
  tags?: SampleTags;
}

/** Has requests in flight that an abort must end. */
export interface AbortListener {
  ownerAborted(): void;
}

export interface SessionOwner {
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Sees every exchange; asked when a session opens its engine. */
  readonly tap?: WireTap | undefined;
  /** Asked before each request, where some of them are to carry a trace context. */
  readonly nextTrace?: NextTrace | undefined;
  /** Learns what held requests back on this side; asked when a session opens its engine. */
  readonly watch?: EngineWatch | undefined;
  /** Whether the requests in flight were aborted, at the end of a stop. */
  readonly isAborted: boolean;
  /** Calls back once, at the next abort. No AbortSignal: there are as many as users. */
  onAbort(listener: AbortListener): void;
  /** Milliseconds between the starts of a paced user (constantPacing, constantThroughput), 0 for others: corrected latency. */
  expectedIntervalMs: number;
  /** How late the iteration that runs began, where an arrival began it: the corrected latency of its requests includes it. */
  heldBackMs: number;
  /** The tags of a sample: its own over those of the user. Undefined: it has none. */
  sampleTags(own: SampleTags | undefined): SampleTags | undefined;
  /** What a request that begins now is a part of; mostly nothing. */
  readonly scope?: RequestScope | undefined;
  /** `user.context()`, merged under each request's own context. */
  context(): Record<string, unknown>;
  /**
   * Called before anything is sent. Returns undefined when the request may go out. When the user must stop it throws
   * the control-flow error; a user that swallowed that error before gets a promise that never settles, which the
   * request awaits.
   */
  beforeRequest(): Promise<never> | undefined;
  /** The request is in flight from here … */
  requestStarted(): void;
  /** … to here: recorded (or abandoned). Throws the control-flow error when the user must go no further. */
  requestEnded(): void;
  /** True if a listener is added to `events.request`; only then is a RequestEvent built and fired. */
  hasRequestListeners(): boolean;
  /** May throw control flow (RescheduleTask …) of a listener, which passes through to the task. */
  fireRequest(event: RequestEvent): void;
  /** A response waits for its verdict until an `await using` block ends … */
  validationOpened(block: ResponseValidation): void;
  /** … which it did. One that never does is ended by the owner when the task that opened it is over. */
  validationEnded(block: ResponseValidation): void;
  /** A line for the log, with the user class in it. */
  warn(message: string): void;
}

export function createDetachedOwner(clock: Clock = detachedClock): SessionOwner {
  return {
    recorder: new Recorder({ clock }),
    clock,
    isAborted: false,
    onAbort: () => {},
    expectedIntervalMs: 0,
    heldBackMs: 0,
    sampleTags: (own) => mergeTags(undefined, own),
    context: () => ({}),
    beforeRequest: () => undefined,
    requestStarted: () => {},
    requestEnded: () => {},
    validationOpened: () => {},
    validationEnded: () => {},
    hasRequestListeners: () => false,
    fireRequest: () => {},
    warn: (message) => console.warn(message),
  };
}
