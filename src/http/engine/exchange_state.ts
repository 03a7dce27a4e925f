/**
 * The state of an exchange that takes more than one write and one read: a head in pieces, interim responses, an upload, a
 * body that is still coming. A connection makes one when it needs it and drops it with the exchange.
 */
import type { Clock } from "../../base/clock.ts";
import type { ReceiveRoom, Socket } from "../../platform/sockets/socket.ts";
import { BodyBuffer } from "../bytes/body_buffer.ts";
import { BodyReader } from "../bytes/body_reader.ts";
import type { BodyPieces } from "../bytes/chunked_decoder.ts";
import { DroppedPieces } from "../bytes/dropped_pieces.ts";
import { BY_LENGTH, type HeadInfo, type HeadLimits, UNTIL_CLOSE } from "../bytes/head_parser.ts";
import { PartialHead } from "../bytes/partial_head.ts";
import { ResponseStream, type StreamSource } from "../bytes/response_stream.ts";
import { SignalledSink } from "./signalled_sink.ts";
import { Upload, type UploadOwner } from "./upload.ts";
import type { ResponseLimits } from "./engine_options.ts";
import type { ResponseSink, WireRequest } from "./wire.ts";
import { type ByteRange, DiscardedBody, type HeadSummary, NOTHING } from "./wire_response.ts";
import { ProtocolError, type WireError } from "../bytes/wire_error.ts";

/** Interim responses before the final one. No real server sends more, and an endless series of them would never time out. */
const MAX_INTERIM = 32;
/** One byte more than belongs to the body: what follows it shows, and must not be taken for the answer to the next request. */
function roomToDrop(room: ReceiveRoom, remaining: number): ReceiveRoom | undefined {
  if (remaining === 0) return undefined;
  room.from = 0;
  room.to = remaining + 1;
  room.use = "drop";
  return room;
}

const NO_SUMMARY: AnswerHead = { status: 0, hasSetCookie: false, hasContentEncoding: false, keepAliveSeconds: -1 };

/** What is left of a head when its body has come. */
export interface AnswerHead extends HeadSummary {
  /** As the server announced it; -1: it did not. */
  readonly keepAliveSeconds: number;
}

/** The connection that the exchange is on. */
export interface ExchangeOwner {
  abandonBody(): void;
  fail(error: WireError): void;
}

export class ExchangeState implements StreamSource, UploadOwner {
  upload: Upload | undefined;
  /** When anything moved last: bytes from the server, or ours to it. */
  lastMoveMs: number;
  // From the final head on, while its body is coming:
  summary: AnswerHead = NO_SUMMARY;
  head: ByteRange = NOTHING;
  persistent = false;
  body: BodyReader | undefined;
  stream: ResponseStream | undefined;
  /** The sink that has got the head of a streamed response. */
  streamSink: ResponseSink | undefined;
  /** The socket is paused, because the reader of the stream is behind. */
  paused = false;
  #partialHead: PartialHead | undefined;
  #interim = 0;
  #over = false;
  readonly #owner: ExchangeOwner;
  readonly #socket: Socket;
  readonly #clock: Clock;

  constructor(owner: ExchangeOwner, socket: Socket, clock: Clock, nowMs: number) {
    this.#owner = owner;
    this.#socket = socket;
    this.#clock = clock;
    this.lastMoveMs = nowMs;
  }

  /** True if bytes of a response have come, were it only an interim one. */
  get hasReceived(): boolean {
    return this.#partialHead !== undefined || this.#interim > 0 || this.body !== undefined;
  }

  /** The error if the connection ends in order at this point; undefined: nothing has come yet. */
  get cutShort(): ProtocolError | undefined {
    if (this.body !== undefined) return new ProtocolError("body cut short");
    return this.hasReceived ? new ProtocolError("head cut short") : undefined;
  }

  /** Adds bytes to a head that may have begun. Undefined: it is not complete. */
  joinHead(bytes: Uint8Array, nowMs: number): Uint8Array | undefined {
    this.lastMoveMs = nowMs;
    const partial = this.#partialHead;
    if (partial === undefined) return bytes;
    if (!partial.append(bytes)) return undefined;
    this.#partialHead = undefined;
    return partial.bytes;
  }

