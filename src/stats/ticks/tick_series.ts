/**
 * Counts by second, sparse, in ascending order: what `num_reqs_per_sec` of the JSON report shows. Most points take two
 * bytes: there are thousands of series. Bounded by its owner: over `maxPoints` the oldest half is dropped.
 */
import { ByteReader, ByteWriter } from "../../base/byte_stream.ts";
import { malformedBytes } from "../histogram/malformed_bytes.ts";

/**
 * Points that all series of a ledger may hold together: 100 rows for a day, at 2 bytes each, or a few more. A single
 * series may always have an hour.
 */
export const POINTS_BUDGET = 100 * 86_400;
export const MIN_POINTS = 3600;

const FIRST_ROOM = 16;
/** Two numbers of at most 8 bytes. */
const MAX_POINT_BYTES = 16;

export class TickSeries {
  /** Points as `pack` gives them, but for the last one, to which can be added. */
  #bytes: Uint8Array = new Uint8Array(FIRST_ROOM);
  #length = 0;
  #points = 0;
  /** The second of the last point in the bytes. */
  #before = 0;
  #second = 0;
  #count = 0;

  /** Adds to a second's count. Seconds come in ascending order; one before the last counts as the last. */
  add(second: number, count: number, maxPoints: number): void {
    if (count === 0) return;
    if (this.#points > 0 && second <= this.#second) {
      this.#count += count;
      return;
    }
    if (this.#points >= maxPoints) this.#dropOldest();
    if (this.#points > 0) this.#close();
    this.#second = second;
    this.#count = count;
    this.#points++;
  }

  /** Adds the counts of another series. */
  absorb(other: TickSeries): void {
    const counts = new Map(this.points());
    for (const [second, count] of other.points()) counts.set(second, (counts.get(second) ?? 0) + count);
    this.clear();
    for (const [second, count] of [...counts].sort(([a], [b]) => a - b)) this.add(second, count, Infinity);
  }

  points(): (readonly [second: number, count: number])[] {
    return [...readPoints(this.pack())];
  }

  clear(): void {
    this.#bytes = new Uint8Array(FIRST_ROOM);
    this.#length =
      this.#points =
      this.#before =
      this.#second =
      this.#count =
        0;
  }

  /** Pairs of (seconds since the point before, count), as varints. */
  pack(): Uint8Array {
    const writer = new ByteWriter();
    writer.raw(this.#bytes.subarray(0, this.#length));
    if (this.#points > 0) {
      writer.varint(this.#second - this.#before);
      writer.varint(this.#count);
    }
    return writer.take();
  }

  static unpack(bytes: Uint8Array): TickSeries {
    const series = new TickSeries();
    for (const [second, count] of readPoints(bytes)) series.add(second, count, Infinity);
    return series;
  }

  /** Writes the last point to the bytes. */
  #close(): void {
    if (this.#length + MAX_POINT_BYTES > this.#bytes.length) {
      const grown = new Uint8Array(Math.ceil(1.5 * this.#bytes.length) + MAX_POINT_BYTES);
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#varint(this.#second - this.#before);
    this.#varint(this.#count);
    this.#before = this.#second;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 128;
    this.#bytes[this.#length++] = rest;
  }

  #dropOldest(): void {
    const kept = this.points().slice(this.#points >> 1);
    this.clear();
    for (const [second, count] of kept) this.add(second, count, Infinity);
  }
}

function* readPoints(bytes: Uint8Array): Generator<readonly [second: number, count: number]> {
  const reader = new ByteReader(bytes, malformedBytes);
  let second = 0;
  while (!reader.atEnd) {
    second += reader.varint();
    yield [second, reader.varint()];
  }
}
