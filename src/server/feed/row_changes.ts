/**
 * The figures of the statistics that changed from one tick to the next, column by column, and back. Shared by the
 * server, which compares, and the page, which applies. Pure, without imports of the program.
 */
import type { ApiRow, ApiRowChanges, ApiRowFigures } from "../answers/api_snapshot.ts";

const ROW_FIGURES = [
  "requests",
  "failures",
  "p50Ms",
  "p90Ms",
  "p95Ms",
  "p99Ms",
  "p999Ms",
  "meanMs",
  "minMs",
  "maxMs",
  "meanBytes",
  "currentPerSecond",
  "currentFailuresPerSecond",
  "perSecond",
  "failuresPerSecond",
  "correctedP50Ms",
  "correctedP95Ms",
  "correctedP99Ms",
] as const satisfies readonly (keyof ApiRowFigures)[];

/** The changes from `before` to `after`, which begins with the same rows in the same order; undefined if there are none. */
export function compareRows(before: readonly ApiRow[], after: readonly ApiRow[]): ApiRowChanges | undefined {
  const changes: Partial<Record<keyof ApiRowFigures, { gaps: number[]; values: (number | null)[] }>> = {};
  for (const figure of ROW_FIGURES) {
    const gaps: number[] = [];
    const values: (number | null)[] = [];
    let last = -1;
    for (const [index, row] of before.entries()) {
      const value = after[index]?.[figure];
      if (value === undefined || value === row[figure]) continue;
      gaps.push(index - last);
      values.push(value);
      last = index;
    }
    if (gaps.length > 0) changes[figure] = { gaps, values };
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** The rows with the changes in them. Rows that did not change stay the same objects. */
export function applyRowChanges(rows: readonly ApiRow[], changes: ApiRowChanges): ApiRow[] {
  const result = [...rows];
  for (const figure of ROW_FIGURES) {
    const column = changes[figure];
    if (column === undefined) continue;
    let index = -1;
    for (let i = 0; i < column.gaps.length; i++) {
      index += column.gaps[i] as number;
      const row = result[index];
      if (row === undefined) continue;
      // One copy a row, however many of its figures changed.
      const own: { -readonly [Figure in keyof ApiRow]: ApiRow[Figure] } = row === rows[index] ? { ...row } : row;
      (own as Record<typeof figure, number | null>)[figure] = column.values[i] ?? null;
      result[index] = own;
    }
  }
  return result;
}
