/**
 * A response as it came: the bytes of its head, and its body still content-encoded. Everything is decoded on first
 * use, because most load tests look at the status only. Field names are compared without regard to case.
 */
import { decodeLatin1 } from "../bytes/latin1.ts";
import { findField, readField, readFields } from "../bytes/head_fields.ts";
import { type TimedExchange, WireTimes } from "./wire_times.ts";

const NO_BYTES = new Uint8Array(0);

/** `bytes[from, to)`. Head and body of a response that came in one piece are ranges of one array. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** A head that many responses have, and values of it that one of them was asked for. */
export interface SharedHead extends ByteRange {
  readonly values: Map<string, readonly string[]>;
}

/** Fields that are asked for again and again are few. */
const MAX_SHARED_FIELDS = 16;

/** The buffered body of a streamed response. */
export const NOTHING: ByteRange = { bytes: NO_BYTES, from: 0, to: 0 };

/** A body that its request does not want: its bytes as sent where they are content-encoded, since only decoding tells their length, else nothing but a length. */
export class DiscardedBody implements ByteRange {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;

  constructor(from: number, to: number, bytes: Uint8Array = NO_BYTES) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  static of(body: ByteRange): DiscardedBody {
    return body instanceof DiscardedBody ? body : new DiscardedBody(body.from, body.to, body.bytes);
  }
}

/** What the parser has found in a head. */
export interface HeadSummary {
  readonly status: number;
  readonly hasSetCookie: boolean;
  readonly hasContentEncoding: boolean;
}

export class WireResponse extends WireTimes {
  readonly status: number;
  /** Set if the request asked for `responseBody: "stream"`: must be read to its end or cancelled. */
  readonly stream: ReadableStream<Uint8Array> | undefined;
  readonly #hasSetCookie: boolean;
  readonly #hasContentEncoding: boolean;
  readonly #head: ByteRange | SharedHead;
  readonly #body: ByteRange;

  /** `body` is empty if there is a `stream`. */
  constructor(
    exchange: TimedExchange,
    endMs: number,
    summary: HeadSummary,
    head: ByteRange | SharedHead,
    body: ByteRange,
    stream?: ReadableStream<Uint8Array>,
  ) {
    super(exchange, endMs);
    this.status = summary.status;
    this.#hasSetCookie = summary.hasSetCookie;
    this.#hasContentEncoding = summary.hasContentEncoding;
    this.stream = stream;
    this.#head = head;
    this.#body = body;
  }

  /** Bytes of the buffered body as sent (content-encoded); 0 for a streamed one. */
  get bodyLength(): number {
    return this.#body.to - this.#body.from;
  }

  /** Its request does not want the body: nobody may read it. */
  get isDiscarded(): boolean {
    return this.#body instanceof DiscardedBody;
  }

  /** The buffered body as sent (content-encoded); empty if it was dropped. May be a view, made at each call: keep it. Never a `Buffer`, whose `slice()` would not copy. */
  get body(): Uint8Array {
    const { bytes, from, to } = this.#body;
    if (from === 0 && to === bytes.length && bytes.constructor === Uint8Array) return bytes;
    return to === from || bytes === NO_BYTES
      ? NO_BYTES
      : new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
  }

  /** Status line and fields as they came, with the empty line. */
  get headBytes(): Uint8Array {
    const { bytes, from, to } = this.#head;
    return bytes.subarray(from, to);
  }

  /** `1.1` or `1.0`. */
  get httpVersion(): "1.0" | "1.1" {
    return this.#head.bytes[this.#head.from + 7] === 0x30 ? "1.0" : "1.1";
  }

  /** The reason phrase of the server; empty if it sent none. */
  get reason(): string {
    const { bytes, from } = this.#head;
    let end = bytes.indexOf(0x0a, from);
    if (end > from && bytes[end - 1] === 0x0d) end--;
    return decodeLatin1(bytes, Math.min(end, from + 13), end);
  }

  /** `name` in lower case. All values of the field joined by `, `; null if there is none. */
  get(name: string): string | null {
    if (name === "content-encoding" && !this.#hasContentEncoding) return null;
    const values = this.getAll(name);
    return values.length === 0 ? null : values.length === 1 ? values[0] as string : values.join(", ");
  }

  /** `name` in lower case. Whether there is such a field; allocates nothing. */
  has(name: string): boolean {
    if (name === "set-cookie") return this.#hasSetCookie;
    if (name === "content-encoding") return this.#hasContentEncoding;
    const { bytes, from, to } = this.#head;
    return findField(bytes, from, to, name) >= 0;
  }

  /** `name` in lower case. Each field's value on its own: `set-cookie` must not be joined. */
  getAll(name: string): readonly string[] {
    const head = this.#head;
    if (!("values" in head)) return readField(head.bytes, head.from, head.to, name);
    let values = head.values.get(name);
    if (values !== undefined) return values;
    values = readField(head.bytes, head.from, head.to, name);
    if (head.values.size < MAX_SHARED_FIELDS) head.values.set(name, values);
    return values;
  }

  /** All fields in the order they came, names in lower case. */
  entries(): [name: string, value: string][] {
    const { bytes, from, to } = this.#head;
    return readFields(bytes, from, to);
  }
}
