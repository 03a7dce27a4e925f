/**
 * Counts of durations by bucket: log-linear (`bucket.ts`), additive, of a fixed maximum size. A part of the scale gets
 * memory with its first value. Count, sum, minimum and maximum are exact. Adding is commutative and loses nothing, so a
 * quantile of merged histograms is the quantile of all their values together, within 0.4 %.
 */
import { BUCKET_COUNT, bucketLowUs, bucketMiddleUs, bucketOf, MAX_DURATION_US, SUB_BUCKET_BITS } from "./bucket.ts";
import {
  BucketRoom,
  createDecodedHistogram,
  type DecodedHistogram,
  decodeHistogram,
  encodeCells,
  encodeHistogram,
  type HistogramSummary,
} from "./packed_histogram.ts";
import { CELL_BUCKET_BITS, CELL_BUCKET_MASK, HistogramCells, MAX_CELL_COUNT } from "./histogram_cells.ts";

const CHUNK_SIZE = 1 << SUB_BUCKET_BITS;
const CHUNK_MASK = CHUNK_SIZE - 1;
const CHUNK_COUNT = Math.ceil(BUCKET_COUNT / CHUNK_SIZE);
const WORD_COUNT = CHUNK_COUNT * CHUNK_SIZE / 32;
/** A chunk has 2 to the power of this words of 32 bits. */
const CHUNK_WORD_BITS = SUB_BUCKET_BITS - 5;

/** Up to so many values their buckets are emptied one by one, which is faster than whole chunks. */
const FEW_VALUES = 32;

/** Counts beyond this one move their chunk from 32 bits to doubles: a long run passes 2^32 samples. */
const LARGEST_SMALL_COUNT = 2 ** 32 - 1;

type Chunk = Uint32Array | Float64Array;

/** No maximum or sum goes beyond what an integer can hold: a thousand hours. */
const LONGEST_US = 1000 * MAX_DURATION_US;

/** Shared room for reading and writing bytes: both are synchronous and never nested. */
const room = new BucketRoom();
const decoded = createDecodedHistogram(room);
const shared = new HistogramCells();

/** Quantiles in µs, null where there is no value; and all values as bytes. */
export interface TimesReading {
  readonly quantilesUs: readonly (number | null)[];
  readonly packed: Uint8Array;
}

export class Histogram {
  /** Counts by bucket, in chunks of an octave. */
  readonly #chunks: (Chunk | undefined)[] = new Array(CHUNK_COUNT).fill(undefined);
  /** A bit for each bucket that is filled: most are not, and reading and adding visit only those. */
  readonly #filled = new Int32Array(WORD_COUNT);
  #count = 0;
  #sumUs = 0;
  #minUs = Infinity;
  #maxUs = -1;
  #clamped = 0;

  /** Number of values. */
  get count(): number {
    return this.#count;
  }

  /** Exact sum of the values (each a whole µs). */
  get sumUs(): number {
    return this.#sumUs;
  }

  /** Smallest value; null where there is none. */
  get minUs(): number | null {
    return this.#count === 0 ? null : this.#minUs;
  }

  /** Largest value, also when it is beyond the scale; null where there is none. */
  get maxUs(): number | null {
    return this.#count === 0 ? null : this.#maxUs;
  }

  /** How many values were longer than the scale's one hour; they are counted in its last bucket. */
  get clamped(): number {
    return this.#clamped;
  }

  /** Mean of the values; null where there is none. */
  get meanUs(): number | null {
    return this.#count === 0 ? null : this.#sumUs / this.#count;
  }

