/**
 * One connection: sends a request, reads its response, and tells the pool whether it can serve another. The common case (head
 * and body in one piece, no upload) touches the fields of this object only; everything else lives in a `SlowExchange`.
 *
 *   idle → head → idle            the response came in one piece
 *          head → body → idle     the body takes longer
 *   any → closed                  for good; whoever waited has been told
 */
import type { Socket, SocketError, SocketReceiver } from "../platform/socket.ts";
import type { BodyBuffer } from "./body_buffer.ts";
import { BY_LENGTH, HeadInfo, parseHead } from "./head_parser.ts";
import type { OriginPool } from "./origin_pool.ts";
import type { StreamSource } from "./response_stream.ts";
import { SlowExchange } from "./slow_exchange.ts";
import { toWireError } from "./socket_failure.ts";
import type { WheelEntry } from "./timer_wheel.ts";
import { Upload, type UploadOwner } from "./upload.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { AbortedError, ConnectionError, ProtocolError, TimeoutError, type WireError } from "./wire_error.ts";
import { WireResponse } from "./wire_response.ts";
import { type ConnectionSetup, WireTimes } from "./wire_times.ts";

const IDLE = 0;
const HEAD = 1;
const BODY = 2;
const CLOSED = 3;

/** Used up before another head is parsed: one for the thread. */
const INFO = new HeadInfo();
const EMPTY = new Uint8Array(0);
/** A larger body is not copied behind its head but written on its own. */
const ONE_WRITE_BYTES = 64 * 1024;
/** RFC 9110 §9.2.2: sending one of these twice does no more than sending it once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

export class Connection implements SocketReceiver, WheelEntry, StreamSource, UploadOwner {
  deadlineMs = Infinity;
  wheelAtMs = Infinity;
  wheelSlot = -1;
  wheelIndex = -1;

  readonly #pool: OriginPool;
  #socket!: Socket;
  #state = IDLE;
  #request: WireRequest | undefined;
  #sink: ResponseSink | undefined;
  #startMs = 0;
  #sentMs = 0;
  #firstByteMs = -1;
  #keepAliveSeconds = -1;
  #served = 0;
  #retried = false;
  #lastOne = false;
  #setup: ConnectionSetup | undefined;
  #slow: SlowExchange | undefined;

  constructor(pool: OriginPool) {
    this.#pool = pool;
  }

  /** Before anything else: the socket whose receiver this is. */
  attach(socket: Socket): void {
    this.#socket = socket;
  }

  /** Who waits for the response at hand; undefined when idle, and from the head on when the body is streamed. */
  get sink(): ResponseSink | undefined {
    return this.#sink;
  }

  get isIdle(): boolean {
    return this.#state === IDLE;
  }

  get isClosed(): boolean {
    return this.#state === CLOSED;
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
    this.#request = request;
    this.#sink = sink;
    this.#startMs = startMs;
    this.#sentMs = nowMs;
    this.#firstByteMs = -1;
    this.#retried = retried;
    this.#setup = setup;
    this.#setDeadline(nowMs);
    const head = this.#pool.toWireForm(request.head);
    if (request.body === undefined) this.#socket.write(head);
    else this.#sendWithBody(head, request.body, request);
  }

  #sendWithBody(head: Uint8Array, body: Uint8Array | ReadableStream<Uint8Array>, request: WireRequest): void {
    if (!(body instanceof Uint8Array) || request.expect !== undefined) {
      this.#socket.write(head);
      const upload = new Upload(this, this.#socket, body, request.streamLength);
      this.#beSlow(this.#sentMs).upload = upload;
      upload.start(request.expect, this.#pool.clock);
    } else if (body.length > ONE_WRITE_BYTES) {
      this.#socket.write(head);
      this.#socket.write(body);
    } else {
      const both = new Uint8Array(head.length + body.length);
      both.set(head);
      both.set(body, head.length);
      this.#socket.write(both);
    }
  }

  #beSlow(nowMs: number): SlowExchange {
    return this.#slow ??= new SlowExchange(nowMs);
  }

  data(bytes: Uint8Array): void {
    const nowMs = this.#pool.clock.nowMs();
    try {
      if (this.#state === HEAD) this.#readHead(bytes, nowMs);
      else if (this.#state === BODY) this.#readBody(bytes, 0, nowMs);
      else if (this.#state === IDLE) this.close(); // nobody asked: it must not become the answer to the next request
    } catch (problem) {
      this.#fail(toWireError(problem));
    }
  }

  #readHead(bytes: Uint8Array, nowMs: number): void {
    let chunk: Uint8Array | undefined = bytes;
    const reused = this.#socket.reusesMemory;
    if (this.#slow !== undefined) {
      this.#slow.lastMoveMs = nowMs;
      chunk = this.#slow.joinHead(bytes, reused ? "reused" : "fresh");
      if (chunk === undefined) return;
    } else if (reused) chunk = bytes.slice();
    if (this.#firstByteMs < 0) this.#firstByteMs = nowMs;
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
    else this.#firstByteMs = -1; // only interim responses so far
  }

  /** The head of the final response is `chunk[from, end)`; what follows is its body, or the beginning of it. */
  #acceptHead(chunk: Uint8Array, from: number, end: number, nowMs: number): void {
    const request = this.#request as WireRequest;
    const status = INFO.status;
    // A server that was tired of an idle connection says 408 and closes it: it has not seen this request.
    if (status === 408 && !INFO.persistent && this.#mayRetry(request)) return this.#retry();
    this.#keepAliveSeconds = INFO.keepAliveSeconds;
    const hasBody = status !== 204 && status !== 304 && request.method !== "HEAD";
    const length = !hasBody ? 0 : INFO.framing === BY_LENGTH ? INFO.contentLength : -1;
    const present = chunk.length - end;
    const streamed = request.responseBody === "stream";
    if (length >= 0 && length <= present && !streamed) {
      const persistent = INFO.persistent && length === present;
      return this.#complete(status, chunk, from, end, chunk, end, end + length, nowMs, persistent);
    }
    const { limits } = this.#pool;
    if (length > limits.maxBodyBytes && !streamed) throw new ProtocolError("body over the limit");
    const slow = this.#beSlow(nowMs);
    const memory = this.#socket.reusesMemory ? "reused" : "fresh";
    slow.openBody(INFO, chunk, from, end, length, limits, streamed ? this : undefined, memory);
    this.#state = BODY;
    if (streamed) this.#completeAtHead(slow, nowMs);
    if (this.#state === BODY) this.#readBody(chunk, end, nowMs); // else the sink has cancelled at once
  }

  #readBody(bytes: Uint8Array, from: number, nowMs: number): void {
    const slow = this.#slow as SlowExchange;
    const body = slow.body;
    if (body === undefined) return;
    slow.lastMoveMs = nowMs;
    const used = body.read(bytes, from, bytes.length);
    if (body.done) this.#endBody(slow, slow.persistent && used === bytes.length, nowMs);
    else if (slow.stream?.isFull && !slow.paused) {
      slow.paused = true;
      this.#socket.pause();
    }
  }

  #endBody(slow: SlowExchange, persistent: boolean, nowMs: number): void {
    if (slow.stream !== undefined) {
      this.#release(persistent, nowMs);
      slow.stream.end();
    } else {
      const body = slow.body?.pieces as BodyBuffer;
      this.#complete(slow.status, slow.head, 0, slow.head.length, body.memory, 0, body.length, nowMs, persistent);
    }
  }

  #complete(
    status: number,
    chunk: Uint8Array,
    headFrom: number,
    headTo: number,
    source: Uint8Array,
    bodyFrom: number,
    bodyTo: number,
    nowMs: number,
    persistent: boolean,
  ): void {
    const sink = this.#sink as ResponseSink;
    const response = new WireResponse(
      this.#startMs,
      this.#sentMs,
      this.#firstByteMs,
      nowMs,
      this.#retried,
      this.#setup,
      status,
      chunk,
      headFrom,
      headTo,
      source,
      bodyFrom,
      bodyTo,
      undefined,
    );
    this.#release(persistent, nowMs);
    sink.completed(response);
  }

  /** A streamed response is complete for its sink when its head is here; from then on there is no total timeout. */
  #completeAtHead(slow: SlowExchange, nowMs: number): void {
    const sink = this.#sink as ResponseSink;
    this.#sink = undefined;
    const { status, head } = slow;
    const times = this.#times(nowMs);
    sink.completed(
      new WireResponse(
        times.startMs,
        times.sentMs,
        times.firstByteMs,
        nowMs,
        times.retried,
        times.setup,
        status,
        head,
        0,
        head.length,
        EMPTY,
        0,
        0,
        slow.stream?.readable,
      ),
    );
  }

  /** The exchange is over, and well. The next one may begin before this returns. */
  #release(persistent: boolean, nowMs: number): void {
    const slow = this.#slow;
    this.#served++;
    this.#request = undefined;
    this.#sink = undefined;
    this.#setup = undefined;
    if (slow !== undefined) {
      this.#slow = undefined;
      // Answered before it had everything: what we still sent would be read as a request.
      if (slow.upload !== undefined && !slow.upload.done) persistent = false;
      slow.upload?.cancel();
      if (slow.paused) this.#socket.resume();
    }
    if (!persistent || this.#lastOne) return this.close();
    this.#state = IDLE;
    this.deadlineMs = nowMs + this.#pool.idleLimitMs(this.#keepAliveSeconds);
    if (this.deadlineMs < this.wheelAtMs) this.#pool.wheel.watch(this);
    this.#pool.released(this, nowMs);
  }

  #times(endMs: number): WireTimes {
    return new WireTimes(this.#startMs, this.#sentMs, this.#firstByteMs, endMs, this.#retried, this.#setup);
  }

  #setDeadline(nowMs: number): void {
    const timeouts = this.#request?.timeouts;
    let deadlineMs = Infinity;
    if (timeouts !== undefined) {
      const { responseMs = 0, totalMs = 0 } = timeouts;
      if (responseMs > 0) deadlineMs = nowMs + responseMs;
      if (totalMs > 0 && this.#hasTotal()) deadlineMs = Math.min(deadlineMs, this.#startMs + totalMs);
    }
    this.deadlineMs = deadlineMs;
    if (deadlineMs < this.wheelAtMs) this.#pool.wheel.watch(this);
  }

  #hasTotal(): boolean {
    return this.#slow?.stream === undefined;
  }

  /** The deadline was set when the exchange began; what has moved since then moves it. */
  expired(nowMs: number): void {
    if (this.#state === IDLE) return this.close();
    const slow = this.#slow;
    const timeouts = this.#request?.timeouts;
    const totalMs = timeouts?.totalMs ?? 0;
    if (totalMs > 0 && this.#hasTotal() && this.#startMs + totalMs <= nowMs) {
      return this.#fail(new TimeoutError("total"));
    }
    const movedMs = slow === undefined ? this.#sentMs : slow.paused ? nowMs : slow.lastMoveMs;
    const responseMs = timeouts?.responseMs ?? 0;
    if (responseMs > 0 && movedMs + responseMs <= nowMs) return this.#fail(new TimeoutError("response"));
    this.#setDeadline(movedMs);
  }

  drained(): void {
    this.#slow?.upload?.drained();
  }

  uploadProgressed(): void {
    if (this.#slow !== undefined) this.#slow.lastMoveMs = this.#pool.clock.nowMs();
  }

  uploadFailed(error: WireError): void {
    this.#fail(error);
  }

  resumeReading(): void {
    const slow = this.#slow;
    if (slow === undefined || !slow.paused) return;
    slow.paused = false;
    slow.lastMoveMs = this.#pool.clock.nowMs();
    this.#socket.resume();
  }

  abandonBody(): void {
    if (this.#state === BODY) this.close();
  }

  ended(): void {
    const slow = this.#slow;
    if (this.#state === BODY && slow?.body?.endsWithConnection) {
      return this.#endBody(slow, false, this.#pool.clock.nowMs());
    }
    this.#lost(undefined);
  }

  closed(error: SocketError | undefined): void {
    if (this.#state !== CLOSED) this.#lost(error);
  }

  /** The connection is gone before its time: in order (FIN) if there is no error. */
  #lost(error: SocketError | undefined): void {
    if (this.#state === IDLE || this.#state === CLOSED) return this.close();
    const request = this.#request as WireRequest;
    if (this.#state === HEAD && this.#slow?.hasReceived !== true && this.#mayRetry(request)) return this.#retry();
    if (error !== undefined) this.#fail(toWireError(error));
    else if (this.#state === BODY) this.#fail(new ProtocolError("body cut short"));
    else if (this.#slow?.isInsideHead) this.#fail(new ProtocolError("head cut short"));
    else this.#fail(new ConnectionError("closed"));
  }

  /** Only a connection that has served before can have been closed by a server that did not know of this request. */
  #mayRetry(request: WireRequest): boolean {
    return this.#served > 0 && !this.#retried && IDEMPOTENT.has(request.method) &&
      (request.body === undefined || request.body instanceof Uint8Array);
  }

  #retry(): void {
    const request = this.#request as WireRequest;
    const sink = this.#sink as ResponseSink;
    this.#sink = undefined;
    this.close();
    this.#pool.retry(request, sink, this.#startMs);
  }

  #fail(error: WireError): void {
    const sink = this.#sink;
    const stream = this.#slow?.stream;
    const times = this.#times(this.#pool.clock.nowMs());
    this.#sink = undefined;
    this.close();
    if (sink !== undefined) sink.failed(error, times);
    else stream?.fail(error);
  }

  /** Fails what is under way, if anything. */
  abort(): void {
    if (this.#state === IDLE) this.close();
    else if (this.#state !== CLOSED) this.#fail(new AbortedError());
  }

  /** Closes now if idle, else after the response at hand. */
  retire(): void {
    this.#lastOne = true;
    if (this.#state === IDLE) this.close();
  }

  /** Drops the socket. Whoever waits must have been told, or is told by the caller. */
  close(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#pool.wheel.forget(this);
    this.#slow?.upload?.cancel();
    this.#slow = undefined;
    this.#request = undefined;
    this.#socket.destroy();
    this.#pool.removed(this);
  }
}
