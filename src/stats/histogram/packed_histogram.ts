/**
 * The bytes of a histogram, for messages and the journal: only buckets that hold something, in ascending order.
 *
 *   header   varint clamped, varint sumUs, varint minUs, varint maxUs, varint n (filled buckets), one byte of parameters
 *   buckets  bits, see `bucket_code.ts`: from the bucket of minUs to the one of maxUs; the last byte is filled up with zeros
 *            or, with the parameter byte BYTES, whole bytes, see `histogram_cells.ts`: longer and quick to write
 *   varint   unsigned LEB128: seven bits per byte, the lowest first; at most 2^53 - 1
 *
 * Bucket numbers: see `bucket.ts`. An empty histogram is no bytes at all. Reading trusts nothing: its work and memory
 * are bounded by the length of the input and by `BUCKET_COUNT`, whatever the bytes claim.
 */
import { ByteReader, ByteWriter } from "../../base/byte_stream.ts";
import { BitReader, BitWriter } from "./bit_stream.ts";
import { BUCKET_COUNT, bucketOf, MAX_DURATION_US } from "./bucket.ts";
import { chooseBucketCode, type FilledBuckets, readBuckets, writeBuckets } from "./bucket_code.ts";
import { HistogramCells, readCells, writeCells } from "./histogram_cells.ts";
import { malformedBytes } from "./malformed_bytes.ts";

/** Densities have no parameter of their own: the code of buckets never begins with this byte. */
const BYTES = 0xff;

/** What a histogram knows beside its buckets. Minimum and maximum are -1 where it is empty. */
export interface HistogramSummary {
  clamped: number;
  sumUs: number;
  minUs: number;
  maxUs: number;
}

/** Filled buckets of one histogram or of many, one after the other. Grows; `clear` keeps the memory. */
export class BucketRoom {
  buckets = new Uint16Array(1024);
  counts = new Float64Array(1024);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(bucket: number, count: number): void {
    this.reserve(1);
    this.buckets[this.length] = bucket;
    this.counts[this.length++] = count;
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.buckets.length) return;
    const { buckets, counts } = this;
    const size = Math.max(needed, buckets.length * 2);
    this.buckets = new Uint16Array(size);
    this.counts = new Float64Array(size);
    this.buckets.set(buckets);
    this.counts.set(counts);
  }
}

/** A histogram that was read from bytes: its filled buckets are `room`'s from `from` up to, not including, `to`. */
export interface DecodedHistogram extends HistogramSummary {
  readonly room: BucketRoom;
  from: number;
  to: number;
  count: number;
}

/** To be used again and again. */
export function createDecodedHistogram(room: BucketRoom = new BucketRoom()): DecodedHistogram {
  return { room, from: 0, to: 0, count: 0, clamped: 0, sumUs: 0, minUs: -1, maxUs: -1 };
}

/** Shared: writing is synchronous and never nested. */
const writer = new ByteWriter();
const copied = new HistogramCells();

/** The bytes of a histogram that holds something. */
export function encodeHistogram(summary: HistogramSummary, filled: FilledBuckets): Uint8Array {
  writeHeader(summary, filled.length);
  const parameters = chooseBucketCode(filled);
  writer.byte(parameters);
  const bits = new BitWriter((byte) => writer.byte(byte));
  writeBuckets(filled, parameters, bits);
  bits.end();
  return writer.take();
}

/** The same in whole bytes: for what stays within a process, where speed counts more than length. */
export function encodeCells(summary: HistogramSummary, cells: HistogramCells): Uint8Array {
  writeHeader(summary, cells.length);
  writer.byte(BYTES);
  writeCells(cells, writer);
  return writer.take();
}

/** What was decoded, in whole bytes where it fits these. */
export function encodeDecoded(decoded: DecodedHistogram): Uint8Array {
  if (copied.fill(decoded)) return encodeCells(decoded, copied);
  const { room, from, to } = decoded;
  return encodeHistogram(decoded, {
    length: to - from,
    buckets: room.buckets.subarray(from, to),
    counts: room.counts.subarray(from, to),
  });
}

function writeHeader(summary: HistogramSummary, length: number): void {
  writer.varint(summary.clamped);
  writer.varint(Math.min(summary.sumUs, Number.MAX_SAFE_INTEGER));
  writer.varint(summary.minUs);
  writer.varint(summary.maxUs);
  writer.varint(length);
}

/**
 * Reads the bytes; what they hold is appended to the target's room. Throws a `LocustError` (`bad_stats`) when they are
 * no histogram's.
 */
export function decodeHistogram(bytes: Uint8Array, target: DecodedHistogram): void {
  target.from = target.to = target.room.length;
  target.count = target.clamped = target.sumUs = 0;
  target.minUs = target.maxUs = -1;
  if (bytes.length === 0) return;
  const reader = new ByteReader(bytes, malformedBytes);
  const clamped = reader.varint();
  const sumUs = reader.varint();
  const minUs = reader.varint();
  const maxUs = reader.varint();
  const length = reader.varint();
  const parameters = reader.byte();
  const { room } = target;
  const range = openRange({ clamped, sumUs, minUs, maxUs }, length, target);
  const place = { buckets: room.buckets, counts: room.counts, at: room.length };
  const count = parameters === BYTES
    ? readCells(reader, range, place)
    : readCoded(bytes, reader.position, parameters, range, place);
  closeRange(count, length, target);
}

/**
 * The same of bits that stand without their header. The sum is the caller's to set, who may know it only when the
 * buckets are read.
 */
export function decodeBits(
  bits: Uint8Array,
  { summary, length, parameters }: {
    readonly summary: HistogramSummary;
    readonly length: number;
    readonly parameters: number;
  },
  target: DecodedHistogram,
): void {
  const { room } = target;
  target.from = target.to = room.length;
  const range = openRange(summary, length, target);
  const place = { buckets: room.buckets, counts: room.counts, at: room.length };
  closeRange(readCoded(bits, 0, parameters, range, place), length, target);
}

/** Checks what a header says, and takes it over. */
function openRange(
  { clamped, sumUs, minUs, maxUs }: HistogramSummary,
  length: number,
  target: DecodedHistogram,
): { readonly first: number; readonly last: number; readonly length: number } {
  if (length === 0) throw malformedBytes("there is a header without a bucket");
  if (length > BUCKET_COUNT) throw malformedBytes("there are more buckets than on the scale");
  if (minUs > maxUs) throw malformedBytes("the minimum is above the maximum");
  target.room.reserve(length);
  target.clamped = clamped;
  target.sumUs = sumUs;
  target.minUs = minUs;
  target.maxUs = maxUs;
  const first = bucketOf(Math.min(minUs, MAX_DURATION_US));
  const last = bucketOf(Math.min(maxUs, MAX_DURATION_US));
  return { first, last, length };
}

function closeRange(count: number, length: number, target: DecodedHistogram): void {
  if (count > Number.MAX_SAFE_INTEGER) throw malformedBytes("the counts add up to more than 2^53");
  if (target.clamped > count) throw malformedBytes("more values are beyond the scale than there are");
  target.room.length += length;
  target.to = target.room.length;
  target.count = count;
}

function readCoded(
  bytes: Uint8Array,
  from: number,
  parameters: number,
  range: Parameters<typeof readBuckets>[2],
  place: Parameters<typeof readBuckets>[3],
): number {
  const bits = new BitReader(bytes, from);
  const count = readBuckets(bits, parameters, range, place);
  if (!bits.isAtEnd) throw malformedBytes("there is something behind the last bucket");
  return count;
}
