/**
 * A delta whose histograms have been read, once: checked as a whole, then added where it is counted (a master adds it
 * to its ledger and to its journal). The memory is shared, so a reading is good until the next delta is read.
 *
 * Invariant: a delta that was read can be added without failing half-way.
 */
import { NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import { LocustError } from "../../base/errors.ts";
import { type DeltaMessage, type DrainCounts, type EntryDelta, PHASES } from "../../protocol/delta_message.ts";
import { checkMeasures } from "../measures/check_measures.ts";
import {
  BucketRoom,
  createDecodedHistogram,
  type DecodedHistogram,
  decodeHistogram,
} from "../histogram/packed_histogram.ts";

/**
 * Filled buckets that are kept, at 10 bytes: 2,000 names of a busy second. Histograms beyond are read again when they
 * are added.
 */
const MAX_KEPT_BUCKETS = 1_000_000;
/** Histograms of one entry are in use together: times, corrected times, phases. */
const SPARE = 2 + PHASES.length;

interface Slot {
  readonly histogram: DecodedHistogram;
  /** Set where the buckets are not kept. */
  unkept: Uint8Array | undefined;
}

export class DecodedDelta {
  readonly #room = new BucketRoom();
  readonly #spares = Array.from({ length: SPARE }, () => createDecodedHistogram());
  readonly #maxKept: number;
  readonly #slots: Slot[] = [];
  #used = 0;
  #next = 0;
  /** The first histogram of the tagged entries. */
  #taggedFrom = 0;
  #nextSpare = 0;
  #delta: DeltaMessage | undefined;

  constructor(maxKeptBuckets: number = MAX_KEPT_BUCKETS) {
    this.#maxKept = maxKeptBuckets;
  }

  /**
   * Reads all of a delta; a second time in a row costs nothing. Throws a `LocustError` (`bad_stats`) unless all of it
   * can be counted: packed histograms that can be read, counts that are whole numbers and agree with each other.
   */
  read(delta: DeltaMessage): void {
    this.#next = this.#nextSpare = 0;
    if (this.#delta === delta) return;
    this.#delta = undefined;
    this.#used = 0;
    this.#room.clear();
    for (const entry of delta.entries) this.#readEntry(entry);
    this.#taggedFrom = this.#used;
    for (const { entries } of delta.tagged ?? []) for (const entry of entries) this.#readEntry(entry);
    checkCounts(delta);
    if (delta.measures !== undefined) checkMeasures(delta.measures);
    this.#delta = delta;
  }

  /**
   * The histograms in the order of the entries, then of the tagged ones; of each its times, corrected times and phases,
   * as far as it has them.
   */
  next(): DecodedHistogram {
    const slot = this.#slots[this.#next++];
    if (slot === undefined) throw new LocustError("Cannot count a delta: it has no more histograms");
    if (slot.unkept === undefined) return slot.histogram;
    const spare = this.#spares[this.#nextSpare++ % SPARE] as DecodedHistogram;
    spare.room.clear();
    decodeHistogram(slot.unkept, spare);
    return spare;
  }

  /** How many histograms `next` has given; setting it goes back to one, to add it once more. */
  get position(): number {
    return this.#next;
  }

  set position(position: number) {
    this.#next = position;
  }

  /** The next histogram is the first of the tagged entries. */
  seekTagged(): void {
    this.#next = this.#taggedFrom;
  }

  /** Passes over the histograms of an entry. */
  skip(entry: EntryDelta): void {
    this.#next += 1 + (entry.corrected === undefined ? 0 : 1);
    for (const phase of PHASES) if (entry.phases?.[phase] !== undefined) this.#next++;
  }

  #readEntry(entry: EntryDelta): void {
    checkCount(entry.requests, "requests");
    checkCount(entry.failures, "failures");
    checkCount(entry.untimed, "untimed requests");
    checkCount(entry.bytes, "bytes");
    checkAge(entry.lastAgeMs);
    if (entry.drain !== undefined) checkDrain(entry.requests, entry.drain);
    if (this.#readHistogram(entry.times) + entry.untimed !== entry.requests) {
      throw bad("timed and untimed requests do not add up");
    }
    if (entry.corrected !== undefined && this.#readHistogram(entry.corrected) + entry.untimed < entry.requests) {
      throw bad("corrected times are fewer than the times");
    }
    if (entry.phases === undefined) return;
    for (const phase of PHASES) {
      const packed = entry.phases[phase];
      if (packed !== undefined) this.#readHistogram(packed);
    }
  }

  /** Returns the number of values. */
  #readHistogram(bytes: Uint8Array): number {
    const slot = this.#slots[this.#used] ??= { histogram: createDecodedHistogram(this.#room), unkept: undefined };
    this.#used++;
    decodeHistogram(bytes, slot.histogram);
    slot.unkept = this.#room.length > this.#maxKept ? bytes : undefined;
    if (slot.unkept !== undefined) this.#room.length = slot.histogram.from;
    return slot.histogram.count;
  }
}

function checkCounts(delta: DeltaMessage): void {
  for (const failure of delta.failures) {
    checkCount(failure.count, "failures");
    checkAge(failure.firstAgeMs);
    checkAge(failure.lastAgeMs);
  }
  for (const exception of delta.exceptions) checkCount(exception.count, "exceptions");
  checkCount(delta.retries, "retries");
  checkCount(delta.abandoned, "abandoned requests");
  checkCount(delta.failedStarts, "failed starts");
  checkCount(delta.lostUsers ?? 0, "lost users");
  checkCount(delta.quitUsers ?? 0, "users that ended themselves");
  for (const { started, ended, interrupted } of Object.values(delta.iterations ?? {})) {
    for (const count of [started, ended, interrupted]) checkCount(count, "iterations");
  }
  for (const counts of [delta.arrivals ?? NO_ARRIVALS, ...Object.values(delta.classArrivals ?? {})]) {
    for (const count of Object.values(counts)) checkCount(count, "arrivals");
  }
  checkCount(delta.unfilteredNames, "unfiltered names");
  checkCount(delta.droppedTags ?? 0, "dropped tags");
  for (const count of Object.values(delta.statuses ?? {})) checkCount(count, "responses of a status");
  checkCount(delta.resets ?? 0, "resets");
}

function checkDrain(requests: number, { ended, started, startedFailures }: DrainCounts): void {
  checkCount(ended, "requests after the stop");
  checkCount(started, "requests started after the stop");
  checkCount(startedFailures, "failures after the stop");
  if (startedFailures > started || started > ended || ended > requests) {
    throw bad("requests after the stop do not add up");
  }
}

function checkCount(count: number, what: string): void {
  if (!Number.isSafeInteger(count) || count < 0) throw bad(`the number of ${what} is ${count}`);
}

function checkAge(ageMs: number): void {
  if (!Number.isFinite(ageMs) || ageMs < 0) throw bad(`an age is ${ageMs} ms`);
}

function bad(what: string): LocustError {
  return new LocustError(`Cannot count a statistics message: ${what}; sender and receiver may differ in version`, {
    code: "bad_stats",
  });
}

const reading = new DecodedDelta();

/** Checks a delta and reads its histograms, into memory that all callers share: use them before the next delta is read. */
export function readDelta(delta: DeltaMessage): DecodedDelta {
  reading.read(delta);
  return reading;
}
