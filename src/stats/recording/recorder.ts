/**
 * Counts the samples of a thread. One recorder per thread; no locks, no events, no allocation per sample, no look-up:
 * the caller interns an entry once per method and name and keeps it.
 */
import type { Clock } from "../../base/clock.ts";
import { addIterations, type IterationsByPlan } from "../../protocol/iterations_message.ts";
import { type SampleTags, SCENARIO_TAG } from "../../base/sample_tags.ts";
import {
  addArrivals,
  addClassArrivals,
  type ArrivalCounts,
  type ClassArrivalCounts,
} from "../../protocol/arrivals_message.ts";
import { type DeltaMessage, type NameOrigin, PHASES, type SampleFormat } from "../../protocol/delta_message.ts";
import { DeltaAccumulator } from "./delta_accumulator.ts";
import type { Entry, PhaseTimes } from "../delta/entry.ts";
import type { FailureSample } from "../../protocol/failure_sample_message.ts";
import type { FailureGroup } from "../groups/failure_groups.ts";
import { FailureSampler } from "./failure_sampler.ts";
import type { MeasureBook } from "../measures/measure_book.ts";
import { errorTypeOf } from "./failed_times.ts";
import { SampleLines } from "./sample_lines.ts";

export type { Entry, PhaseTimes } from "../delta/entry.ts";

export interface RecorderOptions {
  readonly clock: Clock;
  readonly maxNames?: number; // default 2,000; further names are counted in `(other)`
  readonly maxFailureGroups?: number; // default 500
  readonly phases?: "keep" | "drop"; // default "drop"
  readonly samples?: SampleFormat | undefined; // default: no lines
  readonly failureSamples?: "keep" | "drop"; // default "drop": no examples of failed requests
  readonly failedTimes?: "keep" | "drop"; // times of failed requests by type of the error, default "drop"
  readonly urlGrouping?: "on" | "off"; // whether URLs that differ only in ids share a row, default "on"
  readonly traces?: "some" | "none"; // whether requests carry traces, default "none": lines have a column for them
  readonly scenarios?: "some" | "none"; // the same of scenarios
}

interface TaggedSample {
  readonly responseTimeMs: number | null;
  readonly bytes: number;
  readonly outcome: "success" | "failure";
  readonly expectedIntervalMs: number;
  readonly nowMs: number;
  readonly heldBackMs: number;
}

export class Recorder {
  readonly #clock: Clock;
  readonly #counts: DeltaAccumulator;
  readonly #keepsPhases: boolean;
  readonly #keepsFailedTimes: boolean;
  readonly #urlOrigin: NameOrigin;
  readonly #samples: SampleLines | undefined;
  readonly #sampler: FailureSampler | undefined;
  /** The group of the failure that was recorded last, where a sample of it is wanted. */
  #wanting: FailureGroup | undefined;
  /** Samples started before the first are not counted, those started after the second are marked. */
  #countsFromMs = -Infinity;
  #stoppedAtMs = Infinity;

