/**
 * Counts one finished request: first in the statistics, then for the listeners of `events.request`, then the owner ends the
 * request. In this order, so that the sample is there before the caller's `await` continues, whatever a listener throws.
 */
import { sampleResponse } from "./response_sample.ts";
import { failureText } from "./failure_text.ts";
import type { RequestScope } from "./request_scope.ts";
import type { SessionOwner } from "./session_owner.ts";
import type { SampleTags } from "../../base/sample_tags.ts";
import type { Entry, PhaseTimes, Recorder } from "../../stats/recorder.ts";

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

/** The row that counts a request. */
export function rowOf(
  recorder: Recorder,
  { method, name, nameOrigin }: Pick<Sample, "method" | "name" | "nameOrigin">,
): Entry {
  return nameOrigin === "url" ? recorder.urlEntry(method, name) : recorder.entry(method, name);
}

/** Zero where no response came. */
function statusOf(response: unknown): number | undefined {
  const isResponse = typeof response === "object" && response !== null && "status" in response;
  return isResponse && typeof response.status === "number" && response.status > 0 ? response.status : undefined;
}

/** Seconds since the Unix epoch of a reading of the owner's clock. */
export function epochSeconds(owner: SessionOwner, clockMs: number): number {
  return (owner.clock.wallMs() - (owner.clock.nowMs() - clockMs)) / 1000;
}

/** Fires the event for listeners. Builds it, so ask `hasRequestListeners` before. */
export function fireSample(owner: SessionOwner, sample: Sample): void {
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
