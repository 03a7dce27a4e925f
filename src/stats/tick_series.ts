/**
 * Counts by second, sparse, in ascending order: what `num_reqs_per_sec` of the JSON report shows. Bounded by its owner:
 * over `maxPoints` the oldest half is dropped.
 */
import { ByteReader, ByteWriter } from "../base/byte_stream.ts";
import { malformedBytes } from "./malformed_bytes.ts";

/**
 * Points that all series of a ledger may hold together: 100 rows for a day, at 8 bytes each. A single series may always
 * have an hour.
 */
export const POINTS_BUDGET = 100 * 86_400;
export const MIN_POINTS = 3600;

export class TickSeries {
  #seconds = new Uint32Array(16);
  #counts = new Uint32Array(16);
  #length = 0;

  /** Adds to a second's count. Seconds come in ascending order; one before the last counts as the last. */
  add(second: number, count: number, maxPoints: number): void {
    if (count === 0) return;
    const last = this.#length - 1;
    if (last >= 0 && second <= (this.#seconds[last] as number)) {
      (this.#counts[last] as number) += count;
      return;
    }
    if (this.#length >= maxPoints) this.#dropOldest();
    if (this.#length === this.#seconds.length) this.#grow();
    this.#seconds[this.#length] = second;
    this.#counts[this.#length++] = count;
  }

  points(): (readonly [second: number, count: number])[] {
    return Array.from({ length: this.#length }, (_, i) => [this.#seconds[i] as number, this.#counts[i] as number]);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Pairs of (seconds since the point before, count), as varints. */
  pack(): Uint8Array {
    const writer = new ByteWriter();
    let before = 0;
    for (const [second, count] of this.points()) {
      writer.varint(second - before);
      writer.varint(count);
      before = second;
    }
    return writer.take();
  }

  static unpack(bytes: Uint8Array): TickSeries {
    const series = new TickSeries();
    const reader = new ByteReader(bytes, malformedBytes);
    let second = 0;
    while (!reader.atEnd) {
      second += reader.varint();
      series.add(second, reader.varint(), Infinity);
    }
    return series;
  }

  #dropOldest(): void {
    const from = this.#length >> 1;
    this.#seconds.copyWithin(0, from, this.#length);
    this.#counts.copyWithin(0, from, this.#length);
    this.#length -= from;
  }

  #grow(): void {
    const seconds = new Uint32Array(this.#length * 2);
    const counts = new Uint32Array(this.#length * 2);
    seconds.set(this.#seconds);
    counts.set(this.#counts);
    this.#seconds = seconds;
    this.#counts = counts;
  }
}
