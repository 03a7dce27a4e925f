/** The pool of a connection, as the connection sees it: what it asks of it, and what it tells it. */
import type { Clock } from "../../base/clock.ts";
import type { ResponseLimits } from "./engine_options.ts";
import type { TimerWheel } from "./timer_wheel.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";

export interface ConnectionOwner<Connection> {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly limits: ResponseLimits;
  /** A connection to this server has served twice. Set by the connection, read when one is lost. */
  keepsConnections: boolean;
  /** The head in the form that this server is reached by. */
  toWireForm(head: Uint8Array): Uint8Array;
  /** How long a connection may be idle whose server announced `keepAliveSeconds` (-1: nothing). */
  idleLimitMs(keepAliveSeconds: number): number;
  /** The server has not seen this request: send it on a fresh connection. */
  retry(request: WireRequest, sink: ResponseSink, startMs: number): void;
  released(connection: Connection): void;
  removed(connection: Connection): void;
}
