/**
 * Counts one finished request: first in the statistics, then for the listeners of `events.request`, then the owner ends
 * the request. In this order, so that the sample is there before the caller's `await` continues, whatever a listener
 * throws.
 */
import { sampleResponse } from "./response_sample.ts";
import { failureText, statusError } from "./failure_text.ts";
import type { RequestScope } from "./request_scope.ts";
import type { SessionOwner } from "./session_owner.ts";
import type { BaseRes, SentRequest } from "./res.ts";
import type { RequestOptions } from "../request/request_options.ts";
import type { SampleTags } from "../../base/sample_tags.ts";
import type { TraceContext } from "../../base/trace_share.ts";
import type { ExchangeTimes } from "../engine/wire_times.ts";
import type { WireResponse } from "../engine/wire_response.ts";
import type { Entry, PhaseTimes, Recorder } from "../../stats/recording/recorder.ts";

export interface Sample {
  readonly method: string;
  readonly name: string;
  readonly nameOrigin: "given" | "url";
  readonly url: string;
  readonly responseTimeMs: number | null;
  readonly responseLength: number;
  /** Undefined: a success. */
  readonly exception: Error | undefined;
  /** Reading of the owner's clock when the request began. */
  readonly startMs: number;
  readonly response: unknown;
  /** Of the request itself; the user's own is merged under it. */
  readonly context: Readonly<Record<string, unknown>> | undefined;
  /** Of the request itself; those of the user are added. */
  readonly tags?: SampleTags | undefined;
  readonly retries: number;
  /** Of a request that carried a trace context. */
  readonly traceId?: string | undefined;
  readonly phases: (() => PhaseTimes) | undefined;
  /** What the request was a part of when it began. */
  readonly scope?: RequestScope | undefined;
}

/** Throws control flow: a listener's, or the owner's when the user must go no further. */
export function countSample(owner: SessionOwner, sample: Sample): void {
  const { recorder } = owner;
  const failure = sample.exception === undefined ? undefined : failureText(sample.exception);
  if (failure !== undefined) sample.scope?.requestFailed();
  const entry = rowOf(recorder, sample); // not before: a block may have renamed it
  const isSampleWanted = recorder.record(
    entry,
    sample.responseTimeMs,
    sample.responseLength,
    failure,
    owner.expectedIntervalMs,
    owner.clock.nowMs(),
    statusOf(sample.response),
    sample.traceId,
    owner.heldBackMs,
    owner.sampleTags(sample.tags),
  );
  if (isSampleWanted) recorder.keepFailureSample(sampleResponse(sample.method, sample.url, sample.response));
  if (sample.phases !== undefined && recorder.keepsPhases) recorder.recordPhases(entry, sample.phases());
  for (let i = 0; i < sample.retries; i++) recorder.countRetry();
  try {
    if (owner.hasRequestListeners()) fireSample(owner, sample);
  } finally {
    owner.requestEnded();
  }
}

/** What the options of a request add to its sample. */
export type SampleExtras = Pick<RequestOptions<never>, "context" | "tags">;

/** A request, and the trace that its header names. */
export type TracedRequest = SentRequest & { readonly trace?: TraceContext | undefined };

/** The same for a response as it came, of one exchange. Makes a sample only where somebody asks for it. */
export function countExchange(
  owner: SessionOwner,
  entry: Entry,
  sent: TracedRequest,
  wire: WireResponse,
  res: BaseRes,
  extras: SampleExtras,
): void {
  const { recorder } = owner;
  const failure = statusError(wire.status);
  const tags = owner.sampleTags(extras.tags ?? undefined);
  if (tags !== undefined) res.sampleTags = tags;
  const isSampleWanted = recorder.record(
    entry,
    wire.endMs - wire.startMs,
    wire.bodyLength,
    failure?.message,
    owner.expectedIntervalMs,
    wire.endMs,
    wire.status,
    sent.trace?.traceId,
    owner.heldBackMs,
    tags,
  );
  if (wire.retried) recorder.countRetry();
  if (recorder.keepsPhases) recorder.recordPhases(entry, wire.phases());
  if (isSampleWanted) recorder.keepFailureSample(sampleResponse(sent.method, sent.url, res));
  try {
    if (owner.hasRequestListeners()) {
      fireSample(
        owner,
        sampleOf(sent, res, { times: wire, exception: failure, responseLength: wire.bodyLength }, extras),
      );
    }
  } finally {
    owner.requestEnded();
  }
}

interface ExchangeEnd {
  readonly times: ExchangeTimes;
  readonly exception: Error | undefined;
  readonly responseLength: number;
}

/** The sample of one exchange. */
export function sampleOf(
  sent: TracedRequest,
  response: BaseRes,
  { times, exception, responseLength }: ExchangeEnd,
  { context, tags }: SampleExtras,
): Sample {
  return {
    method: sent.method,
    name: sent.name,
    nameOrigin: sent.nameOrigin,
    url: sent.url,
    responseTimeMs: times.endMs - times.startMs,
    responseLength,
    exception,
    startMs: times.startMs,
    response,
    context,
    tags: tags ?? undefined,
    traceId: sent.trace?.traceId,
    retries: times.retried ? 1 : 0,
    phases: () => times.phases(),
  };
}

/** The row that counts a request. */
export function rowOf(
  recorder: Recorder,
  { method, name, nameOrigin }: Pick<Sample, "method" | "name" | "nameOrigin">,
): Entry {
  return nameOrigin === "url" ? recorder.urlEntry(method, name) : recorder.entry(method, name);
}

/** Of a `Response`, or of an answer of a client of one's own that has a status like it; none where no response came. */
export function statusOf(response: unknown): number | undefined {
  if (typeof response !== "object" || response === null || !("status" in response)) return undefined;
  const { status } = response;
  return typeof status === "number" && Number.isInteger(status) && status >= 100 && status <= 999 ? status : undefined;
}

/** Seconds since the Unix epoch of a reading of the owner's clock. */
export function epochSeconds(owner: SessionOwner, clockMs: number): number {
  return (owner.clock.wallMs() - (owner.clock.nowMs() - clockMs)) / 1000;
}

/** Fires the event for listeners. Builds it, so ask `hasRequestListeners` before. */
function fireSample(owner: SessionOwner, sample: Sample): void {
  const tags = owner.sampleTags(sample.tags);
  owner.fireRequest({
    requestType: sample.method,
    name: sample.name,
    responseTime: sample.responseTimeMs,
    responseLength: sample.responseLength,
    exception: sample.exception ?? null,
    context: { ...owner.context(), ...sample.context },
    response: sample.response,
    startTime: epochSeconds(owner, sample.startMs),
    url: sample.url,
    ...(sample.traceId === undefined ? {} : { traceId: sample.traceId }),
    ...(tags === undefined ? {} : { tags }),
  });
}