  keepPartialHead(bytes: Uint8Array, from: number, to: number, limits: HeadLimits): void {
    this.#partialHead = new PartialHead(bytes.subarray(from, to), limits.maxHeadBytes);
  }

  /** Sends the body of a request whose head has gone out. */
  startUpload(request: WireRequest, body: NonNullable<WireRequest["body"]>): void {
    this.upload = new Upload(this, this.#socket, body, request.streamLength);
    this.upload.start(request.expect, this.#clock);
  }

  passInterim(status: number): void {
    if (status === 101) throw new ProtocolError("101 unasked");
    if (++this.#interim > MAX_INTERIM) throw new ProtocolError("too many interim responses");
    if (status === 100) this.upload?.proceed();
  }

  /** `head` is the final one; its body follows, and goes to `pieces`. `length`: -1 if it is not known beforehand. */
  openBody(info: HeadInfo, head: ByteRange, length: number, limits: ResponseLimits, pieces: BodyPieces): void {
    const framing = length >= 0 ? BY_LENGTH : info.framing;
    this.body = new BodyReader(framing, length, limits.maxHeadBytes, pieces);
    const { status, hasSetCookie, hasContentEncoding, keepAliveSeconds } = info;
    this.summary = { status, hasSetCookie, hasContentEncoding, keepAliveSeconds };
    this.persistent = info.persistent && framing !== UNTIL_CLOSE;
    this.head = head;
  }

  /** The body goes to its reader as it comes, or to nobody. */
  openUnkept(streamed: boolean): BodyPieces {
    return streamed ? this.stream = new ResponseStream(this, this.#socket) : new DroppedPieces();
  }

  /** The body that is collected; undefined where it is streamed. */
  get bodyBuffer(): BodyBuffer | undefined {
    const pieces = this.body?.pieces;
    return pieces instanceof BodyBuffer ? pieces : undefined;
  }

  /** The whole body, when it has come. */
  get collectedBody(): ByteRange {
    const pieces = this.body?.pieces;
    if (pieces instanceof DroppedPieces) return new DiscardedBody(0, pieces.length);
    return pieces instanceof BodyBuffer ? { bytes: pieces.memory, from: pieces.from, to: pieces.to } : NOTHING;
  }

  /** Where the rest of a body is received whose length is known; undefined where there is no memory for it yet. */
  roomForBody(room: ReceiveRoom): ReceiveRoom | undefined {
    const { body, bodyBuffer } = this;
    if (body?.pieces instanceof DroppedPieces) return roomToDrop(room, body.remaining);
    if (body === undefined || bodyBuffer === undefined) return undefined;
    const { memory, to } = bodyBuffer;
    room.bytes = memory;
    room.from = to;
    room.to = Math.min(memory.length, to + body.remaining);
    room.use = "first";
    return room.to > to ? room : undefined;
  }

  /** `count` bytes came into the room for the body. Says whether they are more than belong to it. */
  bodyFilled(count: number): "clean" | "surplus" {
    const { body } = this;
    const own = Math.min(count, body?.remaining ?? 0);
    const pieces = body?.pieces;
    if (pieces instanceof DroppedPieces || pieces instanceof BodyBuffer) body?.filled(pieces, own);
    return own === count ? "clean" : "surplus";
  }

  /** The reader is behind: let TCP slow the server down. */
  pauseIfFull(): void {
    if (this.paused || !this.stream?.isFull) return;
    this.paused = true;
    this.#socket.pause();
  }

  resumeReading(): void {
    if (!this.paused) return;
    this.paused = false;
    this.lastMoveMs = this.#clock.nowMs();
    this.#socket.resume();
  }

  uploadProgressed(): void {
    this.lastMoveMs = this.#clock.nowMs();
  }

  uploadFailed(error: WireError): void {
    this.#owner.fail(error);
  }

  abandonBody(): void {
    if (!this.#over) this.#owner.abandonBody(); // else the connection carries another exchange
  }

  /** The exchange is over, well or not. */
  end(): void {
    this.#over = true;
    this.upload?.cancel();
    this.resumeReading();
    if (this.streamSink instanceof SignalledSink) this.streamSink.release();
  }
}