  constructor(options: RecorderOptions) {
    this.#clock = options.clock;
    this.#counts = new DeltaAccumulator(options);
    this.#keepsPhases = options.phases === "keep";
    this.#urlOrigin = options.urlGrouping === "off" ? "given" : "url";
    this.#keepsFailedTimes = options.failedTimes === "keep";
    this.#sampler = options.failureSamples === "keep" ? new FailureSampler() : undefined;
    this.#samples = options.samples === undefined ? undefined : new SampleLines({
      format: options.samples,
      clock: options.clock,
      more: { scenario: options.scenarios === "some", traceId: options.traces === "some" },
    });
  }

  /** Whether `recordPhases` does anything: callers ask before they build the phases. */
  get keepsPhases(): boolean {
    return this.#keepsPhases;
  }

  /** The row of a method and name: the same object each time, so keep it. */
  entry(method: string, name: string): Entry {
    return this.#counts.entry(method, name);
  }

  /** The row of a URL, which is that of all like it once there are more than 20. */
  urlEntry(method: string, name: string): Entry {
    return this.#counts.entry(method, name, this.#urlOrigin);
  }

  /**
   * Counts one finished sample.
   * `responseTimeMs` null: it has none. `failure`: its text, undefined for a success. `expectedIntervalMs`: the planned time
   * between two starts of a paced user, 0 for others. `nowMs`: the clock's present reading, for callers that have it at hand.
   * `status`: of the response, where there is one with a status. `traceId`: of a request that carried a trace context.
   * `heldBackMs`: how long after its arrival the iteration of the request began; 0 where no arrival began it.
   * `tags`: by which the row can be split; those of the user included. `startWallMs`: the date of its start, where its client knows it;
   * else the response time before now.
   * Returns whether `keepFailureSample` is wanted next.
   */
  record(
    entry: Entry,
    responseTimeMs: number | null,
    bytes: number,
    failure: string | undefined,
    expectedIntervalMs: number,
    nowMs: number = this.#clock.nowMs(),
    status?: number,
    traceId?: string,
    heldBackMs = 0,
    tags?: SampleTags,
    startWallMs?: number,
  ): boolean {
    if (nowMs >= this.#stoppedAtMs || this.#countsFromMs !== -Infinity) {
      const startedAtMs = nowMs - (responseTimeMs || 0); // null and NaN: no time is known
      if (startedAtMs < this.#countsFromMs) return false;
      if (nowMs >= this.#stoppedAtMs) this.#countDrained(entry, startedAtMs, failure !== undefined);
    }
    if (!entry.isDirty) this.#counts.touch(entry);
    if (status !== undefined) this.#counts.statuses.count(status);
    entry.requests++;
    if (bytes > 0) entry.bytes += bytes; // user code reports lengths too: no NaN may spoil the sum
    entry.lastMs = nowMs;
    if (responseTimeMs === null || Number.isNaN(responseTimeMs)) entry.untimed++;
    else entry.times.record(responseTimeMs * 1000, expectedIntervalMs * 1000, heldBackMs * 1000);
    if (tags !== undefined) {
      const outcome = failure === undefined ? "success" : "failure";
      this.#recordTags(tags, entry, { responseTimeMs, bytes, outcome, expectedIntervalMs, nowMs, heldBackMs });
    }
    if (failure !== undefined && this.#keepsFailedTimes && responseTimeMs !== null && !Number.isNaN(responseTimeMs)) {
      this.#counts.failedTimes.record(entry, errorTypeOf(failure, status), responseTimeMs * 1000);
    }
    const isWanted = failure !== undefined && this.#recordFailure(entry, failure, nowMs);
    if (this.#samples !== undefined) {
      const startMs = nowMs - (responseTimeMs || 0);
      const scenario = tags?.[SCENARIO_TAG];
      this.#samples.add(entry, startMs, responseTimeMs, bytes, status, failure, traceId, scenario, startWallMs);
    }
    if (traceId !== undefined && responseTimeMs !== null) {
      this.#keepExemplar(entry, traceId, responseTimeMs, failure, nowMs);
    }
    return isWanted;
  }

  /** Keeps an example of the failure that was recorded last. */
  keepFailureSample(sample: FailureSample): void {
    if (this.#wanting !== undefined) this.#wanting.sample = { ...sample, atMs: this.#wanting.lastMs };
    this.#wanting = undefined;
  }

  /** Counts the phases of one sample; does nothing unless phases are kept. */
  recordPhases(entry: Entry, phases: PhaseTimes): void {
    if (!this.#keepsPhases) return;
    if (this.#countsFromMs !== -Infinity) {
      const durationMs = PHASES.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0);
      if (this.#clock.nowMs() - durationMs < this.#countsFromMs) return;
    }
    this.#counts.touch(entry);
    for (const phase of PHASES) {
      const ms = phases[phase];
      if (ms !== undefined) entry.phase(phase).record(ms * 1000);
    }
  }

  /** Counts an exception of user code. `stack`: frames of the locustfile; `where`: class and task, e.g. `Shopper.order`. */
  recordException(message: string, stack: string, where: string): void {
    this.#counts.exceptions.count({ message, stack, where }, 1);
  }

  /** A request was sent again because a kept connection turned out to be dead. */
  countRetry(): void {
    this.#counts.retries++;
  }

  /** Requests were aborted at the end of a stop; they are in no entry. */
  countAbandoned(requests: number): void {
    this.#counts.abandoned += requests;
  }

  /** A user ended in its constructor or in `onStart`. */
  countFailedStart(): void {
    this.#counts.failedStarts++;
  }

  /** An exception ended the tasks of a user. */
  countLostUser(): void {
    this.#counts.lostUsers++;
  }

  /** A user ended itself. */
  countQuitUser(): void {
    this.#counts.quitUsers++;
  }

  /** Counts arrivals of an open load; `byClass`: the same, and task starts of classes with a target rate. */
  countArrivals(counts: ArrivalCounts | undefined, byClass: ClassArrivalCounts): void {
    if (counts !== undefined) this.#counts.arrivals = addArrivals(this.#counts.arrivals, counts);
    this.#counts.classArrivals = addClassArrivals(this.#counts.classArrivals, byClass);
  }

  /** Counts iterations, where a number of them was asked for. */
  countIterations(counts: IterationsByPlan): void {
    this.#counts.iterations = addIterations(this.#counts.iterations ?? {}, counts);
  }

  /** Where checks, metrics and transactions are counted. */
  get measures(): MeasureBook {
    return this.#counts.measures;
  }

  /** Whether what began at a time counts: not what began before a reset. */
  countsSince(startedAtMs: number): boolean {
    return startedAtMs >= this.#countsFromMs;
  }

  /** The reset of the statistics that the counts belong to. */
  get resets(): number {
    return this.#counts.resets;
  }

  /** Statistics begin anew: only samples that are started from now on count. A reset that was seen before changes nothing. */
  reset(resets: number): void {
    if (resets <= this.#counts.resets) return;
    this.#counts.reset(resets);
    this.#samples?.clear();
    this.#sampler?.reset();
    this.#countsFromMs = this.#clock.nowMs();
  }

  /** The load has been stopped: samples that end from now on are counted as drained, those that start as outside of every rate. */
  markStop(): void {
    this.#stoppedAtMs = Math.min(this.#stoppedAtMs, this.#clock.nowMs());
  }

  /** What was counted since the last drain, or undefined if that is nothing. */
  drain(): DeltaMessage | undefined {
    const delta = this.#counts.take(this.#clock.nowMs());
    this.#sampler?.drained();
    const samples = delta === undefined ? undefined : this.#samples?.take();
    return delta === undefined || samples === undefined ? delta : { ...delta, samples };
  }

  #keepExemplar({ method, name }: Entry, traceId: string, ms: number, failure: string | undefined, atMs: number): void {
    const responseTimeUs = Math.round(ms * 1000);
    const outcome = failure === undefined ? "success" : "failure";
    this.#counts.exemplars.add({ method, name, traceId, responseTimeUs, outcome, atMs });
  }

  #countDrained(entry: Entry, startedAtMs: number, hasFailed: boolean): void {
    entry.drained++;
    if (startedAtMs < this.#stoppedAtMs) return;
    entry.startedLate++;
    if (hasFailed) entry.failedLate++;
  }

  /** Counts a sample of `row` under each of its tags, as it was counted in the row. */
  #recordTags(tags: SampleTags, row: Entry, sample: TaggedSample): void {
    const { responseTimeMs, bytes, nowMs, expectedIntervalMs, heldBackMs } = sample;
    const hasFailed = sample.outcome === "failure";
    this.#counts.tagged.record(tags, row, (entry) => {
      if (nowMs >= this.#stoppedAtMs) this.#countDrained(entry, nowMs - (responseTimeMs || 0), hasFailed);
      entry.requests++;
      if (hasFailed) entry.failures++;
      if (bytes > 0) entry.bytes += bytes;
      entry.lastMs = nowMs;
      if (responseTimeMs === null || Number.isNaN(responseTimeMs)) entry.untimed++;
      else entry.times.record(responseTimeMs * 1000, expectedIntervalMs * 1000, heldBackMs * 1000);
    });
  }

  /** Whether an example of it is wanted. */
  #recordFailure(entry: Entry, text: string, nowMs: number): boolean {
    entry.failures++;
    const group = this.#counts.failures.count(entry.method, entry.name, text, 1, nowMs, nowMs);
    if (this.#sampler === undefined || group.count > 1 || group.name !== entry.name) return false;
    if (!this.#sampler.wants(group)) return false;
    this.#wanting = group;
    return true;
  }
}
