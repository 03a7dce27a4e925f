/**
 * The response of `FastHttpUser`: the body has arrived when the call returns, so its parts are returned at once.
 * `await` works on them as well, so that code can move between the two clients.
 */
import { decodeText } from "../bytes/charset.ts";
import { BaseRes, parseJson, type ResParts, type SentRequest } from "./res.ts";
import type { WireResponse } from "../engine/wire_response.ts";

export class FastRes extends BaseRes {
  #text: string | undefined;

  /** Written down, because the runtime allocates a list of the arguments for a constructor that is left out. */
  constructor(sent: SentRequest, wire: WireResponse | undefined, parts?: ResParts) {
    super(sent, wire, parts);
  }

  /** The responses on the way here, first one first. */
  override get history(): readonly FastRes[] {
    return super.history as readonly FastRes[];
  }

  /** The body as text: byte order mark, else the charset of the Content-Type, else UTF-8. */
  text(): string {
    return this.#text ??= decodeText(this.bufferedBytes, this.charset);
  }

  /** @internal */
  override get peekedText(): string {
    return this.text();
  }

  /** The body parsed as JSON. Throws a SyntaxError if it is none, a ResponseError if there was no response. */
  json<T = unknown>(): T {
    return parseJson(this.text(), this.error, this.status) as T;
  }

  /** The body, decompressed. Not a copy: do not write into it. */
  bytes(): Uint8Array {
    return this.bufferedBytes;
  }

  /** A copy of the body. */
  arrayBuffer(): ArrayBuffer {
    return new Uint8Array(this.bufferedBytes).buffer;
  }

  /** The body as a stream, null if it is empty. */
  get body(): ReadableStream<Uint8Array> | null {
    const bytes = this.bufferedBytes;
    return bytes.length === 0 ? null : ReadableStream.from([bytes]);
  }
}
