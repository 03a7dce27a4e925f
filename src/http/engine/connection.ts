/**
 * One connection: sends a request, reads its response, and reports to its owner whether it can serve another. The common case
 * (head and body in one piece, no upload) uses the fields of this object only; everything else is in an `ExchangeState`.
 *
 *   idle → head → idle            the response came in one piece
 *          head → body → idle     the body takes longer
 *   any → closed                  for good; the sink has got its failure
 */
import type { ReceiveRoom, Socket, SocketError, SocketReceiver } from "../../platform/sockets/socket.ts";
import { BodyBuffer } from "../bytes/body_buffer.ts";
import type { BodyReader } from "../bytes/body_reader.ts";
import { concatBytes } from "../bytes/read_all.ts";
import { isInterim, passEmptyLines } from "./before_head.ts";
import { brokenResponse, LEFT_OVER } from "./broken_response.ts";
import { ActiveExchange, BODY, CLOSED, HEAD, IDLE, LAST_ONE } from "./active_exchange.ts";
import { BY_LENGTH, HeadInfo, parseHead } from "../bytes/head_parser.ts";
import { copyBytes } from "../bytes/raw_memory.ts";
import { KnownHeads } from "./known_heads.ts";
import { type ConnectionOwner, idleLimitMs, type Place } from "./connection_owner.ts";
import { mayRepeat, wasGivenUp } from "./retry_rule.ts";
import { type AnswerHead, type ExchangeOwner, ExchangeState } from "./exchange_state.ts";
import { DROPPED, expectAfter, SpareMemory } from "./spare_memory.ts";
import { joinBody } from "./upload.ts";
import { discardsBody, type Line, type ResponseSink, type WireRequest } from "./wire.ts";
import { AbortedError, ConnectionError, ProtocolError, toWireError, WireError } from "../bytes/wire_error.ts";
import { type ByteRange, DiscardedBody, NOTHING, WireResponse } from "./wire_response.ts";
import { type ConnectionSetup, WireTimes } from "./wire_times.ts";

/** Used up before another head is parsed: one for the thread. */
const INFO = new HeadInfo();
const HEADS = new KnownHeads();
const SPARE = new SpareMemory();
const ROOM: ReceiveRoom = { bytes: NOTHING.bytes, from: 0, to: 0, use: "first" };

/** Where bytes lie that have come: in memory of their own, in memory that is written over, at the beginning of the spare memory. */
type Memory = "own" | "reused" | "spare";

export class Connection extends ActiveExchange implements SocketReceiver, ExchangeOwner, Line {
  /** Links of the owner's lists: all connections, idle ones. */
  nextOpen: Connection | undefined;
  nextIdle: Connection | undefined;
  readonly #owner: ConnectionOwner<Connection>;
  readonly #place: Place;
  #socket!: Socket;
  #releasedMs = 0;
  /** Bytes of the next answer, if it is like those before it; 0: it is small, or too large; `DROPPED`: its body is large, and not wanted. */
  #expectedBytes = 0;

  constructor(owner: ConnectionOwner<Connection>) {
    super();
    this.#owner = owner;
    this.#place = owner.place;
  }

  /** Takes the socket whose receiver this is. Called before anything else. */
  attach(socket: Socket): void {
    this.#socket = socket;
    if (this.state === CLOSED) socket.destroy();
  }

  /** Set if the connection was lost, or the server spoke, before there was a request. */
  get lostBeforeUse(): WireError | undefined {
    return this.state === CLOSED && !this.hasServed ? new ConnectionError("closed") : undefined;
  }

  trySend(request: WireRequest, sink: ResponseSink): boolean {
    const { context, origin, tls } = this.#place;
    if (!this.isFree || request.origin !== origin || (request.tls ?? context.tls) !== tls) return false;
    if (request.signal !== undefined) return false;
    const nowMs = context.clock.nowMs();
    context.watch?.called(nowMs);
    this.begin(request, sink, nowMs, nowMs, false, undefined);
    return true;
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
    const { context } = this.#place;
    this.state = HEAD;
    if (request.closes === true) this.flags |= LAST_ONE;
    this.request = request;
    this.waitingSink = sink;
    this.startMs = startMs;
    this.sentMs = nowMs;
    this.firstByteMs = -1;
    this.retried = retried;
    this.setup = setup;
    this.setDeadline(nowMs, context.wheel);
    const head = context.proxy === undefined ? request.head : this.#owner.toWireForm(request.head);
    if (request.body === undefined) this.#socket.write(head);
    else this.#sendWithBody(request, head, request.body);
  }

