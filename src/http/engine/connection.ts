/**
 * One connection: sends a request, reads its response, and reports to its owner whether it can serve another. The common case
 * (head and body in one piece, no upload) uses the fields of this object only; everything else is in an `ExchangeState`.
 *
 *   idle → head → idle            the response came in one piece
 *          head → body → idle     the body takes longer
 *   any → closed                  for good; the sink has got its failure
 */
import type { Clock } from "../../base/clock.ts";
import type { Socket, SocketError, SocketReceiver } from "../../platform/socket.ts";
import type { BodyBuffer } from "../bytes/body_buffer.ts";
import type { BodyReader } from "../bytes/body_reader.ts";
import { ActiveExchange } from "./active_exchange.ts";
import { BY_LENGTH, HeadInfo, parseHead } from "../bytes/head_parser.ts";
import type { ResponseLimits } from "./engine_options.ts";
import type { TimerWheel } from "./timer_wheel.ts";
import { mayRepeat, wasGivenUp } from "./retry_rule.ts";
import { type ExchangeOwner, ExchangeState } from "./exchange_state.ts";
import { joinBody } from "./upload.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { AbortedError, ConnectionError, ProtocolError, toWireError, WireError } from "../bytes/wire_error.ts";
import { type ByteRange, type HeadSummary, NOTHING, WireResponse } from "./wire_response.ts";
import { type ConnectionSetup, WireTimes } from "./wire_times.ts";

const IDLE = 0;
const HEAD = 1;
const BODY = 2;
const CLOSED = 3;

/** Used up before another head is parsed: one for the thread. */
const INFO = new HeadInfo();

/** The pool of the connection. */
export interface ConnectionOwner {
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

export class Connection extends ActiveExchange implements SocketReceiver, ExchangeOwner {
  /** Links of the owner's lists: all connections, idle ones. */
  nextOpen: Connection | undefined;
  nextIdle: Connection | undefined;
  readonly #owner: ConnectionOwner;
  #socket!: Socket;
  #state = IDLE;
  #keepAliveSeconds = -1;
  #served = 0;
  #releasedMs = 0;
  #lastOne = false;

  constructor(owner: ConnectionOwner) {
    super();
    this.#owner = owner;
  }

