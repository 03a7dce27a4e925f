/**
 * A response as it came: the bytes of its head, and its body still content-encoded. Nothing is decoded before it is asked
 * for, because most load tests look at the status only. Field names are compared without regard to case.
 */
import { decodeLatin1 } from "../bytes/latin1.ts";
import { findField, readField, readFields } from "../bytes/head_fields.ts";
import { type TimedExchange, WireTimes } from "./wire_times.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * The parts lie in two arrays, which are one in the common case that a response came in one piece:
 * `chunk[headFrom, headTo)` is the head, `source[bodyFrom, bodyTo)` the body.
 */
/** What the parser has seen on its way. */
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
  readonly #chunk: Uint8Array;
  readonly #headFrom: number;
  readonly #headTo: number;
  readonly #source: Uint8Array;
  readonly #bodyFrom: number;
  readonly #bodyTo: number;

  constructor(
    exchange: TimedExchange,
    endMs: number,
    info: HeadSummary,
    chunk: Uint8Array,
    headFrom: number,
    headTo: number,
    source: Uint8Array,
    bodyFrom: number,
    bodyTo: number,
    stream?: ReadableStream<Uint8Array>,
  ) {
    super(exchange, endMs);
    this.status = info.status;
    this.#hasSetCookie = info.hasSetCookie;
    this.#hasContentEncoding = info.hasContentEncoding;
    this.stream = stream;
    this.#chunk = chunk;
    this.#headFrom = headFrom;
    this.#headTo = headTo;
    this.#source = source;
    this.#bodyFrom = bodyFrom;
    this.#bodyTo = bodyTo;
  }

  /** Bytes of the buffered body as sent (content-encoded); 0 for a streamed one. */
  get bodyLength(): number {
    return this.#bodyTo - this.#bodyFrom;
  }

  /** The buffered body as sent (content-encoded). A view, made at each call: keep it. */
  get body(): Uint8Array {
    return this.#bodyTo === this.#bodyFrom ? NO_BYTES : this.#source.subarray(this.#bodyFrom, this.#bodyTo);
  }

  /** Status line and fields as they came, with the empty line. */
  get headBytes(): Uint8Array {
    return this.#chunk.subarray(this.#headFrom, this.#headTo);
  }

  /** `1.1` or `1.0`. */
  get httpVersion(): "1.0" | "1.1" {
    return this.#chunk[this.#headFrom + 7] === 0x30 ? "1.0" : "1.1";
  }

  /** The server's own words after the status; empty if it sent none. */
  get reason(): string {
    const bytes = this.#chunk;
    let end = bytes.indexOf(0x0a, this.#headFrom);
    if (end > this.#headFrom && bytes[end - 1] === 0x0d) end--;
    return decodeLatin1(bytes, Math.min(end, this.#headFrom + 13), end);
  }

  /** `name` in lower case. All values of the field joined by `, `; null if there is none. */
  get(name: string): string | null {
    if (name === "content-encoding" && !this.#hasContentEncoding) return null;
    const values = readField(this.#chunk, this.#headFrom, this.#headTo, name);
    return values.length === 0 ? null : values.length === 1 ? values[0] as string : values.join(", ");
  }

  /** `name` in lower case. Whether there is such a field; allocates nothing. */
  has(name: string): boolean {
    if (name === "set-cookie") return this.#hasSetCookie;
    if (name === "content-encoding") return this.#hasContentEncoding;
    return findField(this.#chunk, this.#headFrom, this.#headTo, name) >= 0;
  }

  /** `name` in lower case. Each field's value on its own: `set-cookie` must not be joined. */
  getAll(name: string): string[] {
    return readField(this.#chunk, this.#headFrom, this.#headTo, name);
  }

  /** All fields in the order they came, names in lower case. */
  entries(): [name: string, value: string][] {
    return readFields(this.#chunk, this.#headFrom, this.#headTo);
  }
}