  #sendWithBody(request: WireRequest, head: Uint8Array, body: Uint8Array | ReadableStream<Uint8Array>): void {
    const both = joinBody(request, head);
    this.#socket.write(both ?? head);
    if (both === undefined) this.#beSlow(this.sentMs).startUpload(request, body);
  }

  #beSlow(nowMs: number): ExchangeState {
    return this.slow ??= new ExchangeState(this, this.#socket, this.#place.context.clock, nowMs);
  }

  data(bytes: Uint8Array, atMs?: number): void {
    const nowMs = atMs === undefined ? this.#place.context.clock.nowMs() : this.#cameMs(atMs);
    const isReused = this.state !== IDLE && this.#socket.reusesMemory; // idle: there may be no socket yet
    this.#read(bytes, 0, bytes.length, isReused ? "reused" : "own", nowMs);
  }

  shown(memory: Uint8Array, from: number, to: number, atMs: number): void {
    this.#read(memory, from, to, "reused", this.#cameMs(atMs));
  }

  #read(bytes: Uint8Array, from: number, to: number, place: Memory, nowMs: number): void {
    try {
      if (this.state === HEAD && nowMs < this.sentMs) this.#refuseEarly();
      else if (this.state === HEAD) this.#readHead(bytes, from, to, place, nowMs);
      else if (this.state === BODY) this.#readBody(bytes, from, to, nowMs);
      else if (this.state === IDLE) this.close(); // not a response to anything: it must not become one to the next request
    } catch (problem) {
      this.#failBy(problem);
    }
  }

  #failBy(problem: unknown): void {
    this.fail(brokenResponse(problem, this.hasServed));
    if (!(problem instanceof WireError)) throw problem; // a sink has thrown, which is a mistake of ours
  }

  /** Large answers are received where they stay, or not at all. */
  room(): ReceiveRoom | undefined {
    if (this.state === BODY) return this.slow?.roomForBody(ROOM);
    if (this.state !== HEAD || this.#expectedBytes === 0 || this.slow !== undefined) return undefined;
    if (this.#expectedBytes !== DROPPED) return SPARE.offer(this.#expectedBytes, ROOM);
    return this.request?.responseBody === "discard" ? SPARE.offerForHead(ROOM) : undefined;
  }

  filled(count: number, more: Uint8Array | undefined, atMs: number): void {
    const nowMs = this.#cameMs(atMs);
    try {
      if (this.state === BODY) this.#filledBody(count, more, nowMs);
      else if (nowMs < this.sentMs) this.#refuseEarly();
      else if (more === undefined) this.#readHead(ROOM.bytes, 0, count, "spare", nowMs);
      else {
        const whole = concatBytes([SPARE.first(count), more], count + more.length);
        this.#readHead(whole, 0, whole.length, "own", nowMs);
      }
    } catch (problem) {
      this.#failBy(problem);
    }
  }

  #filledBody(count: number, more: Uint8Array | undefined, nowMs: number): void {
    const slow = this.slow as ExchangeState;
    const end = slow.bodyFilled(count);
    if (more === undefined) this.#bodyMoved(slow, end, nowMs);
    else this.#readBody(more, 0, more.length, nowMs);
  }

  /** When bytes with a time stamp came: not before those in front of them. */
  #cameMs(atMs: number): number {
    if (this.state !== HEAD || this.slow !== undefined) return Math.max(atMs, this.sentMs, this.firstByteMs);
    this.wentOut(this.#socket.handedOverMs ?? 0);
    return this.hasServed ? atMs : Math.max(atMs, this.sentMs); // on a new connection the server may have spoken first
  }

  /** Bytes came before the request went out, so that they are not its answer. */
  #refuseEarly(): void {
    if (mayRepeat(this.request as WireRequest, this.hasServed, this)) this.#retry();
    else this.fail(new ProtocolError(LEFT_OVER));
  }

  /** What has come is `bytes[from, to)`. */
  #readHead(bytes: Uint8Array, from: number, to: number, place: Memory, nowMs: number): void {
    if (this.slow === undefined) {
      const known = HEADS.find(bytes, from, to, this.#place.context.limits);
      if (known === undefined) return this.#parseHead(bytes, from, to, place, nowMs);
      this.firstByteMs = nowMs;
      return this.#acceptHead(known.info, known.range, bytes, from, from + known.range.to, to, place, nowMs);
    }
    const piece = bytes.subarray(from, to);
    const chunk = this.slow.joinHead(piece, nowMs);
    if (chunk === piece) this.#parseHead(bytes, from, to, place, nowMs);
    else if (chunk !== undefined) this.#parseHead(chunk, 0, chunk.length, "own", nowMs);
  }

  #parseHead(chunk: Uint8Array, start: number, to: number, place: Memory, nowMs: number): void {
    if (this.firstByteMs < 0) this.firstByteMs = nowMs;
    const limits = this.#place.context.limits;
    let from = passEmptyLines(chunk, start, to);
    let end = parseHead(chunk, from, to, limits, INFO);
    while (end >= 0 && isInterim(INFO, this.request as WireRequest)) {
      this.#beSlow(nowMs).passInterim(INFO.status);
      from = passEmptyLines(chunk, end, to);
      end = parseHead(chunk, from, to, limits, INFO);
    }
    if (end >= 0) {
      if (this.slow === undefined) HEADS.keep(INFO, limits, chunk, from, end, to);
      this.#acceptHead(INFO, undefined, chunk, from, end, to, place, nowMs);
    } else if (from < to) this.#beSlow(nowMs).keepPartialHead(chunk, from, to, limits);
    else this.firstByteMs = -1; // only interim responses so far
  }

  /**
   * The head of the final response is `chunk[from, end)`, which is equal to `known` if there is that; what follows is its body, or the beginning of it.
   */
  #acceptHead(
    info: HeadInfo,
    known: ByteRange | undefined,
    chunk: Uint8Array,
    from: number,
    end: number,
    to: number,
    place: Memory,
    nowMs: number,
  ): void {
    const request = this.request as WireRequest;
    const status = info.status;
    // A server that closes an idle connection may send 408 first: it has not seen this request.
    if (status === 408 && !info.persistent && mayRepeat(request, this.hasServed, this)) return this.#retry();
    const hasBody = status !== 204 && status !== 304 && status !== 101 && request.method !== "HEAD";
    const length = !hasBody ? 0 : info.framing === BY_LENGTH ? info.contentLength : -1;
    const present = to - end;
    const streamed = request.responseBody === "stream";
    const dropped = discardsBody(request, status) && !info.hasContentEncoding; // else only decoding tells its length
    const kept = !streamed && !dropped;
    if (length >= 0 && length <= present && !streamed) {
      const persistent = info.persistent && length === present;
      if (dropped) {
        const head = known ?? { bytes: copyBytes(chunk, from, end), from: 0, to: end - from };
        return this.#complete(info, head, new DiscardedBody(0, length), nowMs, persistent);
      }
      if (known !== undefined && place === "reused") {
        const body = length === 0 ? NOTHING : { bytes: copyBytes(chunk, end, end + length), from: 0, to: length };
        return this.#complete(info, known, body, nowMs, persistent);
      }
      const bytes = place === "own" ? chunk : place === "spare" ? SPARE.keep(to) : copyBytes(chunk, from, end + length);
      const shift = place === "reused" ? from : 0;
      const head = known ?? { bytes, from: from - shift, to: end - shift };
      const body = { bytes, from: end - shift, to: end - shift + length };
      return this.#complete(info, head, body, nowMs, persistent);
    }
    const { limits } = this.#place.context;
    if (length > limits.maxBodyBytes && kept) throw new ProtocolError("body over the limit");
    const slow = this.#beSlow(nowMs);
    const spare = place === "spare" && length >= 0 && kept ? SPARE.claim(end + length) : undefined;
    // Without memory for all of it a copy of the head, so that it does not keep a large first piece of the body alive.
    const head = spare === undefined
      ? known ?? { bytes: copyBytes(chunk, from, end), from: 0, to: end - from }
      : { bytes: spare, from, to: end };
    const pieces = kept ? new BodyBuffer(length, limits.maxBodyBytes, spare, spare && end) : slow.openUnkept(streamed);
    slow.openBody(info, head, length, limits, pieces);
    this.state = BODY;
    if (slow.stream !== undefined) {
      // Complete for its sink from here on, so that no total timeout is left either.
      const sink = this.waitingSink as ResponseSink;
      this.waitingSink = undefined;
      slow.streamSink = sink;
      sink.completed(new WireResponse(this, nowMs, info, slow.head, NOTHING, slow.stream.readable));
    }
    if (this.state !== BODY) return; // the sink has cancelled at once
    if (spare === undefined) this.#readBody(chunk, end, to, nowMs);
    else this.#filledBody(present, undefined, nowMs);
  }

  #readBody(bytes: Uint8Array, from: number, to: number, nowMs: number): void {
    const slow = this.slow as ExchangeState;
    const body = slow.body as BodyReader;
    const used = body.read(bytes, from, to);
    this.#bodyMoved(slow, used === to ? "clean" : "surplus", nowMs);
  }

  /** `end`: whether more has come than belongs to this body. */
  #bodyMoved(slow: ExchangeState, end: "clean" | "surplus", nowMs: number): void {
    slow.lastMoveMs = nowMs;
    if (slow.body?.done) this.#endBody(slow, slow.persistent && end === "clean", nowMs);
    else slow.pauseIfFull();
  }

  #endBody(slow: ExchangeState, persistent: boolean, nowMs: number): void {
    if (slow.stream !== undefined) {
      this.#release(persistent, slow.summary.keepAliveSeconds, nowMs);
      slow.stream.end();
    } else this.#complete(slow.summary, slow.head, slow.collectedBody, nowMs, persistent);
  }

  #complete(summary: AnswerHead, head: ByteRange, body: ByteRange, nowMs: number, persistent: boolean): void {
    const sink = this.waitingSink as ResponseSink;
    const given = discardsBody(this.request!, summary.status) ? DiscardedBody.of(body) : body;
    const response = new WireResponse(this, nowMs, summary, head, given);
    this.#expectedBytes = expectAfter(head.to - head.from, given, this.#expectedBytes);
    this.#release(persistent, summary.keepAliveSeconds, nowMs);
    sink.completed(response, this);
  }

  /** The exchange has succeeded. The next one may begin before this returns. */
  #release(persistent: boolean, keepAliveSeconds: number, nowMs: number): void {
    const slow = this.slow;
    if (this.countServed() === "second") this.#owner.keepsConnections = true;
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
    if (!persistent || (this.flags & LAST_ONE) !== 0) return this.close();
    this.state = IDLE;
    this.deadlineMs = nowMs + idleLimitMs(this.#place, keepAliveSeconds);
    if (this.deadlineMs < this.wheelAtMs) this.#place.context.wheel.watch(this);
    if (!this.isAlone) this.#owner.released(this);
  }

  expired(nowMs: number): void {
    if (this.state === IDLE) return this.close();
    const timeout = this.timeoutAt(nowMs, this.#place.context.wheel);
    if (timeout !== undefined) this.fail(timeout);
  }

  drained(): void {
    this.slow?.upload?.drained();
  }

  /** The reader of a streamed body has cancelled it. */
  abandonBody(): void {
    if (this.state === BODY) this.close();
  }

  ended(): void {
    const slow = this.slow;
    if (!slow?.body?.endsWithConnection) return this.#lost(undefined);
    this.#endBody(slow, false, this.#place.context.clock.nowMs());
  }

  closed(error: SocketError | undefined): void {
    if (this.state !== CLOSED) this.#lost(error);
  }

  /** The connection ended early: in order (FIN) if there is no error. */
  #lost(error: SocketError | undefined): void {
    if (this.state === IDLE || this.state === CLOSED) return this.close();
    const sinceSentMs = this.#place.context.clock.nowMs() - this.sentMs;
    const isUnseen = this.state === HEAD && this.slow?.hasReceived !== true &&
      mayRepeat(this.request as WireRequest, this.hasServed, this) &&
      wasGivenUp(this.#owner.keepsConnections, this.sentMs - this.#releasedMs, sinceSentMs);
    if (isUnseen) return this.#retry();
    this.fail(error !== undefined ? toWireError(error) : this.slow?.cutShort ?? new ConnectionError("closed"));
  }

  #retry(): void {
    const sink = this.waitingSink as ResponseSink;
    this.waitingSink = undefined;
    this.#owner.retry(this.request as WireRequest, sink, this.startMs); // before this connection's place is given to another request
    this.close();
  }

  fail(error: WireError): void {
    const sink = this.waitingSink;
    const stream = this.slow?.stream;
    const times = new WireTimes(this, this.#place.context.clock.nowMs());
    this.waitingSink = undefined;
    this.close();
    if (sink !== undefined) sink.failed(error, times);
    else stream?.fail(error);
  }

  /** Fails the current exchange, if there is one. */
  abort(): void {
    if (this.state === IDLE) this.close();
    else if (this.state !== CLOSED) this.fail(new AbortedError());
  }

  /** Closes now if idle, else after the current response. */
  retire(): void {
    this.flags |= LAST_ONE;
    if (this.state === IDLE) this.close();
  }

  /** Drops the socket. The caller has failed the exchange, or fails it. */
  close(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.#place.context.wheel.forget(this);
    this.slow?.end();
    this.slow = undefined;
    this.request = undefined;
    this.#socket?.destroy();
    this.#owner.removed(this);
  }
}
