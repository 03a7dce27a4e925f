/** A request without a connection: it stands in a pool's line, or waits for a connection that is opened for it alone. */
import { WheelEntry } from "./timer_wheel.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { TimeoutError, type WireError } from "../bytes/wire_error.ts";
import { type ConnectionSetup, type TimedExchange, WireTimes } from "./wire_times.ts";

/** The pool whose line the request stands in. */
export interface WaitingOwner {
  /** The request has waited too long: take it off the line and fail it. */
  giveUp(waiting: WaitingRequest, error: WireError): void;
}

export class WaitingRequest extends WheelEntry implements TimedExchange {
  readonly request: WireRequest;
  readonly sink: ResponseSink;
  readonly startMs: number;
  readonly sentMs = -1;
  readonly firstByteMs = -1;
  /** Of a connection that did not come about. Set by the pool. */
  setup: ConnectionSetup | undefined = undefined;
  /** Was on a connection that the server had closed; only a fresh one will do. */
  readonly retried: boolean;
  /** On a connection, or reported to its sink. Set by the pool. */
  isOver = false;
  /** It stands in the line because as many connections as are allowed were open. Set by the pool. */
  isHeldBack = false;
  readonly #owner: WaitingOwner;

  constructor(
    owner: WaitingOwner,
    request: WireRequest,
    sink: ResponseSink,
    startMs: number,
    attempt: "first" | "retry",
  ) {
    super();
    this.#owner = owner;
    this.request = request;
    this.sink = sink;
    this.startMs = startMs;
    this.retried = attempt === "retry";
    const totalMs = request.timeouts?.totalMs ?? 0;
    this.deadlineMs = totalMs > 0 ? startMs + totalMs : Infinity;
  }

  expired(): void {
    this.#owner.giveUp(this, new TimeoutError("total"));
  }

  /** The pool has taken it off its line before. */
  fail(error: WireError, nowMs: number): void {
    this.sink.failed(error, new WireTimes(this, nowMs));
  }
}
