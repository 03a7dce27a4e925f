/**
 * `events.request`: the way in for samples that no client of ours made. `fire` and `measure` count in the thread's recorder first
 * and tell the listeners then; our own clients record themselves and only `notify`.
 * Without a recorder (control thread, before a run) samples are told to listeners but counted nowhere.
 */
import type { Clock } from "../../base/clock.ts";
import { systemClock } from "../../base/clock.ts";
import { describeThrown, LocustError } from "../../base/errors.ts";
import { findControlFlow, UserStopped } from "../../http/session/control_flow.ts";
import { failureText } from "../../http/session/failure_text.ts";
import type { RequestEvent } from "../../http/session/session_owner.ts";
import type { Recorder } from "../../stats/recorder.ts";
import { EventHook } from "./event_hook.ts";

/** A sample to fire: what is left out is filled in. */
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
  readonly response?: unknown;
  /** Seconds since the Unix epoch; now less the response time if absent. */
  readonly startTime?: number;
  readonly url?: string;
}

/** What a measured block may change before it ends. */
export interface MeasuredMeta {
  requestType: string;
  name: string;
  responseLength: number;
  /** Set it to count a failure without throwing. */
  exception: unknown;
  /** Set it to report another time than the block took. Milliseconds. */
  responseTime: number | null | undefined;
  context: Record<string, unknown>;
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
   * Counts a sample and tells the listeners. May throw the control flow of a listener.
   *
   * @example
   * ```ts
   * events.request.fire({ requestType: "MQTT", name: "publish", responseTime: 12.5, responseLength: 80 });
   * ```
   */
  override fire(fields: RequestFields): void {
    const { exception } = fields;
    if (typeof fields.requestType !== "string" || typeof fields.name !== "string" || "response_time" in fields) {
      const names = Object.keys(fields).join(", ");
      throw new LocustError(
        `Cannot count a request by ${names}; give requestType, name and responseTime (milliseconds or null)`,
      );
    }
    const isFailure = exception !== undefined && exception !== null;
    this.#record(fields, isFailure ? failureText(exception) : undefined);
    if (this.hasListeners) super.fire(this.#complete(fields));
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
   */
  async measure<T>(
    type: string,
    name: string,
    block: (meta: MeasuredMeta) => T | PromiseLike<T>,
    options: { readonly responseLength?: number; readonly context?: Record<string, unknown> } = {},
  ): Promise<T | undefined> {
    const clock = this.#sink?.clock ?? systemClock;
    const meta: MeasuredMeta = {
      requestType: type,
      name,
      responseLength: options.responseLength ?? 0,
      exception: undefined,
      responseTime: undefined,
      context: { ...options.context },
      response: undefined,
    };
    const startTime = clock.wallMs() / 1000;
    const startMs = clock.nowMs();
    let value: T | undefined;
    try {
      value = await block(meta);
    } catch (thrown) {
      if (findControlFlow(thrown) instanceof UserStopped) throw thrown; // the run ends: no sample, no swallowing
      meta.exception = thrown;
    }
    const responseTime = meta.responseTime === undefined ? clock.nowMs() - startMs : meta.responseTime;
    this.fire({ ...meta, responseTime, startTime });
    return value;
  }

  #complete(fields: RequestFields): RequestEvent {
    const wallMs = (this.#sink?.clock ?? systemClock).wallMs();
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
    };
  }

  #record(fields: RequestFields, failure: string | undefined): void {
    const recorder = this.#sink?.recorder;
    if (recorder === undefined) return;
    const entry = recorder.entry(fields.requestType, fields.name);
    recorder.record(entry, fields.responseTime, fields.responseLength ?? 0, failure, 0);
  }
}

function toError(exception: unknown): Error | null {
  if (exception === undefined || exception === null) return null;
  return exception instanceof Error ? exception : new Error(describeThrown(exception));
}
