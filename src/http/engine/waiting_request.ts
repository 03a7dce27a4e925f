/** A request that has no connection yet: it stands in a pool's line, or waits for one that is opened for it alone. */
import type { OriginPool } from "./origin_pool.ts";
import { WheelEntry } from "./timer_wheel.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { TimeoutError, type WireError } from "../bytes/wire_error.ts";
import { type TimedExchange, WireTimes } from "./wire_times.ts";

export class WaitingRequest extends WheelEntry implements TimedExchange {
  readonly request: WireRequest;
  readonly sink: ResponseSink;
  readonly startMs: number;
  readonly sentMs = -1;
  readonly firstByteMs = -1;
  readonly setup = undefined;
  /** Was on a connection that the server had closed; only a fresh one will do. */
  readonly retried: boolean;
  /** On a connection, or reported to its sink. Set by the pool. */
  isOver = false;
  readonly #pool: OriginPool;

  constructor(
    pool: OriginPool,
    request: WireRequest,
    sink: ResponseSink,
    startMs: number,
    attempt: "first" | "retry",
  ) {
    super();
    this.#pool = pool;
    this.request = request;
    this.sink = sink;
    this.startMs = startMs;
    this.retried = attempt === "retry";
    const totalMs = request.timeouts?.totalMs ?? 0;
    this.deadlineMs = totalMs > 0 ? startMs + totalMs : Infinity;
  }

  expired(): void {
    this.#pool.giveUp(this, new TimeoutError("total"));
  }

  /** The pool has taken it off its line before. */
  fail(error: WireError, nowMs: number): void {
    this.sink.failed(error, new WireTimes(this, nowMs));
  }
}
