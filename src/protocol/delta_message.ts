/**
 * The change in the statistics of one thread or worker since its last delta, as plain data for `postMessage` and
 * MessagePack. The merge is `stats/delta/delta.ts`. Durations are whole microseconds. Histograms are sparse and packed
 * by `stats/histogram/histogram.ts`. Ages are milliseconds before the moment the delta was packed, so that no clock
 * time crosses machines.
 */
import type { ArrivalCounts, ClassArrivalCounts } from "./arrivals_message.ts";
import type { AgedFailureSample } from "./failure_sample_message.ts";
import type { IterationsByPlan } from "./iterations_message.ts";
import type { MeasureDelta } from "./measures_message.ts";

/** Requests of one entry that ended after the stop of the run had reached their thread. */
export interface DrainCounts {
  readonly ended: number;
  /** Of them: started after it too, as in `onStop` or the rest of a task. They are in no rate. */
  readonly started: number;
  readonly startedFailures: number;
}

/**
 * Where the name of a row is from. `given`: from the locustfile, so that it is never grouped. `url`: the URL of a
 * request. `group`: what more than 20 URLs have in common.
 */
export type NameOrigin = "given" | "url" | "group";

export interface EntryDelta {
  readonly method: string;
  readonly name: string;
  readonly requests: number; // all, failed and untimed ones included
  readonly failures: number;
  readonly untimed: number; // recorded without a response time
  readonly bytes: number; // sum of the response lengths
  readonly lastAgeMs: number;
  readonly times: Uint8Array; // sum, minimum and maximum included
  readonly corrected?: Uint8Array; // only of entries with a paced user
  readonly phases?: Readonly<Partial<Record<Phase, Uint8Array>>>; // only under --phases
  readonly drain?: DrainCounts; // only where requests ended after the stop
  readonly origin?: "url" | "group"; // absent: given
}

export const PHASES = ["blocked", "dns", "connect", "tls", "waiting", "receiving"] as const;
/** Waiting for a connection, name look-up, TCP, TLS, time to first byte, download. */
export type Phase = (typeof PHASES)[number];

export interface FailureDelta {
  readonly method: string;
  readonly name: string;
  readonly text: string;
  readonly count: number;
  readonly firstAgeMs: number;
  readonly lastAgeMs: number;
  /** The first of its kind in a thread, where samples are kept. */
  readonly sample?: AgedFailureSample;
}

export interface ExceptionDelta {
  readonly message: string;
  readonly stack: string; // frames of the locustfile's own lines
  readonly where: string; // user class and task, e.g. `Shopper.order`
  readonly count: number;
}

/** Of a file of `--samples`. */
export type SampleFormat = "csv" | "ndjson";

/** Whole lines of a file of `--samples`, UTF-8. */
export interface SampleBatch {
  readonly text: Uint8Array;
  readonly lines: number;
  /** Requests whose lines were dropped: the load was faster than link or disk. */
  readonly dropped: number;
}

/** A timed request that carried a trace context (`--trace-share`): its trace shows what a bucket of the histogram holds. */
export interface ExemplarDelta {
  readonly method: string;
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly responseTimeUs: number;
  readonly outcome: "success" | "failure";
  readonly ageMs: number;
}

/** Times of failed requests, where an exporter asks for them. */
export interface FailedTimesDelta {
  readonly method: string;
  readonly name: string;
  /** The status of the response, the name of the error, or `_OTHER`. */
  readonly errorType: string;
  readonly times: Uint8Array;
}

/** What requests with one value of a tag counted. They are in the entries of the delta, too. */
export interface TaggedDelta {
  readonly tag: string;
  readonly value: string;
  readonly entries: readonly EntryDelta[];
}

export interface DeltaMessage {
  readonly entries: readonly EntryDelta[];
  readonly failures: readonly FailureDelta[];
  readonly exceptions: readonly ExceptionDelta[];
  readonly retries: number; // requests sent again on a fresh connection
  readonly abandoned: number; // requests aborted at the end of a stop, not counted in entries
  readonly failedStarts: number; // users that ended in their constructor or onStart
  readonly lostUsers?: number; // users whose tasks ended by an exception
  readonly quitUsers?: number; // users that ended themselves: StopUser, user.stop()
  readonly statuses?: Readonly<Record<string, number>>; // responses by status
  /** Absent: none. */
  readonly arrivals?: ArrivalCounts;
  /** Absent: none, or no number of them was asked for. */
  readonly iterations?: IterationsByPlan;
  /** Checks, metrics and transactions of the test. Absent: none. */
  readonly measures?: readonly MeasureDelta[];
  /** The same by class, and beside them the task starts of classes with a target rate. Absent: none. */
  readonly classArrivals?: ClassArrivalCounts;
  readonly unfilteredNames: number; // requests that went to the `(other)` row
  /** By tag and value. Absent: no request had tags. */
  readonly tagged?: readonly TaggedDelta[];
  /** Tags of requests that were not counted, because there were too many different tags. */
  readonly droppedTags?: number;
  /**
   * Which reset of the statistics it belongs to: how many there had been in the run when its samples were started.
   * Absent: 0. A receiver drops what belongs to an earlier one than its own.
   */
  readonly resets?: number;
  /** With `--samples` only: the lines of the requests that this delta counts. */
  readonly samples?: SampleBatch;
  /** With `--trace-share` only: some of the traced requests that this delta counts, slow and failed ones first. */
  readonly exemplars?: readonly ExemplarDelta[];
  /** With OpenTelemetry only: the times of the failed requests that this delta counts. */
  readonly failedTimes?: readonly FailedTimesDelta[];
}

/** Nothing was counted. */
export const EMPTY_DELTA: DeltaMessage = {
  entries: [],
  failures: [],
  exceptions: [],
  retries: 0,
  abandoned: 0,
  failedStarts: 0,
  unfilteredNames: 0,
};
