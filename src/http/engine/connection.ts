/**
 * One connection: sends a request, reads its response, and tells the pool whether it can serve another. The common case (head
 * and body in one piece, no upload) touches the fields of this object only; everything else lives in a `ExchangeState`.
 *
 *   idle → head → idle            the response came in one piece
 *          head → body → idle     the body takes longer
 *   any → closed                  for good; whoever waited has been told
 */
import type { Socket, SocketError, SocketReceiver } from "../../platform/socket.ts";
import type { BodyBuffer } from "../bytes/body_buffer.ts";
import type { BodyReader } from "../bytes/body_reader.ts";
import { ActiveExchange } from "./active_exchange.ts";
import { BY_LENGTH, HeadInfo, parseHead } from "../bytes/head_parser.ts";
import type { OriginPool } from "./origin_pool.ts";
import { joinBody } from "./request_bytes.ts";
import { mayRepeat, wasGivenUp } from "./retry_rule.ts";
import { type ExchangeOwner, ExchangeState } from "./exchange_state.ts";
import { toWireError } from "./socket_failure.ts";
import { Upload } from "./upload.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { AbortedError, ConnectionError, ProtocolError, WireError } from "../bytes/wire_error.ts";
import { type HeadSummary, WireResponse } from "./wire_response.ts";
import { type ConnectionSetup, WireTimes } from "./wire_times.ts";

const IDLE = 0;
const HEAD = 1;
const BODY = 2;
const CLOSED = 3;

/** Used up before another head is parsed: one for the thread. */
const INFO = new HeadInfo();

export class Connection extends ActiveExchange implements SocketReceiver, ExchangeOwner {
  /** The pool's own: its next connection, its next idle one. */
  nextOpen: Connection | undefined;
  nextIdle: Connection | undefined;
  readonly #pool: OriginPool;
  #socket!: Socket;
  #state = IDLE;
  #keepAliveSeconds = -1;
  #served = 0;
  #releasedMs = 0;
  #lastOne = false;

  constructor(pool: OriginPool) {
    super();
    this.#pool = pool;
  }

