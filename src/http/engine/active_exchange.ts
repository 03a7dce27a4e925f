/**
 * The current exchange of a connection: its request and sink, the times of its parts, and its deadline. A connection extends
 * this class instead of holding an instance, because it saves an object per request.
 */
import type { ExchangeState } from "./exchange_state.ts";
import { type TimerWheel, WheelEntry } from "./timer_wheel.ts";
import type { ResponseSink, WireRequest, WireTimeouts } from "./wire.ts";
import { TimeoutError, type TimeoutKind } from "../bytes/wire_error.ts";
import type { ConnectionSetup, TimedExchange } from "./wire_times.ts";

/** What is true of it, as bits of one number: there are as many connections as users, and three fields less make each a quarter smaller. */
const RETRIED = 1;
const SERVED = 2; // the connection, at least once
const SERVED_TWICE = 4;
/** It closes after this exchange. */
export const LAST_ONE = 8;
/** Its pool has no other one and no line: it need not be told when an exchange ends. */
const ALONE = 16;
/** The state, in two bits: `connection.ts` has the picture. */
export const IDLE = 0;
export const HEAD = 32;
export const BODY = 64;
export const CLOSED = HEAD | BODY;
const STATE = CLOSED;

export abstract class ActiveExchange extends WheelEntry implements TimedExchange {
  startMs = 0;
  sentMs = 0;
  firstByteMs = -1;
  protected flags = 0;
  setup: ConnectionSetup | undefined;
  protected request: WireRequest | undefined;
  protected waitingSink: ResponseSink | undefined;
  /** Only if it takes more than one write and one read. */
  protected slow: ExchangeState | undefined;

  protected get state(): number {
    return this.flags & STATE;
  }

  protected set state(state: number) {
    this.flags = this.flags & ~STATE | state;
  }

  get isIdle(): boolean {
    return this.state === IDLE;
  }

  /** Set by its pool. */
  get isAlone(): boolean {
    return (this.flags & ALONE) !== 0;
  }

  set isAlone(isAlone: boolean) {
    this.flags = isAlone ? this.flags | ALONE : this.flags & ~ALONE;
  }

  /** Whether it can begin an exchange that its pool does not know of. */
  protected get isFree(): boolean {
    return (this.flags & (STATE | ALONE | LAST_ONE)) === ALONE;
  }

  get retried(): boolean {
    return (this.flags & RETRIED) !== 0;
  }

  set retried(retried: boolean) {
    this.flags = retried ? this.flags | RETRIED : this.flags & ~RETRIED;
  }

  /** Whether an exchange of this connection has succeeded. */
  protected get hasServed(): boolean {
    return (this.flags & SERVED) !== 0;
  }

  protected countServed(): "first" | "second" | "later" {
    if ((this.flags & SERVED_TWICE) !== 0) return "later";
    const which = this.hasServed ? "second" : "first";
    this.flags |= which === "second" ? SERVED_TWICE : SERVED;
    return which;
  }

  /** The sink of the exchange; undefined when idle. */
  get sink(): ResponseSink | undefined {
    return this.waitingSink ?? this.slow?.streamSink;
  }

  /** The system got the request at that time; one before `write` is that of an earlier request. What it waited for until then was not the target. */
  protected wentOut(handedOverMs: number): void {
    const lateMs = handedOverMs - this.sentMs;
    if (lateMs <= 0) return;
    this.sentMs += lateMs;
    this.startMs += lateMs;
  }

  /** `movedMs`: time of the last byte in either direction. Most deadlines only move to later, which costs one assignment. */
  protected setDeadline(movedMs: number, wheel: TimerWheel): void {
    this.deadlineMs = nextDeadlineMs(this.request?.timeouts, this.startMs, movedMs, this.slow?.stream === undefined);
    if (this.deadlineMs < this.wheelAtMs) wheel.watch(this);
  }

  /** The timeout that has been reached; undefined if bytes have moved since, which moves the deadline. */
  protected timeoutAt(nowMs: number, wheel: TimerWheel): TimeoutError | undefined {
    const slow = this.slow;
    this.setDeadline(slow === undefined ? this.sentMs : slow.paused ? nowMs : slow.lastMoveMs, wheel);
    if (this.deadlineMs > nowMs) return undefined;
    const { timeouts } = this.request as WireRequest;
    return new TimeoutError(timeoutKindAt(timeouts, this.startMs, this.deadlineMs, slow?.stream === undefined));
  }
}

/**
 * The earliest moment at which the exchange can time out; Infinity: never.
 * `movedMs`: when bytes moved last in either direction. `totalCounts`: false once a streamed response has its head.
 */
function nextDeadlineMs(
  timeouts: WireTimeouts | undefined,
  startMs: number,
  movedMs: number,
  totalCounts: boolean,
): number {
  if (timeouts === undefined) return Infinity;
  const { responseMs = 0, totalMs = 0 } = timeouts;
  const responseAt = responseMs > 0 ? movedMs + responseMs : Infinity;
  return totalCounts && totalMs > 0 ? Math.min(responseAt, startMs + totalMs) : responseAt;
}

/** Which of the two it is that ends at the deadline. */
function timeoutKindAt(
  timeouts: WireTimeouts | undefined,
  startMs: number,
  deadlineMs: number,
  totalCounts: boolean,
): TimeoutKind {
  const totalMs = timeouts?.totalMs ?? 0;
  return totalCounts && totalMs > 0 && startMs + totalMs <= deadlineMs ? "total" : "response";
}
