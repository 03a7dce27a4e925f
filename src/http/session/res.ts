/**
 * The common part of both clients' responses. Everything but the status is decoded on first use: most tests read
 * nothing else, and a response then costs this object only. `fast_res.ts` and `http_res.ts` read bodies. A response of
 * status 0 stands for a request without a response; `error` then holds the reason.
 */
import { LocustError } from "../../base/errors.ts";
import type { SampleTags } from "../../base/sample_tags.ts";
import type { RequestMeta, ResponseValidation } from "./response_validation.ts";
import { refuseNames } from "../../base/refuse_names.ts";
import { RESPONSE_NAMES } from "./requests_names.ts";
import { charsetOf, decodeText } from "../bytes/charset.ts";
import { failureText, statusError } from "./failure_text.ts";
import { ResponseError } from "./response_error.ts";
import type { WireResponse } from "../engine/wire_response.ts";

/** The request that a response belongs to: fixed once it is sent. */
export interface SentRequest {
  readonly method: string;
  /** Row in the statistics. */
  readonly name: string;
  /** `url`: nobody gave it a name, so that it may be grouped with those like it. */
  readonly nameOrigin: "given" | "url";
  /** Absolute, without credentials. */
  readonly url: string;
}

/** Parts that few responses have; absent in the common case. */
export interface ResParts {
  /** Why there is no (usable) response. */
  readonly failure?: Error | undefined;
  /** Milliseconds of the whole call, if it was more than one exchange or failed. */
  readonly elapsed?: number | undefined;
  /** The URL after all redirects. */
  readonly finalUrl?: string | undefined;
  readonly history?: readonly BaseRes[] | undefined;
  /** The body behind its content coding; absent: as it came. */
  readonly bytes?: Uint8Array | undefined;
  /** Instead of a buffered body. */
  readonly stream?: ReadableStream<Uint8Array> | undefined;
}

/** A response of either client, for code that takes both: `await` its parts. */
export interface Res extends Omit<BaseRes, "history" | "openValidation" | "sampleTags"> {
  readonly history: readonly Res[];
  readonly body: ReadableStream<Uint8Array> | null;
  text(): string | Promise<string>;
  json<T = unknown>(): T | Promise<T>;
  bytes(): Uint8Array | Promise<Uint8Array>;
  arrayBuffer(): ArrayBuffer | Promise<ArrayBuffer>;
}

const NO_BYTES = new Uint8Array(0);
const NO_HISTORY: readonly never[] = Object.freeze([]);
const NO_PARTS: ResParts = Object.freeze({});

export abstract class BaseRes implements AsyncDisposable {
  /** 0: there was no response. */
  readonly status: number;
  /** @internal What its request belongs to, the tags of its user included, for checks on it; undefined: it has no tags. */
  sampleTags: SampleTags | undefined;
  readonly #sent: SentRequest;
  readonly #wire: WireResponse | undefined;
  readonly #parts: ResParts;
  #headers: Headers | undefined;
  #bytes: Uint8Array | undefined;
  #block: ResponseValidation | undefined;

  constructor(sent: SentRequest, wire: WireResponse | undefined, parts: ResParts = NO_PARTS) {
    this.status = wire === undefined || parts.failure !== undefined ? 0 : wire.status;
    this.sampleTags = undefined; // here, so that all responses have the same shape
    this.#sent = sent;
    this.#wire = wire;
    this.#parts = parts;
  }

  /** True from 200 to 399. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 400;
  }

  /** The server's reason phrase. */
  get statusText(): string {
    return this.status === 0 ? "" : this.#wire?.reason ?? "";
  }

  /** Empty if there was no response. */
  get headers(): Headers {
    return this.#headers ??= createHeaders(this.status === 0 ? undefined : this.#wire);
  }

  /** The URL of the response, after all redirects; without credentials and fragment. */
  get url(): string {
    return this.#parts.finalUrl ?? this.#sent.url;
  }

  get redirected(): boolean {
    return this.history.length > 0;
  }

  /** The responses on the way here, first one first. */
  get history(): readonly BaseRes[] {
    return this.#parts.history ?? NO_HISTORY;
  }

  /** Milliseconds from sending to the last byte; with `stream` to the head. */
  get elapsed(): number {
    return this.#parts.elapsed ?? (this.#wire === undefined ? 0 : this.#wire.endMs - this.#wire.startMs);
  }

  /** Set for status 0 and from 400 on. */
  get error(): Error | undefined {
    return this.#parts.failure ?? statusError(this.status);
  }

