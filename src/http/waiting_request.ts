/** A request that has no connection yet: it stands in a pool's line, or waits for one that is opened for it alone. */
import type { OriginPool } from "./origin_pool.ts";
import type { WheelEntry } from "./timer_wheel.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { TimeoutError, type WireError } from "./wire_error.ts";
import { WireTimes } from "./wire_times.ts";

export class WaitingRequest implements WheelEntry {
  deadlineMs: number;
  wheelAtMs = Infinity;
  wheelSlot = -1;
  wheelIndex = -1;

  readonly request: WireRequest;
  readonly sink: ResponseSink;
  readonly startMs: number;
  /** `retry`: was on a connection that the server had closed; only a fresh one will do. */
  readonly kind: "first" | "retry";
  /** On a connection, or reported to its sink. Set by the pool. */
  isOver = false;
  readonly #pool: OriginPool;

  constructor(
    pool: OriginPool,
    request: WireRequest,
    sink: ResponseSink,
    startMs: number,
    kind: WaitingRequest["kind"],
  ) {
    this.#pool = pool;
    this.request = request;
    this.sink = sink;
    this.startMs = startMs;
    this.kind = kind;
    const totalMs = request.timeouts?.totalMs ?? 0;
    this.deadlineMs = totalMs > 0 ? startMs + totalMs : Infinity;
  }

  expired(): void {
    this.#pool.giveUp(this, new TimeoutError("total"));
  }

  /** The pool has taken it off its line before. */
  fail(error: WireError, nowMs: number): void {
    this.sink.failed(error, new WireTimes(this.startMs, -1, -1, nowMs, this.kind === "retry", undefined));
  }
}
