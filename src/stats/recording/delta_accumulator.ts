/**
 * Counts until they are taken as one delta: samples in a thread (through `recorder.ts`), deltas of threads in a worker.
 * Taking reads and clears in one step; the caller keeps the delta until it is acknowledged. Ages are turned into times
 * of the owner's clock when a delta comes in, and back when it goes out: they grow while the counts are kept here.
 */
import { wholeAge } from "../../base/whole_age.ts";
import {
  type ArrivalCounts,
  type ClassArrivalCounts,
  NO_ARRIVALS,
  NO_CLASS_ARRIVALS,
} from "../../protocol/arrivals_message.ts";
import type { DeltaMessage, NameOrigin } from "../../protocol/delta_message.ts";
import type { IterationsByPlan } from "../../protocol/iterations_message.ts";
import { countDelta, countUsers, type RunSums } from "../delta/count_delta.ts";
import { readDelta } from "../delta/decoded_delta.ts";
import { Entry } from "../delta/entry.ts";
import { GroupedRows } from "../groups/grouped_rows.ts";
import { ExemplarStore } from "./exemplar_store.ts";
import { ExceptionGroups } from "../groups/exception_groups.ts";
import type { AgedFailureSample } from "../../protocol/failure_sample_message.ts";
import { type DatedFailureSample, DEFAULT_MAX_FAILURE_GROUPS, FailureGroups } from "../groups/failure_groups.ts";
import { FailedTimesStore } from "./failed_times.ts";
import { MeasureBook } from "../measures/measure_book.ts";
import { SampleStore } from "./sample_lines.ts";
import { StatusCounts } from "../groups/status_counts.ts";
import { TagCounts } from "./tag_counts.ts";

function toAged({ atMs, ...sample }: DatedFailureSample, nowMs: number): AgedFailureSample {
  return { ...sample, ageMs: wholeAge(nowMs, atMs) };
}

