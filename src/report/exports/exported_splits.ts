/**
 * Requests by the values of their tags as exporters see them: counts go up from the start of the run to its end. They
 * are of requests that the rows of the run count, too, and of a request with two tags twice: nobody may add them up
 * over tags. Pure.
 */
import type { EntrySnapshot, SplitSnapshot } from "../../protocol/snapshot_message.ts";
import {
  addEarlierRows,
  addRows,
  type CountedRow,
  type EarlierRows,
  keepRows,
  keyOf,
  toCountedRow,
} from "./counted_rows.ts";

/** The requests with one value of a tag, in all and by row. */
export interface CountedSplit {
  readonly tag: string;
  readonly value: string;
  readonly total: CountedRow;
  readonly rows: readonly CountedRow[];
  /** What is known of a row now: its rates and times of the last seconds. */
  readonly entryOf: (row: CountedRow) => EntrySnapshot | undefined;
}

/** What was counted before the last reset of the statistics, by tag and value. */
export type EarlierSplits = ReadonlyMap<string, EarlierSplit>;

interface EarlierSplit {
  readonly tag: string;
  readonly value: string;
  readonly total: CountedRow;
  readonly rows: EarlierRows;
}

/** Those of now in their order, then those whose requests were all before. */
export function addEarlierSplits(
  splits: readonly SplitSnapshot[] | undefined,
  earlier: EarlierSplits | undefined,
): readonly CountedSplit[] {
  const gone = new Map(earlier);
  const now = (splits ?? []).flatMap(({ tag, values }) =>
    values.map(({ value, total, entries }): CountedSplit => {
      const before = gone.get(splitKey(tag, value));
      gone.delete(splitKey(tag, value));
      const byKey = new Map(entries.map((entry) => [keyOf(entry), entry]));
      return {
        tag,
        value,
        total: addRows(before?.total, toCountedRow(total)),
        rows: addEarlierRows(before?.rows, entries),
        entryOf: (row) => byKey.get(keyOf(row)),
      };
    })
  );
  const before = [...gone.values()].map(({ rows, ...split }): CountedSplit => ({
    ...split,
    rows: [...rows.values()],
    entryOf: () => undefined,
  }));
  return [...now, ...before];
}

export function keepSplits(splits: readonly CountedSplit[]): EarlierSplits {
  return new Map(
    splits.map(({ tag, value, total, rows }) => [splitKey(tag, value), { tag, value, total, rows: keepRows(rows) }]),
  );
}

export function splitKey(tag: string, value: string): string {
  return `${tag}\0${value}`;
}