  /** Counts one duration, rounded to whole microseconds. Negative and NaN count as 0. */
  record(us: number): void {
    let bucket: number;
    let whole: number;
    if (us >= 0 && us <= MAX_DURATION_US) {
      whole = Math.round(us);
      bucket = bucketOf(whole);
    } else if (us > 0) {
      whole = Math.round(Math.min(us, LONGEST_US));
      bucket = BUCKET_COUNT - 1;
      this.#clamped++;
    } else {
      whole = bucket = 0;
    }
    this.#addToBucket(bucket, 1);
    this.#count++;
    this.#sumUs += whole;
    if (whole < this.#minUs) this.#minUs = whole;
    if (whole > this.#maxUs) this.#maxUs = whole;
  }

  /**
   * Counts one duration and those that it kept from starting: with one start planned per `expectedUs`, a value of v
   * also stands for v - e, v - 2e, … down to e. That is the rule of HdrHistogram's `recordValueWithExpectedInterval`
   * (Gil Tene, "How NOT to Measure Latency"). Takes time by the buckets touched, not by the values added.
   */
  recordCorrected(us: number, expectedUs: number): void {
    this.record(us);
    if (!(expectedUs > 0) || !(us > expectedUs)) return;
    const step = Math.max(1, Math.round(expectedUs));
    let missing = Math.min(Math.round(us), MAX_DURATION_US) - step;
    while (missing >= step) {
      const bucket = bucketOf(missing);
      const times = Math.floor((missing - Math.max(bucketLowUs(bucket), step)) / step) + 1;
      const smallest = missing - (times - 1) * step;
      this.#addToBucket(bucket, times);
      this.#count += times;
      this.#sumUs += times * ((missing + smallest) / 2);
      if (smallest < this.#minUs) this.#minUs = smallest;
      missing = smallest - step;
    }
  }

  /** Adds all values of another one. */
  add(other: Histogram): void {
    if (other.#count === 0) return;
    const lastWord = other.#lastWord;
    for (let w = other.#firstWord; w <= lastWord; w++) {
      let bits = other.#filled[w] as number;
      if (bits === 0) continue;
      const chunk = other.#chunks[w >>> CHUNK_WORD_BITS] as Chunk;
      for (; bits !== 0; bits &= bits - 1) {
        const bucket = (w << 5) | lowestBit(bits);
        this.#addToBucket(bucket, chunk[bucket & CHUNK_MASK] as number);
      }
    }
    this.#addSummary(other.#count, other.#sumUs, other.#minUs, other.#maxUs, other.#clamped);
  }

  /** Adds the values of a packed one. All or nothing: throws a `LocustError` (`bad_stats`) before anything is added. */
  addPacked(bytes: Uint8Array): void {
    room.clear();
    decodeHistogram(bytes, decoded);
    this.addDecoded(decoded);
  }

  /** Adds the values of cells from `from` up to, not including, `to`. */
  addCells(cells: Uint32Array, from: number, to: number, summary: HistogramSummary & { readonly count: number }): void {
    if (summary.count === 0) return;
    for (let i = from; i < to; i++) {
      const cell = cells[i] as number;
      this.#addToBucket(cell & CELL_BUCKET_MASK, cell >>> CELL_BUCKET_BITS);
    }
    this.#addSummary(summary.count, summary.sumUs, summary.minUs, summary.maxUs, summary.clamped);
  }

  /** Adds the values of one that has been read. */
  addDecoded(other: DecodedHistogram): void {
    if (other.count === 0) return;
    const { buckets, counts } = other.room;
    for (let i = other.from; i < other.to; i++) this.#addToBucket(buckets[i] as number, counts[i] as number);
    this.#addSummary(other.count, other.sumUs, other.minUs, other.maxUs, other.clamped);
  }

  /**
   * The value at a fraction from 0 to 1, by nearest rank: of n values in order the ceil(q · n)-th, at least the first.
   * 1 is the exact maximum; others are the middle of a bucket, kept within minimum and maximum. Null where there is no
   * value.
   */
  quantileUs(fraction: number): number | null {
    return this.quantilesUs([fraction])[0] ?? null;
  }

  /** `quantileUs` of several fractions in ascending order, in one pass. */
  quantilesUs(fractions: readonly number[]): (number | null)[] {
    if (this.#count === 0) return fractions.map(() => null);
    return this.fillCells(shared) ? this.#quantilesOf(shared, fractions) : this.#wideQuantiles(fractions);
  }

  /** The quantiles, and all values as bytes that are quick to write, in one pass. */
  readTimes(fractions: readonly number[]): TimesReading {
    if (this.#count === 0) return { quantilesUs: fractions.map(() => null), packed: new Uint8Array(0) };
    if (!this.fillCells(shared)) return { quantilesUs: this.#wideQuantiles(fractions), packed: this.pack() };
    return {
      quantilesUs: this.#quantilesOf(shared, fractions),
      packed: encodeCells(this.summary, shared),
    };
  }

  /** The filled buckets in ascending order: the value that stands for each, and its count. */
  buckets(): { readonly us: number; readonly count: number }[] {
    const filled: { us: number; count: number }[] = [];
    if (this.#count === 0) return filled;
    const end = (this.#lastWord + 1) << 5;
    for (let bucket = this.#firstWord << 5; bucket < end; bucket++) {
      const count = this.#countIn(bucket);
      if (count > 0) filled.push({ us: Math.min(Math.max(bucketMiddleUs(bucket), this.#minUs), this.#maxUs), count });
    }
    return filled;
  }

  /** The values as bytes (`packed_histogram.ts`). */
  pack(): Uint8Array {
    if (this.#count === 0) return new Uint8Array(0);
    room.clear();
    room.reserve(BUCKET_COUNT);
    const { buckets, counts } = room;
    const lastWord = this.#lastWord;
    for (let w = this.#firstWord; w <= lastWord; w++) {
      for (let bits = this.#filled[w] as number; bits !== 0; bits &= bits - 1) {
        const bucket = (w << 5) | lowestBit(bits);
        buckets[room.length] = bucket;
        counts[room.length++] = this.#countIn(bucket);
      }
    }
    return encodeHistogram(this.summary, room);
  }

  /** Count, sum and bounds; the bounds are -1 where there is no value. */
  get summary(): HistogramSummary & { readonly count: number } {
    return {
      count: this.#count,
      clamped: this.#clamped,
      sumUs: this.#sumUs,
      minUs: this.#count === 0 ? -1 : this.#minUs,
      maxUs: this.#maxUs,
    };
  }

  /** Writes the filled buckets there. False: a count is too large for a cell. */
  fillCells(target: HistogramCells): boolean {
    const { cells } = target;
    let length = 0;
    let largest = 0;
    const lastWord = this.#lastWord;
    for (let w = this.#firstWord; w <= lastWord; w++) {
      let bits = this.#filled[w] as number;
      if (bits === 0) continue;
      const chunk = this.#chunks[w >>> CHUNK_WORD_BITS] as Chunk;
      for (; bits !== 0; bits &= bits - 1) {
        const bucket = (w << 5) | lowestBit(bits);
        const count = chunk[bucket & CHUNK_MASK] as number;
        if (count > largest) largest = count;
        cells[length++] = (count << CELL_BUCKET_BITS) | bucket;
      }
    }
    target.length = length;
    return largest <= MAX_CELL_COUNT;
  }

  /** A histogram from bytes. Throws a `LocustError` (`bad_stats`) when they are none of one. */
  static unpack(bytes: Uint8Array): Histogram {
    const histogram = new Histogram();
    histogram.addPacked(bytes);
    return histogram;
  }

  /** Removes all values. The memory is kept: the next values are usually like those before. */
  reset(): void {
    if (this.#count === 0) return;
    const [firstWord, lastWord] = [this.#firstWord, this.#lastWord];
    if (this.#count <= FEW_VALUES) this.#emptyBuckets(firstWord, lastWord);
    else {
      for (let c = firstWord >>> CHUNK_WORD_BITS; c <= lastWord >>> CHUNK_WORD_BITS; c++) this.#chunks[c]?.fill(0);
    }
    for (let w = firstWord; w <= lastWord; w++) this.#filled[w] = 0;
    this.#count = this.#sumUs = this.#clamped = 0;
    this.#minUs = Infinity;
    this.#maxUs = -1;
  }

  /** Words of `#filled` outside of these are 0: the first bucket holds the minimum, the last one the maximum. */
  get #firstWord(): number {
    return this.#count === 0 ? 0 : bucketOf(Math.min(this.#minUs, MAX_DURATION_US)) >>> 5;
  }

  get #lastWord(): number {
    return this.#count === 0 ? -1 : bucketOf(Math.min(this.#maxUs, MAX_DURATION_US)) >>> 5;
  }

  #emptyBuckets(firstWord: number, lastWord: number): void {
    for (let w = firstWord; w <= lastWord; w++) {
      let bits = this.#filled[w] as number;
      if (bits === 0) continue;
      const chunk = this.#chunks[w >>> CHUNK_WORD_BITS] as Chunk;
      for (; bits !== 0; bits &= bits - 1) chunk[((w << 5) | lowestBit(bits)) & CHUNK_MASK] = 0;
    }
  }

  #quantilesOf(cells: HistogramCells, fractions: readonly number[]): number[] {
    const ranks = fractions.map((fraction) => this.#rankOf(fraction));
    return cells.bucketsAt(ranks).map((bucket, i) => this.#valueAt(ranks[i] as number, bucket));
  }

  #wideQuantiles(fractions: readonly number[]): number[] {
    let seen = 0;
    let bucket = -1;
    return fractions.map((fraction) => {
      const rank = this.#rankOf(fraction);
      while (seen < rank) seen += this.#countIn(++bucket);
      return this.#valueAt(rank, bucket);
    });
  }

  #rankOf(fraction: number): number {
    // 0.07 · 100 is 7.000000000000001: a millionth of a rank is no rank.
    return Math.min(this.#count, Math.max(1, Math.ceil(fraction * this.#count - 1e-6)));
  }

  /** What stands for the value at a rank that is in this bucket. */
  #valueAt(rank: number, bucket: number): number {
    if (rank === this.#count) return this.#maxUs;
    return Math.min(Math.max(bucketMiddleUs(bucket), this.#minUs), this.#maxUs);
  }

  #countIn(bucket: number): number {
    return this.#chunks[bucket >>> SUB_BUCKET_BITS]?.[bucket & CHUNK_MASK] ?? 0;
  }

  #addToBucket(bucket: number, count: number): void {
    const c = bucket >>> SUB_BUCKET_BITS;
    (this.#filled[bucket >>> 5] as number) |= 1 << (bucket & 31);
    let chunk = this.#chunks[c] ?? this.#allocate(c);
    const sum = (chunk[bucket & CHUNK_MASK] as number) + count;
    if (sum > LARGEST_SMALL_COUNT) chunk = this.#widen(c);
    chunk[bucket & CHUNK_MASK] = sum;
  }

  #addSummary(count: number, sumUs: number, minUs: number, maxUs: number, clamped: number): void {
    this.#count += count;
    this.#sumUs += sumUs;
    this.#clamped += clamped;
    if (minUs < this.#minUs) this.#minUs = minUs;
    if (maxUs > this.#maxUs) this.#maxUs = maxUs;
  }

  #allocate(chunk: number): Chunk {
    return this.#chunks[chunk] = new Uint32Array(CHUNK_SIZE);
  }

  #widen(chunk: number): Chunk {
    return this.#chunks[chunk] = Float64Array.from(this.#chunks[chunk] as Chunk);
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
