/**
 * The interface of the engine: a request as bytes goes in, its sink gets the response or the failure.
 * Sessions build requests and make `Res` objects of responses; the engine knows no cookies, redirects or content codings.
 * Invariant: a request ends in exactly one call of its sink, and a response with a cut or contradictory body never completes.
 */
import type { WireError } from "../bytes/wire_error.ts";
import type { EngineTls } from "./engine_options.ts";
import type { Origin } from "./origin.ts";
import type { WireResponse } from "./wire_response.ts";
import type { ExchangeTimes } from "./wire_times.ts";

/** Milliseconds; 0 or absent means no limit. One object is shared by all requests of a session. */
export interface WireTimeouts {
  /** Name look-up, TCP, proxy and TLS together. */
  readonly connectMs?: number;
  /** Longest time without a byte from the server while we wait for one. */
  readonly responseMs?: number;
  /** From `send` (waiting for a connection included) to the last byte of a buffered body, or the head of a streamed one. */
  readonly totalMs?: number;
}

/**
 * `buffer` (default): complete body, then `completed`. `stream`: `completed` at the head, the body as a ReadableStream. `discard`: as `buffer`, but the
 * bytes are counted and dropped, unless the status is 400 or more, or its length is only known decoded.
 */
export type ResponseBody = "buffer" | "stream" | "discard";

export interface WireRequest {
  readonly origin: Origin;
  /** Upper case. Decides whether the response has a body (HEAD) and whether a dead kept connection may be tried again. */
  readonly method: string;
  /**
   * Request line, all header fields (Host and Content-Length or Transfer-Encoding included) and the empty line, in
   * origin-form, e.g. made by `encodeHead`. Sent as it is, so that a session can keep one per URL. Behind a proxy the engine
   * itself turns it into absolute-form.
   */
  readonly head: Uint8Array;
  /** A stream is sent chunked (the head must say so) unless `streamLength` is given, and is never sent a second time. */
  readonly body?: Uint8Array | ReadableStream<Uint8Array> | undefined;
  /** Content-Length of a streamed body; absent: chunked. */
  readonly streamLength?: number | undefined;
  readonly responseBody?: ResponseBody | undefined;
  /** `continue`: the head says `Expect: 100-continue`; the body waits for the server's 100 (at most 1 s). */
  readonly expect?: "continue" | undefined;
  readonly timeouts?: WireTimeouts | undefined;
  /** The head says `Connection: close`: no other request goes behind it, whatever the server says of that (RFC 9112, 9.6). */
  readonly closes?: boolean | undefined;
  /** Instead of the engine's; keep the object, because connections are pooled by its identity. */
  readonly tls?: EngineTls | undefined;
  /** Costs a listener per request: to end all requests of a user call `HttpEngine.abortAll` instead. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether the request does not want the body of its response. That of a failure says why. */
export function discardsBody({ responseBody }: WireRequest, status: number): boolean {
  return responseBody === "discard" && status < 400;
}

/** A connection that has served. Whoever keeps it spares its next request the way through engine and pool, and the memory of both. */
export interface Line {
  /** Does what the engine would do with the request, if that is to begin on this connection. False: it is not. */
  trySend(request: WireRequest, sink: ResponseSink): boolean;
}

/**
 * Receives the end of a request. Exactly one of the two is called, once, mostly from inside the socket's data callback and never
 * from inside `send`. Neither may throw.
 */
export interface ResponseSink {
  /** `line`: the connection that it came on. */
  completed(response: WireResponse, line?: Line): void;
  failed(error: WireError, times: ExchangeTimes): void;
}