  /** A sample's fields. Changing them has an effect inside a `catchResponse` block only. */
  get requestMeta(): RequestMeta {
    if (this.#block !== undefined) return this.#block.meta;
    const { method, name, url } = this.#sent;
    return {
      method,
      name,
      url,
      responseTime: this.elapsed,
      responseLength: this.bodyLength,
      context: {},
      startTime: 0,
    };
  }

  /** @internal Bytes of the buffered body, decoded, whether they were kept or not. */
  get bodyLength(): number {
    return this.#parts.bytes?.length ?? this.#wire?.bodyLength ?? 0;
  }

  /** Counts the request as a success, whatever its status. The last of several verdicts counts. */
  success(): void {
    this.#openValidation("success").succeed();
  }

  /** Counts the request as failed with this reason: text, an error, or an object. The last of several verdicts counts. */
  failure(reason: unknown): void {
    this.#openValidation("failure").fail(reason);
  }

  /** Throws `error`, if there is one. After `success()` it does nothing, after `failure(x)` it throws x. */
  raiseForStatus(): void {
    const verdict = this.#block?.verdict;
    const error = verdict === undefined ? this.error : verdict.error;
    if (error !== undefined) throw error;
  }

  /** The end of an `await using` block: counts the request, if it was sent with `catchResponse`. */
  async [Symbol.asyncDispose](): Promise<void> {
    const stream = this.#parts.stream;
    // An unread body must not keep its connection busy; a body that is being read belongs to its reader.
    if (stream !== undefined && !stream.locked) await stream.cancel();
    if (this.#block?.isOpen === true) this.#block.end();
  }

  /** @internal The session's side of `catchResponse`. Once. */
  openValidation(block: ResponseValidation): void {
    this.#block = block;
  }

  /** The buffered body behind its content coding; empty if there is none. */
  protected get bufferedBytes(): Uint8Array {
    if (this.#isDiscarded) throw this.#discardedError();
    return this.#bytes ??= plainBytes(
      this.#parts.bytes ?? (this.status === 0 ? NO_BYTES : this.#wire?.body ?? NO_BYTES),
    );
  }

  /** Of a request that does not want the body. */
  get #isDiscarded(): boolean {
    return this.status !== 0 && this.#wire?.isDiscarded === true;
  }

  #discardedError(): LocustError {
    const { method, name } = this.#sent;
    return new LocustError(
      `Cannot read the body of ${method} ${name}: it was not kept, because of discardBody; send this request with { discardBody: false }`,
      { code: "body_discarded" },
    );
  }

  /** @internal The buffered body, whatever else reads it; undefined for one that is streamed, or was discarded. */
  get peekedBytes(): Uint8Array | undefined {
    return this.#parts.stream === undefined && !this.#isDiscarded ? this.bufferedBytes : undefined;
  }

  /** @internal Whether its body is a stream, which may be unread. */
  get isStreamed(): boolean {
    return this.#parts.stream !== undefined;
  }

  /** @internal The text of a buffered body; empty if there is none. */
  get peekedText(): string {
    return decodeText(this.bufferedBytes, this.charset);
  }

  protected get streamedBody(): ReadableStream<Uint8Array> | undefined {
    return this.#parts.stream;
  }

  protected get charset(): string | undefined {
    return this.status === 0 ? undefined : charsetOf(this.#wire?.get("content-type"));
  }

  #openValidation(verb: string): ResponseValidation {
    if (this.#block?.isOpen === true) return this.#block;
    throw new LocustError(
      `Cannot call res.${verb}(): ${
        this.#block === undefined ? "the request was not sent with catchResponse" : "its catchResponse block has ended"
      }; pass { catchResponse: true } and use "await using", or pass the block as a function`,
      { code: "no_catch_block" },
    );
  }
}

refuseNames(BaseRes.prototype, "res", RESPONSE_NAMES);

/** Node's `Buffer` is a Uint8Array whose `slice()` does not copy: readers of a body do not expect that. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function createHeaders(wire: WireResponse | undefined): Headers {
  const headers = new Headers();
  if (wire === undefined) return headers;
  for (const [name, value] of wire.entries()) {
    try {
      headers.append(name, value);
    } catch {
      // Control characters that the engine let pass as browsers do: `Headers` cannot hold them, and one bad field is no reason
      // to lose the others.
    }
  }
  return headers;
}

/**
 * The parsed text. Without a response (status 0) a `ResponseError` that carries the failure's own text, so that a
 * `catchResponse` block which reads on regardless still counts what really happened.
 */
export function parseJson(text: string, error: Error | undefined, status: number): unknown {
  if (status === 0) throw new ResponseError(failureText(error));
  return JSON.parse(text);
}
