/**
 * `events.request`: accepts samples of clients that are not ours. `fire` and `measure` count in the thread's recorder first and
 * call the listeners then; our own clients record themselves and only `notify`. A value that cannot be counted throws at the call.
 * Without a recorder (control thread, before a run) listeners hear of samples, and nothing is counted.
 */
import type { Clock } from "../../base/clock.ts";
import { detachedClock } from "../../base/detached_clock.ts";
import { findWrongTags, type SampleTags, TAGS_ADVICE, tagsOfUser } from "../../base/sample_tags.ts";
import { describeThrown, LocustError } from "../../base/errors.ts";
import { findControlFlow, UserStopped } from "../../http/session/control_flow.ts";
import { failureText } from "../../http/session/failure_text.ts";
import { statusOf } from "../../http/session/sample.ts";
import type { RequestEvent } from "../../http/session/session_owner.ts";
import type { Recorder } from "../../stats/recording/recorder.ts";
import { describeKind, givenText, requiredText } from "../../base/given_text.ts";
import { failRunningTransaction } from "../measures/transaction.ts";
import { runningScenario } from "../scenarios/running_scenario.ts";
import { EventHook } from "./event_hook.ts";

/** A sample to fire: missing fields are filled in. */
export interface RequestFields {
  readonly requestType: string;
  readonly name: string;
  /** Milliseconds; null counts the request without a time. */
  readonly responseTime: number | null;
  /** Bytes; 0 if absent. */
  readonly responseLength?: number;
  /** Anything but null or undefined makes the sample a failure, grouped by its text. */
  readonly exception?: unknown;
  readonly context?: Record<string, unknown>;
  /**
   * Tags of the sample. The user is not known here: pass its tags with `tags: this.tags`. If a user of a scenario counts
   * it, it has the tag of that scenario automatically.
   */
  readonly tags?: SampleTags | undefined;
  /** For listeners. Its `status`, if it has one as an HTTP response has, counts as that of the request. */
  readonly response?: unknown;
  /** Seconds since the Unix epoch; now less the response time if absent. */
  readonly startTime?: number;
  readonly url?: string;
}

/** Fields that a measured block may change before it ends. */
export interface MeasuredMeta {
  requestType: string;
  name: string;
  responseLength: number;
  /** Set it to count a failure without throwing. */
  exception: unknown;
  /** Set it to report a different time than that of the block. Milliseconds. */
  responseTime: number | null | undefined;
  context: Record<string, unknown>;
  tags: SampleTags | undefined;
  response: unknown;
}

/** Where samples are counted. */
export interface SampleSink {
  readonly recorder: Recorder;
  readonly clock: Clock;
}

export class RequestHook extends EventHook<RequestEvent> {
  #sink: SampleSink | undefined;

  constructor() {
    super("request");
  }

  /** @internal From now on samples are counted here; undefined counts nowhere. */
  countIn(sink: SampleSink | undefined): void {
    this.#sink = sink;
  }

  /** @internal Tells the listeners of a sample that its client has recorded. */
  notify(event: RequestEvent): void {
    super.fire(event);
  }

  /**
   * Counts a sample and calls the listeners. May throw the control flow of a listener. `requestType` and `name` may be numbers or
   * booleans, which become text.
   *
   * @example
   * ```ts
   * events.request.fire({ requestType: "MQTT", name: "publish", responseTime: 12.5, responseLength: 80 });
   * ```
   * @throws LocustError if `requestType` or `name` is missing or is no text, or a time or length is no number from 0.
   */
  override fire(fields: RequestFields): void {
    this.#count(fields, "given");
  }

  /** `start`: whether its date is that of another clock than ours, which is kept as it is. */
  #count(fields: RequestFields, start: "given" | "measured"): void {
    const sample = checkSample(fields);
    const { exception } = sample;
    const isFailure = exception !== undefined && exception !== null;
    if (isFailure) failRunningTransaction();
    const startTime = start === "given" ? sample.startTime : undefined;
    this.#record(sample, isFailure ? failureText(exception) : undefined, startTime);
    if (this.hasListeners) super.fire(this.#complete(sample));
  }

