/**
 * The response of `HttpUser`, and of every call with `stream`: bodies are promises, as in the `Response` of the web
 * platform. Unlike there, a body that was buffered can be read as often as one likes; a streamed one is read once and
 * then kept.
 */
import { lateValues } from "../../base/late_value.ts";
import { decodeText } from "../bytes/charset.ts";
import { BaseRes, parseJson, type ResParts, type SentRequest } from "./res.ts";
import type { WireResponse } from "../engine/wire_response.ts";
import { readAll } from "../bytes/read_all.ts";

const markText = lateValues("the text of a response", "await res.text()");
const markJson = lateValues("the JSON of a response", "await res.json()");

export class HttpRes extends BaseRes {
  #read: Promise<Uint8Array> | undefined;

  /** Written down, because the runtime allocates a list of the arguments for a constructor that is left out. */
  constructor(sent: SentRequest, wire: WireResponse | undefined, parts?: ResParts) {
    super(sent, wire, parts);
  }

  /** The responses on the way here, first one first. */
  override get history(): readonly HttpRes[] {
    return super.history as readonly HttpRes[];
  }

  /** The body as text: byte order mark, else the charset of the Content-Type, else UTF-8. */
  text(): Promise<string> {
    return markText(this.#readText());
  }

  /** The body parsed as JSON. Throws a SyntaxError if it is none, a ResponseError if there was no response. */
  json<T = unknown>(): Promise<T> {
    return markJson(this.#readJson<T>());
  }

  /** The body, decompressed. Not a copy: do not write into it. */
  bytes(): Promise<Uint8Array> {
    const stream = this.streamedBody;
    this.#read ??= stream === undefined ? promised(() => this.bufferedBytes) : readAll(stream);
    return this.#read;
  }

  /** A copy of the body. */
  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(await this.bytes()).buffer;
  }

  /** The body as a stream, null if it is empty. */
  get body(): ReadableStream<Uint8Array> | null {
    if (this.streamedBody !== undefined) return this.streamedBody;
    const bytes = this.bufferedBytes;
    return bytes.length === 0 ? null : ReadableStream.from([bytes]);
  }

  /** Of a buffered body at once: nothing is waited for. */
  #readText(): Promise<string> {
    return this.streamedBody === undefined ? promised(() => this.peekedText) : this.#readStreamed();
  }

  async #readStreamed(): Promise<string> {
    return decodeText(await this.bytes(), this.charset);
  }

  #readJson<T>(): Promise<T> {
    if (this.streamedBody !== undefined) {
      return this.#readStreamed().then((text) => parseJson(text, this.error, this.status) as T);
    }
    return promised(() => parseJson(this.peekedText, this.error, this.status) as T);
  }
}

/** What is there at once, or the reason why it is not. */
function promised<T>(read: () => T): Promise<T> {
  try {
    return Promise.resolve(read());
  } catch (error) {
    return Promise.reject(error);
  }
}
