/**
 * Rows as exporters see them: counts that go up from the start of the run to its end. What was counted before a reset
 * of the statistics is added to what was counted since, under the names that the rows have now. Pure.
 */
import type { EntrySnapshot } from "../../protocol/snapshot_message.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";
import { successorOf } from "../../stats/groups/url_names.ts";

/** What one row counted since the start of the run. */
export interface CountedRow {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  readonly bytes: number;
  /** The histogram of all response times, packed. */
  readonly times: Uint8Array;
}

/** By `keyOf`. */
export type EarlierRows = ReadonlyMap<string, CountedRow>;

export const NO_TIMES = new Uint8Array(0);

export function keyOf({ method, name }: { readonly method: string; readonly name: string }): string {
  return `${method}\0${name}`;
}

export function toCountedRow({ method, name, requests, failures, bytes, times = NO_TIMES }: EntrySnapshot): CountedRow {
  return { method, name, requests, failures, bytes, times };
}

export function keepRows(rows: readonly CountedRow[]): EarlierRows {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** The rows of now in their order, with what they had counted before; then those that are there no longer. */
export function addEarlierRows(earlier: EarlierRows | undefined, now: readonly EntrySnapshot[]): readonly CountedRow[] {
  if (earlier === undefined) return now.map(toCountedRow);
  const present = new Map(now.map((entry) => [keyOf(entry), toCountedRow(entry)]));
  const rows = followRows(earlier, (row) => present.has(keyOf(row)));
  const gone = [...rows].filter(([key]) => !present.has(key)).map(([, row]) => row);
  return [...[...present].map(([key, row]) => addRows(rows.get(key), row)), ...gone];
}

/** Earlier counts under the names of the rows that go on with them: URLs may have been grouped since then. */
export function followRows(
  earlier: EarlierRows,
  isThere: (row: { readonly method: string; readonly name: string }) => boolean,
): EarlierRows {
  const rows = new Map<string, CountedRow>();
  for (const row of earlier.values()) {
    const successor = { ...row, ...successorOf(row, isThere) };
    rows.set(keyOf(successor), addRows(rows.get(keyOf(successor)), successor));
  }
  return rows;
}

export function addRows(earlier: CountedRow | undefined, row: CountedRow): CountedRow {
  if (earlier === undefined) return row;
  return {
    method: row.method,
    name: row.name,
    requests: earlier.requests + row.requests,
    failures: earlier.failures + row.failures,
    bytes: earlier.bytes + row.bytes,
    times: addTimes(earlier.times, row.times),
  };
}

export function addTimes(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const sum = Histogram.unpack(a);
  sum.addPacked(b);
  return sum.pack();
}
