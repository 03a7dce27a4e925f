/**
 * Sends a request with options and makes a response of it, which is not counted yet: a `catchResponse` block, `rest()`
 * or `fetch` may change it first. Cancelled requests end here: they are abandoned, not failed.
 */
import { decodeContent, parseContentCodings } from "../bytes/content_coding.ts";
import { decodeStream } from "../bytes/decode_stream.ts";
import type { PreparedChain } from "./prepare_request.ts";
import { type ChainResult, type ChainStart, RequestChain } from "../request/request_chain.ts";
import type { TlsSettings } from "../request/request_options.ts";
import type { BaseRes, ResParts, SentRequest } from "./res.ts";
import { type Sample, type SampleExtras, sampleOf, type TracedRequest } from "./sample.ts";
import type { SessionView } from "./session_state.ts";
import { AbortedError, ProtocolError, TimeoutError, type WireError } from "../bytes/wire_error.ts";
import type { WireRequest } from "../engine/wire.ts";
import type { WireResponse } from "../engine/wire_response.ts";
import type { ExchangeTimes } from "../engine/wire_times.ts";

/** Makes the response object of a client. */
export type CreateRes<R> = (sent: SentRequest, wire: WireResponse | undefined, parts?: ResParts) => R;

/** A response and its sample. */
export interface Performed<R> {
  readonly res: R;
  readonly sample: Sample;
}

/** Runs a prepared request. Rejects only when it was cancelled. The caller has called `requestStarted`. */
export async function performRequest<R extends BaseRes>(
  state: SessionView,
  prepared: PreparedChain,
  createRes: CreateRes<R>,
  options: { readonly tls?: TlsSettings | undefined } & SampleExtras = {},
): Promise<Performed<R>> {
  const result = await openChain(state, prepared.start, options.tls ?? undefined).run();
  return finishChain(state, prepared, result, createRes, options, prepared.start.signal);
}

export function openChain(state: SessionView, start: ChainStart, tls?: TlsSettings): RequestChain {
  return new RequestChain({
    clock: state.owner.clock,
    rule: state.traits.redirectRule,
    jar: state.jar,
    send: (request) => state.sendInChain(request, tls),
    digestState: (origin) => state.digestState(origin),
  }, start);
}

/** The response and the sample of a chain that has ended. Throws when the chain was cancelled. */
export function finishChain<R extends BaseRes>(
  state: SessionView,
  sent: TracedRequest,
  result: ChainResult,
  createRes: CreateRes<R>,
  extras: SampleExtras,
  signal?: AbortSignal,
): Performed<R> {
  let failure: Error | undefined = result.failure;
  if (failure instanceof AbortedError) failure = abandonedOrLate(state, failure, signal);
  const decoded = failure === undefined ? decodeBody(result.wire!) : {};
  failure ??= decoded.failure;
  const parts: ResParts = {
    ...decoded,
    failure,
    elapsed: result.endMs - result.startMs,
    finalUrl: result.url,
    history: result.links.map((link) =>
      createRes({ ...link, name: sent.name, nameOrigin: sent.nameOrigin }, link.wire, {})
    ),
  };
  const res = createRes(sent, result.wire, parts);
  res.sampleTags = state.owner.sampleTags(extras.tags ?? undefined);
  const sample: Sample = {
    method: sent.method,
    name: sent.name,
    nameOrigin: sent.nameOrigin,
    url: sent.url,
    responseTimeMs: result.endMs - result.startMs,
    responseLength: failure === undefined ? lengthOf(result.wire!, decoded) : 0,
    exception: res.error,
    startMs: result.startMs,
    response: res,
    context: extras.context,
    tags: extras.tags ?? undefined,
    traceId: sent.trace?.traceId,
    retries: result.retries,
    phases: result.phases,
  };
  return { res, sample };
}

/** The same of a call that was one exchange. */
export function finishExchange<R extends BaseRes>(
  state: SessionView,
  sent: TracedRequest,
  wire: WireResponse,
  createRes: CreateRes<R>,
  extras: SampleExtras,
): Performed<R> {
  const decoded = wire.has("content-encoding") ? decodeBody(wire) : undefined;
  const res = decoded === undefined ? createRes(sent, wire) : createRes(sent, wire, decoded);
  const responseLength = decoded?.failure === undefined ? decoded?.bytes?.length ?? wire.bodyLength : 0;
  res.sampleTags = state.owner.sampleTags(extras.tags ?? undefined);
  return { res, sample: sampleOf(sent, res, { times: wire, exception: res.error, responseLength }, extras) };
}

/** The same of one that failed. */
export function failExchange<R extends BaseRes>(
  state: SessionView,
  sent: TracedRequest & { readonly wire: WireRequest },
  error: WireError,
  times: ExchangeTimes,
  createRes: CreateRes<R>,
  extras: SampleExtras,
): Performed<R> {
  const failure = error instanceof AbortedError ? abandonedOrLate(state, error, sent.wire.signal) : error;
  const res = createRes(sent, undefined, { failure, elapsed: times.endMs - times.startMs });
  res.sampleTags = state.owner.sampleTags(extras.tags ?? undefined);
  return { res, sample: sampleOf(sent, res, { times, exception: failure, responseLength: 0 }, extras) };
}

/** Counts a cancelled request as abandoned, and throws the signal's reason, or the error that stops the user. */
function abandon(state: SessionView, error: AbortedError, signal: AbortSignal | undefined): never {
  state.owner.recorder.countAbandoned(1);
  state.owner.requestEnded();
  if (signal?.aborted === true) throw signal.reason;
  throw error;
}

/** `AbortSignal.timeout()` is a total timeout, and so the target's failure; any other abort is the caller's. */
export function abandonedOrLate(
  state: SessionView,
  error: AbortedError,
  signal: AbortSignal | undefined,
): TimeoutError {
  const isLate = signal?.aborted === true && signal.reason instanceof DOMException &&
    signal.reason.name === "TimeoutError";
  if (isLate && !state.owner.isAborted) return new TimeoutError("total");
  return abandon(state, error, signal);
}

interface DecodedBody {
  readonly bytes?: Uint8Array;
  readonly stream?: ReadableStream<Uint8Array>;
  readonly failure?: ProtocolError;
}

function decodeBody(wire: WireResponse): DecodedBody {
  const codings = parseContentCodings(wire.get("content-encoding"));
  if (wire.stream !== undefined) {
    return { stream: codings.length === 0 ? wire.stream : decodeStream(wire.stream, codings) };
  }
  if (codings.length === 0) return {};
  try {
    return { bytes: decodeContent(wire.body, codings) };
  } catch (error) {
    if (error instanceof ProtocolError) return { failure: error };
    throw error;
  }
}

/** Bytes of the decoded body; of a streamed one the Content-Length. */
function lengthOf(wire: WireResponse, decoded: DecodedBody): number {
  if (decoded.stream === undefined) return decoded.bytes?.length ?? wire.bodyLength;
  const length = Number(wire.get("content-length") ?? 0);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}
