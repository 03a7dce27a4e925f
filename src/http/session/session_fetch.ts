/**
 * A WHATWG `fetch` over a session: passed to an npm SDK, it makes the SDK's calls count. Same engine, connections,
 * cookies, credentials and statistics; a redirect chain is one sample; a status of 400 or more is a failed sample and
 * an ordinary `Response`. Network failures are counted and thrown as a TypeError, as `fetch` does. The body is part of
 * the sample, unless it is an event stream, which may never end.
 */
import type { SampleTags } from "../../base/sample_tags.ts";
import { failureText } from "./failure_text.ts";
import { createHttpRes, type RequestSender } from "./request_sender.ts";
import type { RequestBody, RequestOptions } from "../request/request_options.ts";
import type { HttpRes } from "./http_res.ts";
import type { BaseRes } from "./res.ts";
import type { Sample } from "./sample.ts";
import { AbortedError, ProtocolError, WireError } from "../bytes/wire_error.ts";
import { abandonedOrLate } from "./perform_request.ts";

/** `RequestInit`, and the additions for load tests. */
export interface FetchInit extends RequestInit {
  /** Row in the statistics instead of the path. */
  readonly name?: string;
  /** What the sample belongs to, over the tags of the user. */
  readonly tags?: SampleTags;
}

/** Content types of bodies that are passed on as they come. */
const ENDLESS_TYPES =
  /^(?:text\/event-stream|application\/(?:x-ndjson|jsonl|stream\+json)|multipart\/x-mixed-replace)\b/i;
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/** The constructor of `Response` takes no higher ones, but servers send them. */
const LAST_STATUS = 599;

/** The part of the sender that is used after the response. */
type FetchSender = Pick<RequestSender<never>, "count" | "state">;

interface FetchCall {
  readonly method: string;
  readonly url: string;
  readonly options: RequestOptions<never>;
  readonly redirect: RequestRedirect;
}

export async function fetchThrough<R extends BaseRes>(
  sender: RequestSender<R>,
  input: string | URL | Request,
  init: FetchInit | undefined,
): Promise<Response> {
  const call = await readCall(input, init);
  const signal = call.options.signal;
  if (signal?.aborted === true) throw signal.reason;
  const { res, sample } = await sender.perform(call.method, call.url, call.options, createHttpRes).catch(asTypeError);
  if (res.status === 0) return fail(sender, sample, res.error, signal);
  if (call.redirect === "error" && isFollowable(res)) {
    await res[Symbol.asyncDispose]();
    return fail(sender, sample, new ProtocolError("unexpected redirect"));
  }
  if (ENDLESS_TYPES.test(res.headers.get("content-type") ?? "")) {
    sender.count(sample);
    return createResponse(res, res.body);
  }
  return await readWhole(sender, res, sample, signal);
}

async function readWhole(
  sender: FetchSender,
  res: HttpRes,
  sample: Sample,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { clock } = sender.state.owner;
  let bytes: Uint8Array;
  try {
    bytes = await res.bytes();
  } catch (error) {
    const failure = error instanceof AbortedError
      ? abandonedOrLate(sender.state, error, signal)
      : error instanceof WireError
      ? error
      : new ProtocolError("body cut short", error);
    const late = { ...sample, responseTimeMs: clock.nowMs() - sample.startMs, responseLength: 0 };
    return fail(sender, late, failure, signal);
  }
  sender.count({ ...sample, responseTimeMs: clock.nowMs() - sample.startMs, responseLength: bytes.length });
  return createResponse(res, bytes);
}

/** Counts and throws, as `fetch` does: the signal's reason if the signal ended it, else a TypeError. */
function fail(sender: FetchSender, sample: Sample, error: Error | undefined, signal?: AbortSignal): never {
  sender.count({ ...sample, exception: error });
  if (signal?.aborted === true) throw signal.reason;
  throw new TypeError(`fetch failed: ${failureText(error)}`, { cause: error });
}

/** A URL or header that no request can have is a TypeError to callers of `fetch`. */
function asTypeError(error: unknown): never {
  if (error instanceof Error && error.name === "UsageError") throw new TypeError(error.message, { cause: error });
  throw error;
}

async function readCall(input: string | URL | Request, init: FetchInit | undefined): Promise<FetchCall> {
  const request = input instanceof Request ? input : undefined;
  const redirect = init?.redirect ?? request?.redirect ?? "follow";
  const headers = init?.headers ?? request?.headers;
  const body = init?.body ?? (request?.body ? new Uint8Array(await request.arrayBuffer()) : undefined);
  const signal = init?.signal ?? request?.signal;
  return {
    method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
    url: request?.url ?? String(input),
    redirect,
    options: {
      name: init?.name,
      tags: init?.tags,
      headers: headers === undefined ? undefined : [...new Headers(headers)],
      body: body as RequestBody | undefined,
      redirect: redirect === "follow" ? "follow" : "manual",
      signal: signal ?? undefined,
      stream: true,
    },
  };
}

function isFollowable(res: HttpRes): boolean {
  return [301, 302, 303, 307, 308].includes(res.status) && res.headers.has("location");
}

function createResponse(res: HttpRes, body: Uint8Array | ReadableStream<Uint8Array> | null): Response {
  const hasBody = !NULL_BODY_STATUSES.has(res.status) && body !== null;
  const headers = new Headers(res.headers);
  // The body is decoded, as with every fetch.
  if (headers.has("content-encoding")) headers.delete("content-length");
  const response = new Response(hasBody ? body as BodyInit : null, {
    status: Math.min(res.status, LAST_STATUS),
    statusText: res.statusText,
    headers,
  });
  if (res.status > LAST_STATUS) Object.defineProperty(response, "status", { value: res.status });
  Object.defineProperty(response, "url", { value: res.url });
  Object.defineProperty(response, "redirected", { value: res.redirected });
  return response;
}