  /** Takes the socket whose receiver this is. Called before anything else. */
  attach(socket: Socket): void {
    this.#socket = socket;
    if (this.#state === CLOSED) socket.destroy();
  }

  get isIdle(): boolean {
    return this.#state === IDLE;
  }

  /** Set if the connection was lost, or the server spoke, before there was a request. */
  get lostBeforeUse(): WireError | undefined {
    return this.#state === CLOSED && this.#served === 0 ? new ConnectionError("closed") : undefined;
  }

  /** Sends a request. The connection must be idle. */
  begin(
    request: WireRequest,
    sink: ResponseSink,
    startMs: number,
    nowMs: number,
    retried: boolean,
    setup: ConnectionSetup | undefined,
  ): void {
    this.#state = HEAD;
    this.request = request;
    this.waitingSink = sink;
    this.startMs = startMs;
    this.sentMs = nowMs;
    this.firstByteMs = -1;
    this.retried = retried;
    this.setup = setup;
    this.setDeadline(nowMs, this.#owner.wheel);
    const head = this.#owner.toWireForm(request.head);
    if (request.body === undefined) this.#socket.write(head);
    else this.#sendWithBody(request, head, request.body);
  }

  #sendWithBody(request: WireRequest, head: Uint8Array, body: Uint8Array | ReadableStream<Uint8Array>): void {
    const both = joinBody(request, head);
    this.#socket.write(both ?? head);
    if (both === undefined) this.#beSlow(this.sentMs).startUpload(request, body);
  }

  #beSlow(nowMs: number): ExchangeState {
    return this.slow ??= new ExchangeState(this, this.#socket, this.#owner.clock, nowMs);
  }

  data(bytes: Uint8Array, atMs?: number): void {
    const nowMs = atMs === undefined ? this.#owner.clock.nowMs() : this.#cameMs(atMs);
    try {
      if (this.#state === HEAD) this.#readHead(bytes, nowMs);
      else if (this.#state === BODY) this.#readBody(bytes, 0, nowMs);
      else if (this.#state === IDLE) this.close(); // not a response to anything: it must not become one to the next request
    } catch (problem) {
      this.fail(toWireError(problem));
      if (!(problem instanceof WireError)) throw problem; // a sink has thrown, which is a mistake of ours
    }
  }

  /** When bytes with a time stamp came. The first ones of a response correct when its request went out, if that was after `write`. */
  #cameMs(atMs: number): number {
    const lateMs = (this.#socket.handedOverMs ?? 0) - this.sentMs;
    if (lateMs > 0 && this.#state === HEAD && this.slow === undefined) {
      this.sentMs += lateMs;
      this.startMs += lateMs;
    }
    return Math.max(atMs, this.sentMs); // what the server sends too early must not make a response time negative
  }

  #readHead(bytes: Uint8Array, nowMs: number): void {
    const memory = this.#socket.reusesMemory ? bytes.slice() : bytes;
    const chunk = this.slow === undefined ? memory : this.slow.joinHead(memory, nowMs);
    if (chunk === undefined) return;
    if (this.firstByteMs < 0) this.firstByteMs = nowMs;
    const limits = this.#owner.limits;
    let from = 0;
    let end = parseHead(chunk, from, chunk.length, limits, INFO);
    while (end >= 0 && INFO.status < 200) {
      this.#beSlow(nowMs).passInterim(INFO.status);
      from = end;
      end = parseHead(chunk, from, chunk.length, limits, INFO);
    }
    if (end >= 0) this.#acceptHead(chunk, from, end, nowMs);
    else if (from < chunk.length) this.#beSlow(nowMs).keepPartialHead(chunk, from, limits);
    else this.firstByteMs = -1; // only interim responses so far
  }

  /** The head of the final response is `chunk[from, end)`; what follows is its body, or the beginning of it. */
  #acceptHead(chunk: Uint8Array, from: number, end: number, nowMs: number): void {
    const request = this.request as WireRequest;
    const status = INFO.status;
    // A server that closes an idle connection may send 408 first: it has not seen this request.
    if (status === 408 && !INFO.persistent && mayRepeat(request, this.#served, this)) return this.#retry();
    this.#keepAliveSeconds = INFO.keepAliveSeconds;
    const hasBody = status !== 204 && status !== 304 && request.method !== "HEAD";
    const length = !hasBody ? 0 : INFO.framing === BY_LENGTH ? INFO.contentLength : -1;
    const present = chunk.length - end;
    const streamed = request.responseBody === "stream";
    const head = { bytes: chunk, from, to: end };
    if (length >= 0 && length <= present && !streamed) {
      const body = { bytes: chunk, from: end, to: end + length };
      return this.#complete(INFO, head, body, nowMs, INFO.persistent && length === present);
    }
    const { limits } = this.#owner;
    if (length > limits.maxBodyBytes && !streamed) throw new ProtocolError("body over the limit");
    const slow = this.#beSlow(nowMs);
    slow.openBody(INFO, head, length, limits, streamed ? "stream" : "buffer");
    this.#state = BODY;
    if (slow.stream !== undefined) {
      // Complete for its sink from here on, so that no total timeout is left either.
      const sink = this.waitingSink as ResponseSink;
      this.waitingSink = undefined;
      slow.streamSink = sink;
      sink.completed(new WireResponse(this, nowMs, INFO, slow.head, NOTHING, slow.stream.readable));
    }
    if (this.#state === BODY) this.#readBody(chunk, end, nowMs); // else the sink has cancelled at once
  }

  #readBody(bytes: Uint8Array, from: number, nowMs: number): void {
    const slow = this.slow as ExchangeState;
    const body = slow.body as BodyReader;
    slow.lastMoveMs = nowMs;
    const used = body.read(bytes, from, bytes.length);
    if (body.done) this.#endBody(slow, slow.persistent && used === bytes.length, nowMs);
    else slow.pauseIfFull();
  }

  #endBody(slow: ExchangeState, persistent: boolean, nowMs: number): void {
    if (slow.stream !== undefined) {
      this.#release(persistent, nowMs);
      slow.stream.end();
    } else {
      const { memory, length } = slow.body?.pieces as BodyBuffer;
      this.#complete(slow.summary, slow.head, { bytes: memory, from: 0, to: length }, nowMs, persistent);
    }
  }

  #complete(summary: HeadSummary, head: ByteRange, body: ByteRange, nowMs: number, persistent: boolean): void {
    const sink = this.waitingSink as ResponseSink;
    const response = new WireResponse(this, nowMs, summary, head, body);
    this.#release(persistent, nowMs);
    sink.completed(response);
  }

  /** The exchange has succeeded. The next one may begin before this returns. */
  #release(persistent: boolean, nowMs: number): void {
    const slow = this.slow;
    if (++this.#served === 2) this.#owner.keepsConnections = true;
    this.#releasedMs = nowMs;
    this.request = undefined;
    this.waitingSink = undefined;
    this.setup = undefined;
    if (slow !== undefined) {
      this.slow = undefined;
      // The response came before the whole upload: the rest of it would be read as a request.
      if (slow.upload !== undefined && !slow.upload.done) persistent = false;
      slow.end();
    }
    if (!persistent || this.#lastOne) return this.close();
    this.#state = IDLE;
    this.deadlineMs = nowMs + this.#owner.idleLimitMs(this.#keepAliveSeconds);
    if (this.deadlineMs < this.wheelAtMs) this.#owner.wheel.watch(this);
    this.#owner.released(this);
  }

  expired(nowMs: number): void {
    if (this.#state === IDLE) return this.close();
    const timeout = this.timeoutAt(nowMs, this.#owner.wheel);
    if (timeout !== undefined) this.fail(timeout);
  }

  drained(): void {
    this.slow?.upload?.drained();
  }

  /** The reader of a streamed body has cancelled it. */
  abandonBody(): void {
    if (this.#state === BODY) this.close();
  }

  ended(): void {
    const slow = this.slow;
    if (!slow?.body?.endsWithConnection) return this.#lost(undefined);
    this.#endBody(slow, false, this.#owner.clock.nowMs());
  }

  closed(error: SocketError | undefined): void {
    if (this.#state !== CLOSED) this.#lost(error);
  }

  /** The connection ended early: in order (FIN) if there is no error. */
  #lost(error: SocketError | undefined): void {
    if (this.#state === IDLE || this.#state === CLOSED) return this.close();
    const sinceSentMs = this.#owner.clock.nowMs() - this.sentMs;
    const isUnseen = this.#state === HEAD && this.slow?.hasReceived !== true &&
      mayRepeat(this.request as WireRequest, this.#served, this) &&
      wasGivenUp(this.#owner.keepsConnections, this.sentMs - this.#releasedMs, sinceSentMs);
    if (isUnseen) return this.#retry();
    this.fail(error !== undefined ? toWireError(error) : this.slow?.cutShort ?? new ConnectionError("closed"));
  }

  #retry(): void {
    const request = this.request as WireRequest;
    const sink = this.waitingSink as ResponseSink;
    this.waitingSink = undefined;
    this.#owner.retry(request, sink, this.startMs); // before this connection's place is given to another request
    this.close();
  }

  fail(error: WireError): void {
    const sink = this.waitingSink;
    const stream = this.slow?.stream;
    const times = new WireTimes(this, this.#owner.clock.nowMs());
    this.waitingSink = undefined;
    this.close();
    if (sink !== undefined) sink.failed(error, times);
    else stream?.fail(error);
  }

  /** Fails the current exchange, if there is one. */
  abort(): void {
    if (this.#state === IDLE) this.close();
    else if (this.#state !== CLOSED) this.fail(new AbortedError());
  }

  /** Closes now if idle, else after the current response. */
  retire(): void {
    this.#lastOne = true;
    if (this.#state === IDLE) this.close();
  }

  /** Drops the socket. The caller has failed the exchange, or fails it. */
  close(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#owner.wheel.forget(this);
    this.slow?.end();
    this.slow = undefined;
    this.request = undefined;
    this.#socket?.destroy();
    this.#owner.removed(this);
  }
}