export class DeltaAccumulator implements RunSums {
  readonly failures: FailureGroups;
  readonly exceptions = new ExceptionGroups();
  readonly exemplars = new ExemplarStore();
  readonly failedTimes = new FailedTimesStore();
  readonly measures = new MeasureBook();
  readonly tagged = new TagCounts((method, name) => this.#entries.nameOf(method, name));
  readonly #samples = new SampleStore();
  retries = 0;
  abandoned = 0;
  failedStarts = 0;
  lostUsers = 0;
  quitUsers = 0;
  readonly statuses = new StatusCounts();
  arrivals: ArrivalCounts = NO_ARRIVALS;
  iterations: IterationsByPlan | undefined;
  classArrivals: ClassArrivalCounts = NO_CLASS_ARRIVALS;
  #resets = 0;
  readonly #entries: GroupedRows<Entry>;
  #dirty: Entry[] = [];

  /** `grouping: "off"`: URLs are kept as they come, for a record of what came. */
  constructor(
    options: {
      readonly maxNames?: number | undefined;
      readonly maxFailureGroups?: number | undefined;
      readonly grouping?: "on" | "off";
    } = {},
  ) {
    this.#entries = new GroupedRows({
      createRow: (method, name, kind) => new Entry(method, name, kind),
      originOf: (entry) => entry,
      maxNames: options.maxNames,
      grouping: options.grouping ?? "on",
      merged: (gone) => this.tagged.forget(gone),
    });
    this.failures = new FailureGroups(options.maxFailureGroups ?? DEFAULT_MAX_FAILURE_GROUPS);
  }

  /** The row of a method and name, beyond the limit the method's `(other)` row. */
  entry(method: string, name: string, origin: NameOrigin = "given"): Entry {
    return this.#entries.open(method, name, origin);
  }

  /** Says that a row counts something: it will be in the next delta. */
  touch(entry: Entry): void {
    if (entry.isDirty) return;
    entry.isDirty = true;
    this.#dirty.push(entry);
  }

  /** The reset of the statistics that the counts belong to: 0 before the first. */
  get resets(): number {
    return this.#resets;
  }

  /**
   * Drops what was counted before a reset of the statistics, but for the users that ended and the iterations. One that
   * was seen before changes nothing.
   */
  reset(resets: number): void {
    if (resets <= this.#resets) return;
    this.#resets = resets;
    this.#clear();
  }

  /**
   * Adds a delta that arrived at `receivedAtMs`; of one of before a reset, the users that ended. All or nothing: throws
   * a `LocustError` (`bad_stats`) on a malformed one.
   */
  add(delta: DeltaMessage, receivedAtMs: number): void {
    readDelta(delta); // also one that is dropped must be whole
    const { resets = 0 } = delta;
    if (resets < this.#resets) return countUsers(delta, this);
    this.reset(resets);
    if (delta.samples !== undefined) this.#samples.add(delta.samples);
    countDelta(delta, receivedAtMs, {
      open: (method, name, origin = "given") => {
        const entry = this.#entries.open(method, name, origin);
        this.touch(entry);
        return entry;
      },
      nameOf: this.#nameOf,
      failures: this.failures,
      exceptions: this.exceptions,
      measures: this.measures,
      sums: this,
    });
    this.tagged.add(delta, receivedAtMs);
    for (const group of delta.failedTimes ?? []) {
      this.failedTimes.add({ ...group, name: this.#nameOf(group.method, group.name) });
    }
    for (const { ageMs, ...exemplar } of delta.exemplars ?? []) {
      const name = this.#nameOf(exemplar.method, exemplar.name);
      this.exemplars.add({ ...exemplar, name, atMs: receivedAtMs - ageMs });
    }
  }

  /** Everything counted since the last `take`, or undefined if that is nothing. */
  take(nowMs: number): DeltaMessage | undefined {
    if (this.#isEmpty()) return undefined;
    const measures = this.measures.toDeltas(nowMs);
    const samples = this.#samples.take();
    const exemplars = this.exemplars.take(nowMs);
    const failedTimes = this.failedTimes.take();
    const delta: DeltaMessage = {
      entries: this.#dirty.map((entry) => entry.toDelta(nowMs)),
      failures: this.failures.list().map(({ method, name, text, count, firstMs, lastMs, sample }) => ({
        method,
        name,
        text,
        count,
        firstAgeMs: wholeAge(nowMs, firstMs),
        lastAgeMs: wholeAge(nowMs, lastMs),
        ...(sample === undefined ? {} : { sample: toAged(sample, nowMs) }),
      })),
      exceptions: this.exceptions.list().map(({ message, stack, where, count }) => ({ message, stack, where, count })),
      retries: this.retries,
      abandoned: this.abandoned,
      failedStarts: this.failedStarts,
      ...(this.lostUsers === 0 ? {} : { lostUsers: this.lostUsers }),
      ...(this.quitUsers === 0 ? {} : { quitUsers: this.quitUsers }),
      ...(this.arrivals === NO_ARRIVALS ? {} : { arrivals: this.arrivals }),
      ...(this.iterations === undefined ? {} : { iterations: this.iterations }),
      ...(this.classArrivals === NO_CLASS_ARRIVALS ? {} : { classArrivals: this.classArrivals }),
      // By definition what is in the `(other)` rows, of a part as of a whole: nothing to carry along.
      unfilteredNames: this.#dirty.reduce((sum, entry) => sum + (entry.kind === "overflow" ? entry.requests : 0), 0),
      ...(this.#resets === 0 ? {} : { resets: this.#resets }),
      ...(this.statuses.isEmpty ? {} : { statuses: this.statuses.read() }),
      ...(measures === undefined ? {} : { measures }),
      ...(samples === undefined ? {} : { samples }),
      ...(exemplars === undefined ? {} : { exemplars }),
      ...(failedTimes === undefined ? {} : { failedTimes }),
      ...this.tagged.take(nowMs),
    };
    this.#clear();
    this.failedStarts = this.lostUsers = this.quitUsers = 0;
    this.iterations = undefined;
    return delta;
  }

  readonly #nameOf = (method: string, name: string): string => this.#entries.nameOf(method, name);

  #isEmpty(): boolean {
    return this.#dirty.length === 0 && this.failures.size === 0 && this.exceptions.list().length === 0 &&
      this.retries + this.abandoned + this.failedStarts + this.lostUsers + this.quitUsers === 0 &&
      this.arrivals === NO_ARRIVALS && this.classArrivals === NO_CLASS_ARRIVALS && this.iterations === undefined &&
      this.measures.isEmpty;
  }

  #clear(): void {
    for (const entry of this.#dirty) {
      entry.reset();
      entry.isDirty = false;
    }
    this.#dirty = [];
    this.failures.clear();
    this.#samples.clear();
    this.exemplars.clear();
    this.failedTimes.clear();
    this.tagged.clear();
    this.exceptions.clear();
    this.statuses.clear();
    this.measures.clear();
    this.retries = this.abandoned = 0;
    this.arrivals = NO_ARRIVALS;
    this.classArrivals = NO_CLASS_ARRIVALS;
  }
}
