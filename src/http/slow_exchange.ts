/**
 * The state of an exchange that takes more than one write and one read: a head in pieces, interim responses, an upload, a
 * body that is still coming. A connection makes one when it needs it and drops it with the exchange.
 */
import { BodyBuffer } from "./body_buffer.ts";
import { BodyReader } from "./body_reader.ts";
import { BY_LENGTH, type HeadInfo, type HeadLimits, UNTIL_CLOSE } from "./head_parser.ts";
import { PartialHead } from "./partial_head.ts";
import { ResponseStream, type StreamSource } from "./response_stream.ts";
import type { Upload } from "./upload.ts";
import { ProtocolError } from "./wire_error.ts";

/** Interim responses before the final one. Nobody sends more, and an endless row of them would never time out. */
const MAX_INTERIM = 32;
const EMPTY = new Uint8Array(0);

export interface ResponseLimits extends HeadLimits {
  readonly maxBodyBytes: number;
}

export class SlowExchange {
  upload: Upload | undefined;
  /** When anything moved last: bytes from the server, or ours to it. */
  lastMoveMs: number;
  // From the final head on, while its body is coming:
  status = 0;
  head: Uint8Array = EMPTY;
  persistent = false;
  body: BodyReader | undefined;
  stream: ResponseStream | undefined;
  /** We asked the socket to stop, because the reader of the stream is behind. */
  paused = false;
  #partialHead: PartialHead | undefined;
  #interim = 0;

  constructor(nowMs: number) {
    this.lastMoveMs = nowMs;
  }

  /** True if bytes of a response have come, were it only an interim one. */
  get hasReceived(): boolean {
    return this.#partialHead !== undefined || this.#interim > 0 || this.body !== undefined;
  }

  /** True if the connection may not end here: a head has begun. */
  get isInsideHead(): boolean {
    return this.#partialHead !== undefined;
  }

  /** Adds bytes to a head that has begun. Undefined: it is not complete. */
  joinHead(bytes: Uint8Array, memory: "fresh" | "reused"): Uint8Array | undefined {
    const partial = this.#partialHead;
    if (partial === undefined) return memory === "reused" ? bytes.slice() : bytes;
    if (!partial.append(bytes)) return undefined;
    this.#partialHead = undefined;
    return partial.bytes;
  }

  keepPartialHead(bytes: Uint8Array, from: number, limits: HeadLimits): void {
    this.#partialHead = new PartialHead(bytes, from, limits.maxHeadBytes);
  }

  passInterim(status: number): void {
    if (status === 101) throw new ProtocolError("101 unasked");
    if (++this.#interim > MAX_INTERIM) throw new ProtocolError("too many interim responses");
    if (status === 100) this.upload?.proceed();
  }

  /** The final head is `chunk[from, end)`; its body follows. `length`: -1 if it is not known beforehand. */
  openBody(
    info: HeadInfo,
    chunk: Uint8Array,
    from: number,
    end: number,
    length: number,
    limits: ResponseLimits,
    streamFor: StreamSource | undefined,
    memory: "fresh" | "reused",
  ): void {
    const framing = length >= 0 ? BY_LENGTH : info.framing;
    this.stream = streamFor === undefined ? undefined : new ResponseStream(streamFor, memory);
    const pieces = this.stream ?? new BodyBuffer(length, limits.maxBodyBytes);
    this.body = new BodyReader(framing, length, limits.maxHeadBytes, pieces);
    this.status = info.status;
    this.persistent = info.persistent && framing !== UNTIL_CLOSE;
    // A copy, so that the head does not keep a large first piece of the body alive.
    this.head = chunk.length === end ? chunk.subarray(from, end) : chunk.slice(from, end);
  }
}
