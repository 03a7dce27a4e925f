/**
 * The bytes of a histogram, for messages and the journal: only buckets that hold something, in ascending order.
 *
 *   header   varint clamped, varint sumUs, varint minUs, varint maxUs, varint n (filled buckets), one byte KG KC
 *   buckets  bits: rice(count - 1, KC) of the first, which is the bucket of minUs;
 *            then n - 1 times rice(gap to the bucket before - 1, KG), rice(count - 1, KC); the last byte is filled up with zeros
 *   varint   unsigned LEB128: seven bits per byte, the lowest first; at most 2^53 - 1
 *   rice     see `bit_stream.ts`; bucket numbers: see `bucket.ts`
 *
 * A second of one busy name takes about half a byte per bucket. An empty histogram is no bytes at all. Reading trusts nothing:
 * its work and memory are bounded by the length of the input and by `BUCKET_COUNT`, whatever the bytes claim.
 */
import { LocustError } from "../base/errors.ts";
import { BitReader, BitWriter, chooseRiceParameter } from "./bit_stream.ts";
import { BUCKET_COUNT, bucketOf, MAX_DURATION_US } from "./bucket.ts";

/** A histogram that was read from bytes, or is to be written. The arrays are as long as there are filled buckets, or longer. */
export interface DecodedHistogram {
  length: number;
  count: number;
  clamped: number;
  sumUs: number;
  minUs: number;
  maxUs: number;
  readonly buckets: Uint16Array;
  readonly counts: Float64Array;
}

/** Appends numbers up to 2^53 as little-endian groups of seven bits. */
export class ByteWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** A copy of what was written; the writer starts anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** Reads what `ByteWriter` wrote. Throws a `LocustError` (`bad_stats`) at the first thing that cannot be. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#position];
    if (value === undefined) throw malformed("they end in the middle of a number");
    this.#position++;
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw malformed("a number is larger than 2^53");
  }
}

function malformed(what: string): LocustError {
  return new LocustError(`Cannot read the bytes of a histogram: ${what}; sender and receiver may differ in version`, {
    code: "bad_stats",
  });
}

/** Room for `decodeHistogram` or `encodeHistogram`, to be used again and again. */
export function createDecodedHistogram(): DecodedHistogram {
  return {
    length: 0,
    count: 0,
    clamped: 0,
    sumUs: 0,
    minUs: -1,
    maxUs: -1,
    buckets: new Uint16Array(BUCKET_COUNT),
    counts: new Float64Array(BUCKET_COUNT),
  };
}

const writer = new ByteWriter();
const gaps = new Float64Array(BUCKET_COUNT);
const surplus = new Float64Array(BUCKET_COUNT); // count - 1

/** The bytes of a histogram that holds something. */
export function encodeHistogram(source: DecodedHistogram): Uint8Array {
  const { length, buckets, counts } = source;
  writer.varint(source.clamped);
  writer.varint(Math.min(source.sumUs, Number.MAX_SAFE_INTEGER));
  writer.varint(source.minUs);
  writer.varint(source.maxUs);
  writer.varint(length);
  for (let i = 0; i < length; i++) {
    surplus[i] = (counts[i] as number) - 1;
    if (i > 0) gaps[i - 1] = (buckets[i] as number) - (buckets[i - 1] as number) - 1;
  }
  const gapParameter = chooseRiceParameter(gaps, length - 1);
  const countParameter = chooseRiceParameter(surplus, length);
  writer.byte((gapParameter << 4) | countParameter);
  const bits = new BitWriter((byte) => writer.byte(byte));
  for (let i = 0; i < length; i++) {
    if (i > 0) bits.rice(gaps[i - 1] as number, gapParameter);
    bits.rice(surplus[i] as number, countParameter);
  }
  bits.end();
  return writer.take();
}

/** Reads the bytes into `target`. Throws a `LocustError` with code `bad_stats` when they are none of a histogram. */
export function decodeHistogram(bytes: Uint8Array, target: DecodedHistogram): void {
  target.length =
    target.count =
    target.clamped =
    target.sumUs =
      0;
  target.minUs = target.maxUs = -1;
  if (bytes.length === 0) return;
  const reader = new ByteReader(bytes);
  target.clamped = reader.varint();
  target.sumUs = reader.varint();
  target.minUs = reader.varint();
  target.maxUs = reader.varint();
  const length = reader.varint();
  const parameters = reader.byte();
  if (length === 0) throw malformed("there is a header without a bucket");
  if (length > BUCKET_COUNT) throw malformed("there are more buckets than on the scale");
  const bits = new BitReader(bytes, reader.position);
  let bucket = bucketOf(Math.min(target.minUs, MAX_DURATION_US));
  for (let i = 0; i < length; i++) {
    if (i > 0) bucket += bits.rice(parameters >>> 4) + 1;
    const count = bits.rice(parameters & 15) + 1;
    if (bucket >= BUCKET_COUNT) throw malformed("a bucket is outside of the scale");
    target.buckets[i] = bucket;
    target.counts[i] = count;
    target.count += count;
  }
  target.length = length;
  if (!bits.isAtEnd) throw malformed("there is something behind the last bucket");
  checkSummary(target);
}

/** What the header says must fit the buckets: no maximum outside of the last one, for example. */
function checkSummary(decoded: DecodedHistogram): void {
  if (decoded.count > Number.MAX_SAFE_INTEGER) throw malformed("the counts add up to more than 2^53");
  if (decoded.clamped > decoded.count) throw malformed("more values are beyond the scale than there are");
  const last = decoded.buckets[decoded.length - 1];
  const fits = decoded.minUs <= decoded.maxUs && bucketOf(Math.min(decoded.maxUs, MAX_DURATION_US)) === last;
  if (!fits) throw malformed("minimum and maximum do not fit the buckets");
}
