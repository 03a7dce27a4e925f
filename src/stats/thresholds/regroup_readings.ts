/**
 * Follows rows whose URLs were grouped since an earlier reading: what they had counted is subtracted from the row that
 * goes on with it, or is out of sight where that row was not asked for. Pure.
 */
import { Histogram } from "../histogram/histogram.ts";
import { successorOf } from "../groups/url_names.ts";
import { rowKey, type RowReading } from "./counted_range.ts";
import type { ScopedRow } from "./threshold.ts";

/** Rows of `before` that `now` has no longer. */
export function findGone(before: readonly RowReading[], now: ReadonlyMap<string, RowReading>): readonly RowReading[] {
  return before.filter((row) => !now.has(rowKey(row)));
}

/** The rows of an earlier reading under the names of the rows that go on with them. */
export function followReadings(
  before: readonly RowReading[],
  now: ReadonlyMap<string, RowReading>,
): readonly RowReading[] {
  const rows = new Map<string, RowReading>();
  for (const row of before) {
    const { method, name } = followRow(row, now);
    const followed = { ...row, method, name };
    const key = rowKey(followed);
    const other = rows.get(key);
    rows.set(key, other === undefined ? followed : addReadings(other, followed));
  }
  return [...rows.values()];
}

/** The row that goes on with one of an earlier reading. */
export function followRow(row: RowReading, now: ReadonlyMap<string, RowReading>): ScopedRow {
  const { split } = row;
  const { method, name } = successorOf(row, (each) => now.has(rowKey({ ...each, split })));
  return { method, name, ...(split === undefined ? {} : { split }) };
}

function addReadings(a: RowReading, b: RowReading): RowReading {
  const hasCorrected = a.corrected !== undefined || b.corrected !== undefined;
  return {
    ...a,
    requests: a.requests + b.requests,
    failures: a.failures + b.failures,
    startedLate: a.startedLate + b.startedLate,
    failedLate: a.failedLate + b.failedLate,
    times: addPacked(a.times, b.times),
    ...(hasCorrected ? { corrected: addPacked(a.corrected ?? a.times, b.corrected ?? b.times) } : {}),
  };
}

function addPacked(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sum = new Histogram();
  sum.addPacked(a);
  sum.addPacked(b);
  return sum.pack();
}