  /** The socket whose receiver this is: before anything else. */
  attach(socket: Socket): void {
    this.#socket = socket;
    if (this.#state === CLOSED) socket.destroy();
  }

  get isIdle(): boolean {
    return this.#state === IDLE;
  }

  /** Set if the connection was lost, or the server spoke, before there was a request. */
  get lostBeforeUse(): WireError | undefined {
    if (this.#state !== CLOSED || this.#served > 0) return undefined;
    return new ConnectionError("closed");
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
    this.setDeadline(nowMs, this.#pool.wheel);
    const head = this.#pool.toWireForm(request.head);
    if (request.body === undefined) this.#socket.write(head);
    else this.#sendWithBody(request, head, request.body);
  }

  #sendWithBody(request: WireRequest, head: Uint8Array, body: Uint8Array | ReadableStream<Uint8Array>): void {
    const both = joinBody(request, head);
    this.#socket.write(both ?? head);
    if (both !== undefined) return;
    const slow = this.#beSlow(this.sentMs);
    slow.upload = new Upload(slow, this.#socket, body, request.streamLength);
    slow.upload.start(request.expect, this.#pool.clock);
  }

  #beSlow(nowMs: number): ExchangeState {
    return this.slow ??= new ExchangeState(this, this.#socket, this.#pool.clock, nowMs);
  }

  data(bytes: Uint8Array): void {
    const nowMs = this.#pool.clock.nowMs();
    try {
      if (this.#state === HEAD) this.#readHead(bytes, nowMs);
      else if (this.#state === BODY) this.#readBody(bytes, 0, nowMs);
      else if (this.#state === IDLE) this.close(); // nobody asked: it must not become the answer to the next request
    } catch (problem) {
      this.fail(toWireError(problem));
      if (!(problem instanceof WireError)) throw problem; // a sink broke its promise: ours to hear of
    }
  }

  #readHead(bytes: Uint8Array, nowMs: number): void {
    const memory = this.#socket.reusesMemory ? bytes.slice() : bytes;
    const chunk = this.slow === undefined ? memory : this.slow.joinHead(memory, nowMs);
    if (chunk === undefined) return;
    if (this.firstByteMs < 0) this.firstByteMs = nowMs;
    const limits = this.#pool.limits;
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
    // A server that was tired of an idle connection says 408 and closes it: it has not seen this request.
    if (status === 408 && !INFO.persistent && mayRepeat(request, this.#served, this)) return this.#retry();
    this.#keepAliveSeconds = INFO.keepAliveSeconds;
    const hasBody = status !== 204 && status !== 304 && request.method !== "HEAD";
    const length = !hasBody ? 0 : INFO.framing === BY_LENGTH ? INFO.contentLength : -1;
    const present = chunk.length - end;
    const streamed = request.responseBody === "stream";
    if (length >= 0 && length <= present && !streamed) {
      const persistent = INFO.persistent && length === present;
      return this.#complete(INFO, chunk, from, end, chunk, end, end + length, nowMs, persistent);
    }
    const { limits } = this.#pool;
    if (length > limits.maxBodyBytes && !streamed) throw new ProtocolError("body over the limit");
    const slow = this.#beSlow(nowMs);
    slow.openBody(INFO, chunk, from, end, length, limits, streamed ? "stream" : "buffer");
    this.#state = BODY;
    if (slow.stream !== undefined) {
      // Complete for its sink from here on, so that no total timeout is left either.
      const sink = this.waitingSink as ResponseSink;
      const { head, stream: { readable } } = slow;
      this.waitingSink = undefined;
      slow.streamSink = sink;
      sink.completed(new WireResponse(this, nowMs, INFO, head, 0, head.length, head, 0, 0, readable));
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
      const body = slow.body?.pieces as BodyBuffer;
      this.#complete(slow.summary, slow.head, 0, slow.head.length, body.memory, 0, body.length, nowMs, persistent);
    }
  }

  #complete(
    summary: HeadSummary,
    chunk: Uint8Array,
    from: number,
    end: number,
    source: Uint8Array,
    bodyFrom: number,
    bodyTo: number,
    nowMs: number,
    persistent: boolean,
  ): void {
    const sink = this.waitingSink as ResponseSink;
    const response = new WireResponse(this, nowMs, summary, chunk, from, end, source, bodyFrom, bodyTo);
    this.#release(persistent, nowMs);
    sink.completed(response);
  }

  /** The exchange is over, and well. The next one may begin before this returns. */
  #release(persistent: boolean, nowMs: number): void {
    const slow = this.slow;
    if (++this.#served === 2) this.#pool.keepsConnections = true;
    this.#releasedMs = nowMs;
    this.request = undefined;
    this.waitingSink = undefined;
    this.setup = undefined;
    if (slow !== undefined) {
      this.slow = undefined;
      // Answered before it had everything: what we still sent would be read as a request.
      if (slow.upload !== undefined && !slow.upload.done) persistent = false;
      slow.end();
    }
    if (!persistent || this.#lastOne) return this.close();
    this.#state = IDLE;
    this.deadlineMs = nowMs + this.#pool.idleLimitMs(this.#keepAliveSeconds);
    if (this.deadlineMs < this.wheelAtMs) this.#pool.wheel.watch(this);
    this.#pool.released(this, nowMs);
  }

  expired(nowMs: number): void {
    if (this.#state === IDLE) return this.close();
    const timeout = this.timeoutAt(nowMs, this.#pool.wheel);
    if (timeout !== undefined) this.fail(timeout);
  }

  drained(): void {
    this.slow?.upload?.drained();
  }

  /** The reader of a streamed body wants no more of it. */
  abandonBody(): void {
    if (this.#state === BODY) this.close();
  }

  ended(): void {
    const slow = this.slow;
    if (!slow?.body?.endsWithConnection) return this.#lost(undefined);
    this.#endBody(slow, false, this.#pool.clock.nowMs());
  }

  closed(error: SocketError | undefined): void {
    if (this.#state !== CLOSED) this.#lost(error);
  }

  /** The connection is gone before its time: in order (FIN) if there is no error. */
  #lost(error: SocketError | undefined): void {
    if (this.#state === IDLE || this.#state === CLOSED) return this.close();
    if (this.#state === HEAD && this.slow?.hasReceived !== true && this.#isUnseen()) return this.#retry();
    if (error !== undefined) this.fail(toWireError(error));
    else this.fail(this.slow?.cutShort ?? new ConnectionError("closed"));
  }

  #isUnseen(): boolean {
    const sinceSentMs = this.#pool.clock.nowMs() - this.sentMs;
    return mayRepeat(this.request as WireRequest, this.#served, this) &&
      wasGivenUp(this.#pool.keepsConnections, this.sentMs - this.#releasedMs, sinceSentMs);
  }

  #retry(): void {
    const request = this.request as WireRequest;
    const sink = this.waitingSink as ResponseSink;
    this.waitingSink = undefined;
    this.#pool.retry(request, sink, this.startMs); // before the place of this one is given away
    this.close();
  }

  fail(error: WireError): void {
    const sink = this.waitingSink;
    const stream = this.slow?.stream;
    const times = new WireTimes(this, this.#pool.clock.nowMs());
    this.waitingSink = undefined;
    this.close();
    if (sink !== undefined) sink.failed(error, times);
    else stream?.fail(error);
  }

  /** Fails what is under way, if anything. */
  abort(): void {
    if (this.#state === IDLE) this.close();
    else if (this.#state !== CLOSED) this.fail(new AbortedError());
  }

  /** Closes now if idle, else after the response at hand. */
  retire(): void {
    this.#lastOne = true;
    if (this.#state === IDLE) this.close();
  }

  /** Drops the socket. Whoever waits has been told, or is told by the caller. */
  close(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#pool.wheel.forget(this);
    this.slow?.end();
    this.slow = undefined;
    this.request = undefined;
    this.#socket?.destroy();
    this.#pool.removed(this);
  }
}