  /**
   * Times a block and counts it as one sample of `type` and `name`. An error of the block becomes the sample's failure and is
   * swallowed; the block's result is returned, undefined if it threw.
   *
   * @example
   * ```ts
   * await events.request.measure("SQL", "count orders", async (meta) => {
   *   const rows = await database.query("select count(*) from orders");
   *   meta.responseLength = rows.length;
   * });
   * ```
   * @throws LocustError if `type` or `name` is missing or is no text; the block does not run then.
   */
  async measure<T>(
    type: string,
    name: string,
    block: (meta: MeasuredMeta) => T | PromiseLike<T>,
    options: {
      readonly responseLength?: number;
      readonly context?: Record<string, unknown>;
      readonly tags?: SampleTags | undefined;
    } = {},
  ): Promise<T | undefined> {
    const clock = this.#sink?.clock ?? detachedClock;
    const meta: MeasuredMeta = {
      requestType: requiredText(type, "the type of a measured block"),
      name: requiredText(name, "the name of a measured block"),
      responseLength: options.responseLength ?? 0,
      exception: undefined,
      responseTime: undefined,
      context: { ...options.context },
      tags: options.tags,
      response: undefined,
    };
    checkTags(meta.tags);
    const startTime = clock.wallMs() / 1000;
    const startMs = clock.nowMs();
    let value: T | undefined;
    try {
      value = await block(meta);
    } catch (thrown) {
      if (findControlFlow(thrown) instanceof UserStopped) throw thrown; // the run ends: no sample, no swallowing
      meta.exception = thrown ?? new Error(`the block threw ${thrown}`); // 'throw undefined' is a failure, too
    }
    const responseTime = meta.responseTime === undefined ? clock.nowMs() - startMs : meta.responseTime;
    this.#count({ ...meta, responseTime, startTime }, "measured");
    return value;
  }

  #complete(fields: RequestFields): RequestEvent {
    const wallMs = (this.#sink?.clock ?? detachedClock).wallMs();
    return {
      requestType: fields.requestType,
      name: fields.name,
      responseTime: fields.responseTime,
      responseLength: fields.responseLength ?? 0,
      exception: toError(fields.exception),
      context: fields.context ?? {},
      response: fields.response,
      startTime: fields.startTime ?? (wallMs - (fields.responseTime ?? 0)) / 1000,
      url: fields.url ?? "",
      ...(fields.tags === undefined || fields.tags === null ? {} : { tags: fields.tags }),
    };
  }

  #record(fields: RequestFields, failure: string | undefined, startTime: number | null | undefined): void {
    const recorder = this.#sink?.recorder;
    if (recorder === undefined) return;
    const entry = recorder.entry(fields.requestType, fields.name);
    const { responseTime, responseLength = 0, tags } = fields;
    recorder.record(
      entry,
      responseTime,
      responseLength,
      failure,
      0,
      undefined,
      statusOf(fields.response),
      undefined,
      0,
      tags ?? undefined,
      startTime === undefined || startTime === null ? undefined : startTime * 1000,
    );
  }
}

/** The fields with texts as text, and the tag of the scenario whose user counts them. @throws LocustError for what cannot be counted */
function checkSample(fields: RequestFields): RequestFields {
  if (typeof fields !== "object" || fields === null || "response_time" in fields || "request_type" in fields) {
    const names = Object.keys(fields ?? {}).join(", ");
    throw new LocustError(
      `Cannot count a request by ${names}; give requestType, name and responseTime (milliseconds or null)`,
    );
  }
  const { responseTime, responseLength, startTime, context } = fields;
  checkNumber(responseTime, "responseTime", "milliseconds, or null for a request without a time");
  checkNumber(responseLength, "responseLength", "bytes");
  checkNumber(startTime, "startTime", "seconds since the Unix epoch");
  if (context !== undefined && context !== null && typeof context !== "object") {
    throw refuse("context", context, "pass an object");
  }
  checkTags(fields.tags);
  return {
    ...fields,
    tags: tagsOfUser(undefined, fields.tags ?? undefined, runningScenario()),
    requestType: requiredText(fields.requestType, "the requestType of a request"),
    name: requiredText(fields.name, "the name of a request"),
    url: givenText(hrefOf(fields.url), "the url of a request") ?? "",
    responseTime: responseTime ?? null,
  };
}

/** The address of a URL object; anything else as it is. */
function hrefOf(url: unknown): unknown {
  return url instanceof URL ? url.href : url;
}

function checkTags(tags: SampleTags | null | undefined): void {
  const wrong = tags === undefined || tags === null ? undefined : findWrongTags(tags);
  if (wrong === undefined) return;
  throw new LocustError(`Cannot count a request with its tags: they are ${wrong}; ${TAGS_ADVICE}`, {
    code: "bad_sample",
  });
}

function checkNumber(value: unknown, field: string, unit: string): void {
  if (value === undefined || value === null) return;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return;
  throw refuse(field, value, `pass a number from 0, in ${unit}`);
}

function refuse(field: string, value: unknown, advice: string): LocustError {
  return new LocustError(`Cannot count a request with the ${field} ${describeKind(value)}; ${advice}`, {
    code: "bad_sample",
  });
}

function toError(exception: unknown): Error | null {
  if (exception === undefined || exception === null) return null;
  return exception instanceof Error ? exception : new Error(describeThrown(exception));
}
