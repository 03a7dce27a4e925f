/**
 * Sends a body that cannot go out with its head in one write: a stream (chunked, or with an announced length), or any body
 * that waits for `100 Continue`. Holds at most one piece of the stream beyond what the socket queues. It is done when the socket has
 * taken all of it: a response that comes sooner must not leave the rest to stand before the next request.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { Socket } from "../../platform/sockets/socket.ts";
import type { WireRequest } from "./wire.ts";
import { copyBytes } from "../bytes/raw_memory.ts";
import { BodyError } from "../bytes/wire_error.ts";

/** The wait for a server that does not know Expect (RFC 9110 §10.1.1 leaves it open; curl waits as long). */
const CONTINUE_WAIT_MS = 1000;

/** Of large bodies that are there as a whole: each piece that has gone out says that the server is reading. */
const PIECE_BYTES = 1 << 20;

/**
 * Up to here a ring takes a piece at once, and reads it again if the kernel had no room: by then its source may have
 * filled the same memory anew.
 */
const SMALL_BYTES = 4096;

const encoder = new TextEncoder();
const CRLF = encoder.encode("\r\n");
const LAST_CHUNK = encoder.encode("0\r\n\r\n");

/** The connection that the body goes out on. */
export interface UploadOwner {
  /** Bytes were sent: the server may be silent meanwhile. */
  uploadProgressed(): void;
  uploadFailed(error: BodyError): void;
}

export class Upload {
  readonly #owner: UploadOwner;
  readonly #socket: Socket;
  readonly #body: Uint8Array | ReadableStream<Uint8Array>;
  readonly #length: number | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #wake: (() => void) | undefined;
  #continueTimer: Timer | undefined;
  #phase: "waiting" | "sending" | "done" | "cancelled" = "waiting";
  #writtenBytes = 0;

  /** `length`: of a stream with a content-length; undefined: chunked. */
  constructor(
    owner: UploadOwner,
    socket: Socket,
    body: Uint8Array | ReadableStream<Uint8Array>,
    length: number | undefined,
  ) {
    this.#owner = owner;
    this.#socket = socket;
    this.#body = body;
    this.#length = length;
  }

  get done(): boolean {
    return this.#phase === "done";
  }

  /** Sends now, or after `100 Continue`, or after a second of silence. */
  start(expect: WireRequest["expect"], clock: Clock): void {
    if (expect !== "continue") return this.proceed();
    this.#continueTimer = clock.schedule(CONTINUE_WAIT_MS, () => this.proceed());
  }

  /** Sends the body. */
  proceed(): void {
    if (this.#phase !== "waiting") return;
    this.#continueTimer?.cancel();
    this.#phase = "sending";
    if (this.#body instanceof Uint8Array) this.#sendPieces(this.#body);
    else void this.#sendStream(this.#body); // reports its failure to the owner
  }

  #sendPieces(body: Uint8Array): void {
    while (this.#writtenBytes < body.length) {
      const piece = body.subarray(this.#writtenBytes, this.#writtenBytes + PIECE_BYTES);
      this.#writtenBytes += piece.length;
      if (!this.#socket.write(piece)) return; // `drained` goes on
    }
    this.#phase = "done";
  }

  drained(): void {
    this.#owner.uploadProgressed();
    if (this.#phase === "sending" && this.#body instanceof Uint8Array) this.#sendPieces(this.#body);
    this.#wake?.();
    this.#wake = undefined;
  }

  /** The exchange is over: the rest is not sent. */
  cancel(): void {
    this.#continueTimer?.cancel();
    if (this.#phase === "done") return;
    const unread = this.#phase === "waiting" ? this.#body : undefined;
    this.#phase = "cancelled";
    this.#wake?.();
    const ignore = () => {}; // the failure of a source that is being cancelled changes nothing
    if (unread instanceof ReadableStream) unread.cancel().catch(ignore);
    this.#reader?.cancel().catch(ignore);
  }

  async #sendStream(body: ReadableStream<Uint8Array>): Promise<void> {
    await undefined; // nothing is reported from inside `HttpEngine.send`
    if (this.#isCancelled()) return;
    try {
      const reader = this.#reader = body.getReader(); // throws if it is being read already
      let sent = 0;
      for (;;) {
        const { value, done } = await reader.read();
        if (this.#phase === "cancelled") return;
        if (done) break;
        if (!(value instanceof Uint8Array)) throw new TypeError("it returned a chunk that is not bytes");
        if (value.length === 0) continue;
        sent += value.length;
        if (this.#length !== undefined && sent > this.#length) {
          throw new RangeError("it is longer than its announced length");
        }
        await this.#sendPiece(value);
        if (this.#isCancelled()) return;
      }
      if (this.#length !== undefined && sent < this.#length) {
        throw new RangeError("it is shorter than its announced length");
      }
      if (this.#length === undefined) this.#socket.write(LAST_CHUNK);
      this.#phase = "done";
    } catch (problem) {
      if (this.#isCancelled()) return;
      const reason = problem instanceof Error ? problem.message : String(problem);
      this.#owner.uploadFailed(new BodyError(`the request's body stream failed: ${reason}`, problem));
    }
  }

  /** Own method: the compiler believes that the phase cannot have changed over an await. */
  #isCancelled(): boolean {
    return this.#phase === "cancelled";
  }

  async #sendPiece(value: Uint8Array): Promise<void> {
    let flowing: boolean;
    if (this.#length === undefined) {
      this.#socket.write(encoder.encode(`${value.length.toString(16)}\r\n`));
      this.#socket.write(value);
      flowing = this.#socket.write(CRLF);
    } else flowing = this.#socket.write(value.length <= SMALL_BYTES ? copyBytes(value) : value);
    this.#owner.uploadProgressed();
    if (!flowing) await new Promise<void>((resolve) => this.#wake = resolve);
  }
}

/** A larger body is not copied behind its head but written on its own. */
const ONE_WRITE_BYTES = 64 * 1024;

/** Head and body for one write; undefined if the body has to go out on its own. `head`: in the form that this way needs. */
export function joinBody(request: WireRequest, head: Uint8Array): Uint8Array | undefined {
  const { body } = request;
  if (!(body instanceof Uint8Array) || body.length > ONE_WRITE_BYTES || request.expect !== undefined) return undefined;
  const both = new Uint8Array(head.length + body.length);
  both.set(head);
  both.set(body, head.length);
  return both;
}
