/**
 * The filled buckets of one histogram as numbers of 32 bits, in ascending order: what a tick reads of thousands of
 * rows, in memory that is used again and again. As bytes, each cell is
 *
 *   byte    gap in the lowest 3 bits, count - 1 in the others; `gap` is the number of empty buckets before this one
 *   varint  gap - 7, where the gap is 7 or more
 *   varint  count - 32, where the count is 32 or more
 */
import type { ByteReader, ByteWriter } from "../../base/byte_stream.ts";
import { BUCKET_COUNT } from "./bucket.ts";
import { malformedBytes } from "./malformed_bytes.ts";

/** Low bits of a cell are the bucket, of which there are fewer than 4,096; the others are its count. */
export const CELL_BUCKET_BITS = 12;
export const CELL_BUCKET_MASK = (1 << CELL_BUCKET_BITS) - 1;
/** A bucket that holds more has no cell. */
export const MAX_CELL_COUNT = 2 ** (32 - CELL_BUCKET_BITS) - 1;

const GAP_BITS = 3;
const LONG_GAP = 7;
const LARGE_COUNT = 32;

/** Filled buckets in ascending order: those from `from` up to, not including, `to`. */
interface BucketRange {
  readonly room: { readonly buckets: Uint16Array; readonly counts: Float64Array };
  readonly from: number;
  readonly to: number;
}

export class HistogramCells {
  readonly cells = new Uint32Array(BUCKET_COUNT);
  length = 0;

  /** Takes filled buckets. False: a count is too large for a cell. */
  fill({ room: { buckets, counts }, from, to }: BucketRange): boolean {
    const { cells } = this;
    this.length = to - from;
    let largest = 0;
    for (let i = from; i < to; i++) {
      const count = counts[i] as number;
      if (count > largest) largest = count;
      cells[i - from] = (count << CELL_BUCKET_BITS) | (buckets[i] as number);
    }
    return largest <= MAX_CELL_COUNT;
  }

  /** The bucket of the value at each rank; ranks ascend from 1 to the number of values. */
  bucketsAt(ranks: readonly number[]): number[] {
    const { cells } = this;
    const buckets: number[] = [];
    let seen = 0;
    let at = 0;
    for (const rank of ranks) {
      while (seen < rank) seen += (cells[at++] as number) >>> CELL_BUCKET_BITS;
      buckets.push((cells[at - 1] as number) & CELL_BUCKET_MASK);
    }
    return buckets;
  }
}

/** The first bucket is not written: the reader knows it. */
export function writeCells({ cells, length }: HistogramCells, writer: ByteWriter): void {
  let expected = (cells[0] as number) & CELL_BUCKET_MASK;
  for (let i = 0; i < length; i++) {
    const cell = cells[i] as number;
    const gap = (cell & CELL_BUCKET_MASK) - expected;
    const count = cell >>> CELL_BUCKET_BITS;
    expected += gap + 1;
    writer.byte((gap < LONG_GAP ? gap : LONG_GAP) | ((count < LARGE_COUNT ? count - 1 : LARGE_COUNT - 1) << GAP_BITS));
    if (gap >= LONG_GAP) writer.varint(gap - LONG_GAP);
    if (count >= LARGE_COUNT) writer.varint(count - LARGE_COUNT);
  }
}

/** Reads exactly `length` filled buckets from `first` to `last` into the arrays, from `at` on. Returns the sum of the counts. */
export function readCells(
  reader: ByteReader,
  { first, last, length }: { readonly first: number; readonly last: number; readonly length: number },
  { buckets, counts, at }: { readonly buckets: Uint16Array; readonly counts: Float64Array; readonly at: number },
): number {
  let bucket = first - 1;
  let sum = 0;
  for (let i = at; i < at + length; i++) {
    const byte = reader.byte();
    const gap = byte & LONG_GAP;
    const more = byte >>> GAP_BITS;
    bucket += 1 + (gap === LONG_GAP ? gap + reader.varint() : gap);
    const count = more === LARGE_COUNT - 1 ? LARGE_COUNT + reader.varint() : more + 1;
    if (bucket > last) throw malformedBytes("a bucket is behind the one of the maximum");
    buckets[i] = bucket;
    counts[i] = count;
    sum += count;
  }
  if (buckets[at] !== first) throw malformedBytes("the minimum is outside of the first bucket");
  if (bucket !== last) throw malformedBytes("the maximum is outside of the last bucket");
  if (!reader.atEnd) throw malformedBytes("there is something behind the last bucket");
  return sum;
}
